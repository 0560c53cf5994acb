package dev.engram.internal.log;

import dev.engram.CancelledException;
import dev.engram.CommitId;
import dev.engram.EngramException;
import dev.engram.OutcomeUnknownException;
import dev.engram.OverloadedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Group commit. Callers queue; the one at the head leads: it takes the commits that wait, up to a
 * limit, gives them to the sequencer as one group, and wakes their callers. There is no thread to
 * hand over to, and exactly one group is under way at a time. Thread-safe.
 *
 * <p>The pattern is that of LevelDB's writers queue ({@code DBImpl::Write}).
 */
final class CommitQueue {
  /** Most commits in a group. */
  static final int MAX_GROUP = 512;

  /** A group takes no further commit once it has this many bytes. */
  static final long MAX_GROUP_BYTES = 4L << 20;

  private static final long NOBODY = -1;

  private final int limit;
  private final Duration timeout;
  private final Consumer<List<Ticket>> sequencer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final ArrayDeque<Ticket> waiting = new ArrayDeque<>();

  /** Id of the thread that runs a task while no group is under way. */
  private volatile long exclusive = NOBODY;

  /**
   * @param limit commits that may wait; tasks are not counted out
   * @param timeout how long a caller waits for a place among them
   * @param sequencer writes a group and settles each of its tickets; called by one thread at a time
   */
  CommitQueue(int limit, Duration timeout, Consumer<List<Ticket>> sequencer) {
    this.limit = limit;
    this.timeout = timeout;
    this.sequencer = sequencer;
  }

  /** A commit on its way, or a task that runs between groups. Guarded by the queue's lock. */
  static final class Ticket {
    private final @Nullable Draft draft;
    private final @Nullable Runnable task;
    private final Condition turn;
    private boolean done;
    private @Nullable CommitId id;
    private @Nullable RuntimeException failure;

    private Ticket(@Nullable Draft draft, @Nullable Runnable task, Condition turn) {
      this.draft = draft;
      this.task = task;
      this.turn = turn;
    }

    Draft draft() {
      return Objects.requireNonNull(draft);
    }

    void succeed(CommitId place) {
      id = place;
    }

    void fail(RuntimeException why) {
      failure = why;
    }

    boolean settled() {
      return id != null || failure != null;
    }

    private long bytes() {
      return draft == null ? 0 : draft.bytes();
    }

    private @Nullable CommitId result() {
      if (failure != null) {
        throw failure;
      }
      return id;
    }
  }

  /** Queues a commit and waits until it is acknowledged. */
  CommitId submit(Draft draft) {
    return Objects.requireNonNull(await(new Ticket(draft, null, lock.newCondition())));
  }

  /** Runs a task while no group is under way; at once within such a task. */
  void exclusively(Runnable task) {
    if (isExclusive()) {
      task.run();
      return;
    }
    await(new Ticket(null, task, lock.newCondition()));
  }

  /** Whether the caller is within such a task. */
  boolean isExclusive() {
    return Thread.currentThread().threadId() == exclusive;
  }

  private @Nullable CommitId await(Ticket ticket) {
    List<Ticket> group;
    lock.lock();
    try {
      if (ticket.draft != null) {
        awaitRoom();
      }
      waiting.addLast(ticket);
      while (!ticket.done && waiting.peekFirst() != ticket) {
        ticket.turn.awaitUninterruptibly();
      }
      if (ticket.done) {
        return ticket.result();
      }
      group = takeGroup();
    } finally {
      lock.unlock();
    }
    lead(group);
    return ticket.result();
  }

  private void awaitRoom() {
    long left = timeout.toNanos();
    try {
      while (waiting.size() >= limit) {
        if (left <= 0) {
          throw new OverloadedException(
              "the commit queue is full: waiting="
                  + waiting.size()
                  + ", limit="
                  + limit
                  + ", waited="
                  + timeout
                  + "; nothing was written, retry later");
        }
        left = room.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(
          "interrupted before the commit was queued; nothing was written", e);
    }
  }

  /**
   * The commits at the head; they stay queued until they are settled, so that nobody else leads.
   */
  private List<Ticket> takeGroup() {
    List<Ticket> group = new ArrayList<>();
    long bytes = 0;
    for (Ticket next : waiting) {
      boolean alone = next.task != null;
      if (!group.isEmpty()
          && (alone || group.size() >= MAX_GROUP || bytes + next.bytes() > MAX_GROUP_BYTES)) {
        break;
      }
      group.add(next);
      bytes += next.bytes();
      if (alone) {
        break;
      }
    }
    return group;
  }

  private void lead(List<Ticket> group) {
    try {
      Runnable task = group.getFirst().task;
      if (task != null) {
        exclusive = Thread.currentThread().threadId();
        task.run();
      } else {
        sequencer.accept(group);
      }
    } catch (RuntimeException | Error e) {
      for (Ticket ticket : group) {
        if (!ticket.settled()) {
          ticket.fail(failed(ticket, e));
        }
      }
      if (e instanceof Error error) {
        throw error;
      }
    } finally {
      exclusive = NOBODY;
      release(group);
    }
  }

  /** Typed errors, and those of a task, say themselves what happened. */
  private static RuntimeException failed(Ticket ticket, Throwable e) {
    if (e instanceof EngramException typed) {
      return typed;
    }
    if (ticket.task != null && e instanceof RuntimeException own) {
      return own;
    }
    return new OutcomeUnknownException(
        "a commit broke off: why=" + e + "; reopen the store and retry with the same key", e);
  }

  private void release(List<Ticket> group) {
    lock.lock();
    try {
      for (Ticket ticket : group) {
        waiting.removeFirst();
        ticket.done = true;
        ticket.turn.signal();
      }
      Ticket next = waiting.peekFirst();
      if (next != null) {
        next.turn.signal();
      }
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
