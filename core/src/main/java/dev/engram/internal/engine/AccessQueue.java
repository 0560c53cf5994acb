package dev.engram.internal.engine;

import dev.engram.NotFoundException;
import dev.engram.internal.engine.Records.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which memories were recalled since the last flush. They are counted in batches, off the caller's
 * path: a recall waits for no commit, and what is recalled a thousand times is written once. What
 * is not flushed yet is lost with the process, which loses counts and nothing else. Bounded: where
 * it is full, the recall that fills it flushes. Thread-safe.
 */
final class AccessQueue {
  /** Memories that wait at most. */
  static final int MOST = 100_000;

  private static final int BATCH = 1_000;

  private final OpenStore store;
  private final Object lock = new Object();

  /** Guarded by the lock. */
  private Map<Node, Uses> waiting = new HashMap<>();

  AccessQueue(OpenStore store) {
    this.store = store;
  }

  private record Node(int space, int node) {}

  private record Uses(long times, long lastMillis) {
    Uses and(Uses more) {
      return new Uses(times + more.times, Math.max(lastMillis, more.lastMillis));
    }
  }

  /** Memories were recalled. */
  void recalled(CatalogEntry space, List<Stored> memories, long nowMillis) {
    boolean full;
    synchronized (lock) {
      for (Stored each : memories) {
        Node node = new Node(space.number(), each.row().node());
        Uses _ = waiting.merge(node, new Uses(1, nowMillis), Uses::and);
      }
      full = waiting.size() >= MOST;
    }
    if (full) {
      flush();
    }
  }

  /** Counts what waits; what fails waits on. */
  void flush() {
    Map<Node, Uses> due;
    synchronized (lock) {
      due = waiting;
      waiting = new HashMap<>();
    }
    Map<Integer, List<Map.Entry<Node, Uses>>> bySpace = new HashMap<>();
    due.entrySet()
        .forEach(
            each -> bySpace.computeIfAbsent(each.getKey().space, _ -> new ArrayList<>()).add(each));
    bySpace.forEach(this::flush);
  }

  private void flush(int space, List<Map.Entry<Node, Uses>> due) {
    for (int from = 0; from < due.size(); from += BATCH) {
      List<Map.Entry<Node, Uses>> batch = due.subList(from, Math.min(due.size(), from + BATCH));
      try {
        boolean _ = store.inTransaction(s -> count(s, space, batch));
      } catch (NotFoundException e) {
        return; // the space was dropped meanwhile
      } catch (RuntimeException e) {
        keep(due.subList(from, due.size()));
        throw e;
      }
    }
  }

  private void keep(List<Map.Entry<Node, Uses>> due) {
    synchronized (lock) {
      for (Map.Entry<Node, Uses> each : due) {
        Uses _ = waiting.merge(each.getKey(), each.getValue(), Uses::and);
      }
    }
  }

  private static boolean count(Session s, int number, List<Map.Entry<Node, Uses>> batch) {
    CatalogEntry space = s.store().catalogState().find(number);
    if (space == null) {
      throw new NotFoundException("the space is gone: number=" + number);
    }
    Memories memories = new Memories(s);
    batch.forEach(each ->
        memories.countRecalls(
            space, each.getKey().node, each.getValue().times, each.getValue().lastMillis));
    return true;
  }
}
