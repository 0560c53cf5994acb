package dev.engram.internal.log;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** {@link ClaimTable}, as the transactions see it that it decides on. */
class ClaimTableTest {
  @Test
  void noTransactionOverwritesWhatItHasNotSeen() {
    Interleavings.of(Plain.class, 3, 2, 20, 100).check(Counts.class);
  }

  @Test
  void aCommitThatTurnsTheTableOverIsRememberedWhole() {
    ClaimTable table = new ClaimTable(2, 0);
    table.write(1, 1);
    table.write(2, 1);
    table.write(3, 1);
    table.write(4, 1);
    table.write(5, 2);

    assertTrue(table.writtenAfter(1, 0), "its generation is gone, so that nobody can tell");
    assertFalse(table.writtenAfter(1, 1));
  }

  /**
   * Counters that transactions raise, each as {@link Log} commits: read at an LSN, then written by
   * the leader, here whoever holds the monitor, unless a claim was written since. The table is so
   * small that every few commits turn it over, also in the middle of one.
   */
  public static final class Counts {
    private static final int CAPACITY = 2;
    private static final int[] ALL = {0, 1, 2};

    /** Claims this far apart want the same slot. */
    private static final long APART = CAPACITY * 2;

    private final ClaimTable claims = new ClaimTable(CAPACITY, 0);
    private final AtomicIntegerArray counts = new AtomicIntegerArray(ALL.length);
    private volatile long last;

    @Operation
    public int raise(@Param(gen = IntGen.class, conf = "0:2") int which) {
      return raised(new int[] {which})[0];
    }

    @Operation
    public String raiseAll() {
      return Arrays.toString(raised(ALL));
    }

    private int[] raised(int[] keys) {
      while (true) {
        long seen = last;
        int[] values = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
          values[i] = counts.get(keys[i]) + 1;
        }
        if (commit(seen, keys, values)) {
          return values;
        }
      }
    }

    private synchronized boolean commit(long seen, int[] keys, int[] values) {
      for (int key : keys) {
        if (claims.writtenAfter(key * APART, seen)) {
          return false;
        }
      }
      long lsn = last + 1;
      for (int i = 0; i < keys.length; i++) {
        claims.write(keys[i] * APART, lsn);
        counts.set(keys[i], values[i]);
      }
      last = lsn;
      return true;
    }
  }

  /** What it looks like where one transaction follows the other. */
  public static final class Plain {
    private final int[] counts = new int[Counts.ALL.length];

    public int raise(int which) {
      return ++counts[which];
    }

    public String raiseAll() {
      Arrays.setAll(counts, which -> counts[which] + 1);
      return Arrays.toString(counts);
    }
  }
}
