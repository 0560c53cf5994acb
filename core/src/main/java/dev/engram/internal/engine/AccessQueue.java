package dev.engram.internal.engine;

import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.RecordId;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Recalls that are not written yet: which memories were found, to be counted, and each recall
 * itself, so that it can be said later whether it helped. Written in batches, off the caller's
 * path: a recall waits for no commit. What is not flushed yet is lost with the process, which loses
 * counts and nothing else. Bounded: where it is full, the recall that fills it flushes; what cannot
 * be written then and does not fit is dropped. No recall fails because of it. Thread-safe.
 */
final class AccessQueue {
  /** Recalls that wait at most. */
  static final int MOST = 10_000;

  private static final int BATCH = 250;

  private static final System.Logger LOG = System.getLogger(AccessQueue.class.getName());

  private final OpenStore store;
  private final RecentRecalls recent = new RecentRecalls();
  private final Object lock = new Object();

  /** One flush at a time: who has flushed finds what was recalled before. */
  private final Object flushing = new Object();

  /** Guarded by the lock. */
  private List<Recalled> waiting = new ArrayList<>();

  AccessQueue(OpenStore store) {
    this.store = store;
  }

  /**
   * A recall.
   *
   * @param reinforced whether what was found together is to be strengthened
   */
  record Recalled(
      int space, UUID operation, long atMillis, List<RecordId> found, boolean reinforced) {}

  /** Something was recalled; never fails. */
  void add(Recalled recalled) {
    recent.add(recalled.space, recalled.atMillis, recalled.found);
    if (store.isFollower()) {
      return; // what is recalled here is counted nowhere
    }
    boolean filled;
    synchronized (lock) {
      if (waiting.size() >= MOST) {
        return; // it could not be written a moment ago; the next turn of maintenance tries again
      }
      waiting.add(recalled);
      filled = waiting.size() == MOST;
    }
    if (filled) {
      try {
        flush();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "recalls are not counted yet", e);
      }
    }
  }

  /** The last recalls, written or not. */
  RecentRecalls recent() {
    return recent;
  }

  /**
   * Writes what waits, of every space that can be written; what fails waits on.
   *
   * @throws RuntimeException the first failure, once all were tried
   */
  void flush() {
    synchronized (flushing) {
      flushWaiting();
    }
  }

  private void flushWaiting() {
    List<Recalled> due;
    synchronized (lock) {
      due = waiting;
      waiting = new ArrayList<>();
    }
    Map<Integer, List<Recalled>> bySpace = new HashMap<>();
    due.forEach(each -> bySpace.computeIfAbsent(each.space, _ -> new ArrayList<>()).add(each));
    List<RuntimeException> failures = new ArrayList<>();
    bySpace.forEach((space, own) -> {
      try {
        flush(space, own);
      } catch (RuntimeException e) {
        failures.add(e);
      }
    });
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private void flush(int space, List<Recalled> due) {
    int from = 0;
    while (from < due.size()) {
      List<Recalled> batch = due.subList(from, Math.min(due.size(), from + BATCH));
      try {
        int written = store.inTransactionAside(s -> write(s, space, batch));
        from += written;
      } catch (NotFoundException e) {
        return; // the space was dropped meanwhile
      } catch (InvalidInputException e) {
        from++; // it found more than any commit holds
      } catch (RuntimeException e) {
        keep(due.subList(from, due.size()));
        throw e;
      }
    }
  }

  private void keep(List<Recalled> due) {
    synchronized (lock) {
      waiting.addAll(due.subList(0, Math.min(due.size(), Math.max(0, MOST - waiting.size()))));
    }
  }

  private record Uses(long times, long lastMillis) {
    Uses and(Uses more) {
      return new Uses(times + more.times, Math.max(lastMillis, more.lastMillis));
    }
  }

  /**
   * Writes the first ones, as many as one commit is to take.
   *
   * @return how many
   */
  private static int write(Session s, int number, List<Recalled> batch) {
    CatalogEntry space = s.store().catalogState().find(number);
    if (space == null) {
      throw new NotFoundException("the space is gone: number=" + number);
    }
    s.tx().rely(Family.CONFIG, space.key());
    Map<RecordId, Uses> counted = new HashMap<>();
    Operations operations = new Operations(s, space);
    int written = 0;
    while (written < batch.size() && (written == 0 || !Handle.isFull(s))) {
      Recalled each = batch.get(written++);
      operations.keep(each.operation, each.atMillis, each.found);
      Uses use = new Uses(1, each.atMillis);
      each.found.forEach(id -> counted.merge(id, use, Uses::and));
      if (each.reinforced) {
        operations.reinforce(each.found, 1);
      }
    }
    Memories memories = new Memories(s);
    counted.forEach((id, uses) -> memories.countRecalls(space, id, uses.times, uses.lastMillis));
    return written;
  }
}
