package dev.engram.internal.log;

import dev.engram.ClosedException;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** {@link Gate} under many interleavings. */
class GateTest {
  @Test
  void noCallMeetsWhatTheCloserHasFreed() {
    Interleavings.of(Plain.class, 3, 2, 10, 200).check(Guarded.class);
  }

  /** Something that is used and freed behind a gate, as RocksDB is. */
  public static final class Guarded {
    private final Gate gate = new Gate("test");
    private boolean freed;

    @Operation
    public boolean call() {
      try {
        gate.enter();
      } catch (ClosedException e) {
        return false;
      }
      try {
        if (freed) {
          throw new IllegalStateException("used after it was freed");
        }
        return true;
      } finally {
        gate.leave();
      }
    }

    @Operation
    public boolean close() {
      boolean first = gate.close();
      if (first) {
        freed = true;
      }
      return first;
    }

    @Operation
    public boolean closed() {
      return gate.closed();
    }
  }

  /** What it looks like where one thing happens after the other. */
  public static final class Plain {
    private boolean closed;

    public boolean call() {
      return !closed;
    }

    public boolean close() {
      boolean first = !closed;
      closed = true;
      return first;
    }

    public boolean closed() {
      return closed;
    }
  }
}
