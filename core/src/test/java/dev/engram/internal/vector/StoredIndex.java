package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Metric;
import dev.engram.Quantization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * An index of known vectors in a directory, and what must be found of it. The vectors lie far from
 * the origin, so that there is a file for that, in clusters that come one after the other, so that
 * partitions are split.
 */
final class StoredIndex {
  /** A tail that is full. */
  static final int TAIL = 8_192;

  private static final int DIMENSION = 8;
  private static final int FLAT_LIMIT = 8_000;

  private final float[][] rows;
  private boolean accepted = true;

  /** Some vectors around a point so far from the origin. */
  StoredIndex(int count, long seed, float far) {
    Random random = new Random(seed);
    rows = new float[count][DIMENSION];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < DIMENSION; j++) {
        rows[i][j] = (float) random.nextGaussian() + far + (i / 1_500 % DIMENSION == j ? 9 : 0);
      }
    }
  }

  /** Whether the log is one that a manifest fits. */
  void accept(boolean fits) {
    accepted = fits;
  }

  PartitionedVectorIndex open(Path directory, Disk disk) {
    SegmentDirectory.Owner owner =
        new SegmentDirectory.Owner() {
          @Override
          public String seal() {
            return "log";
          }

          @Override
          public boolean accepts(String words) {
            return accepted && words.equals("log");
          }
        };
    return new PartitionedVectorIndex(
        DIMENSION,
        Metric.EUCLIDEAN,
        () -> Quantization.BITS_8,
        new SegmentDirectory(directory, owner, false, disk),
        this::originals,
        1,
        FLAT_LIMIT);
  }

  private List<float @Nullable []> originals(int[] ordinals) {
    List<float @Nullable []> found = new ArrayList<>();
    for (int ordinal : ordinals) {
      found.add(rows[ordinal]);
    }
    return found;
  }

  /** Puts what is not coded of some vectors. */
  void put(PartitionedVectorIndex index, int from, int to) {
    BitSet coded = index.coded();
    for (int i = from; i < to; i++) {
      if (!coded.get(i)) {
        index.put(i, rows[i]);
      }
    }
  }

  /** Puts all of them, and lets the index flush, partition, split, merge and measure. */
  void fill(PartitionedVectorIndex index) {
    put(index, 0, Math.min(TAIL, rows.length));
    index.flush(false);
    index.improve(true);
    for (int from = TAIL; from < rows.length; from += 1_500) {
      put(index, from, Math.min(from + 1_500, rows.length));
      index.flush(true);
      index.improve(true);
    }
  }

  /** Each vector that is coded is the right one. */
  void judgeCoded(PartitionedVectorIndex index, String what) {
    BitSet coded = index.coded();
    for (int i = coded.nextSetBit(0); i >= 0; i = coded.nextSetBit(i + 17)) {
      assertTrue(index.holds(i, rows[i]), "ordinal=" + i + ", " + what);
    }
  }

  /** Completes what is there; vectors are found, and still after opening again. */
  void judgeCompleted(Path directory, PartitionedVectorIndex index, String what) {
    put(index, 0, rows.length);
    judgeFound(index, what);
    index.flush(false);
    index.improve(true);
    index.stop();
    PartitionedVectorIndex again = open(directory, UnforcedDisk.DISK);
    judgeCoded(again, what);
    put(again, 0, rows.length);
    judgeFound(again, what);
  }

  private void judgeFound(PartitionedVectorIndex index, String what) {
    assertEquals(rows.length, index.size(), what);
    for (int i = 0; i < rows.length; i += rows.length / 9) {
      assertEquals(i, index.search(rows[i], 1, Selection.ALL, 1).ordinals()[0], what);
    }
  }
}
