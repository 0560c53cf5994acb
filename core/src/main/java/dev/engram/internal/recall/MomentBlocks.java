package dev.engram.internal.recall;

import java.util.Arrays;

/**
 * The earliest and the latest moment of each block of nodes, so that a search for a time passes
 * over most of them. Never narrower than it should be; wider after changes. Guarded by its
 * chronicle.
 */
final class MomentBlocks {
  /** Nodes of a block. */
  static final int BLOCK = 1_024;

  private long[] earliest = new long[0];
  private long[] latest = new long[0];

  void add(int node, long moment) {
    int block = node / BLOCK;
    if (block >= earliest.length) {
      int length = earliest.length;
      earliest = Arrays.copyOf(earliest, block + (block >> 1) + 1);
      latest = Arrays.copyOf(latest, earliest.length);
      Arrays.fill(earliest, length, earliest.length, Long.MAX_VALUE);
      Arrays.fill(latest, length, latest.length, Long.MIN_VALUE);
    }
    earliest[block] = Math.min(earliest[block], moment);
    latest[block] = Math.max(latest[block], moment);
  }

  /** Whether the block of a node may hold some of the moments. */
  boolean mayHold(int node, Moments moments) {
    int block = node / BLOCK;
    return earliest[block] <= latest[block]
        && moments.mayLieBetween(earliest[block], latest[block]);
  }

  long bytes() {
    return 2L * Long.BYTES * earliest.length;
  }
}
