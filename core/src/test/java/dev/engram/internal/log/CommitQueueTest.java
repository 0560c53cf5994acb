package dev.engram.internal.log;

import dev.engram.CommitId;
import dev.engram.ConflictException;
import dev.engram.OutcomeUnknownException;
import dev.engram.internal.crypto.Sealer;
import java.time.Duration;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** {@link CommitQueue} under many interleavings. */
class CommitQueueTest {
  @Test
  void eachCommitIsSettledOnceAndNobodyWaitsForEver() {
    Interleavings.of(Plain.class, 3, 1, 20, 50).check(Commits.class);
  }

  /**
   * A log that only counts. Its queue has room for two of three threads, so that groups of two
   * form, and waiting for room happens. Each operation waits for its end, which is no obstacle:
   * whoever leads needs nobody else.
   */
  public static final class Commits {
    private static final Draft GOOD = draft(0);
    private static final Draft CONFLICTING = draft(1);
    private static final Draft BREAKING = draft(2);

    private final CommitQueue queue = new CommitQueue(2, Duration.ofHours(1), this::sequence);

    private boolean busy;
    private long last;

    @Operation
    public long commit() {
      while (true) {
        try {
          return queue.submit(GOOD).lsn();
        } catch (OutcomeUnknownException e) {
          // Its group broke off before it was sequenced; as a caller would, it tries again.
        }
      }
    }

    @Operation
    public boolean conflict() {
      while (true) {
        try {
          return queue.submit(CONFLICTING) == null;
        } catch (ConflictException e) {
          return true;
        } catch (OutcomeUnknownException e) {
          // As above.
        }
      }
    }

    @Operation
    public boolean breakOff() {
      try {
        return queue.submit(BREAKING) == null;
      } catch (OutcomeUnknownException e) {
        return true;
      }
    }

    @Operation
    public long exclusively() {
      long[] seen = new long[1];
      queue.exclusively(() -> alone(() -> seen[0] = last));
      return seen[0];
    }

    private void sequence(List<CommitQueue.Ticket> group) {
      alone(() -> group.forEach(this::settle));
    }

    private void settle(CommitQueue.Ticket ticket) {
      if (ticket.draft() == BREAKING) {
        throw new IllegalStateException("planned");
      } else if (ticket.draft() == CONFLICTING) {
        ticket.fail(new ConflictException("conflict"));
      } else {
        ticket.succeed(new CommitId(1, ++last));
      }
    }

    private void alone(Runnable work) {
      if (busy) {
        throw new AssertionError("two lead at the same time");
      }
      busy = true;
      try {
        work.run();
      } finally {
        busy = false;
      }
    }

    private static Draft draft(long snapshotLsn) {
      return new Draft(snapshotLsn, new WriteBatchBytes(family -> 0, Sealer.PLAIN));
    }
  }

  /** What it looks like where one operation follows the other. */
  public static final class Plain {
    private long last;

    public long commit() {
      return ++last;
    }

    public boolean conflict() {
      return true;
    }

    public boolean breakOff() {
      return true;
    }

    public long exclusively() {
      return last;
    }
  }
}
