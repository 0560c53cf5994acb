package dev.engram.internal.vector;

import java.util.Arrays;
import java.util.List;

/** Some vectors of many. Static functions only. */
final class Samples {
  /** Vectors that a mean is taken of. */
  private static final int FOR_MEAN = 4_096;

  private Samples() {}

  /**
   * Rows that are evenly chosen, one after the other; fewer than wanted where the source has fewer.
   *
   * @param padded components of a rotated vector
   */
  static float[] rows(SegmentWriter.Source source, int padded, int wanted) {
    int most = Math.min(source.size(), wanted);
    float[] row = new float[padded];
    float[] rows = new float[Math.multiplyExact(most, padded)];
    double step = (double) source.size() / Math.max(1, most);
    int taken = 0;
    for (int i = 0; i < most; i++) {
      int at = (int) (i * step);
      if (source.ordinal(at) >= 0) {
        source.rotated(at, row);
        System.arraycopy(row, 0, rows, taken++ * padded, padded);
      }
    }
    return taken == most ? rows : Arrays.copyOf(rows, taken * padded);
  }

  /** Rows one after the other, of several arrays of them. */
  static float[] joined(List<float[]> parts) {
    float[] joined = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return joined;
  }

  /** The mean of the vectors, of some where they are many; zero where there are none. */
  static float[] mean(SegmentWriter.Source source, int padded) {
    float[] rows = rows(source, padded, FOR_MEAN);
    double[] sums = new double[padded];
    for (int i = 0; i < rows.length; i++) {
      sums[i % padded] += rows[i];
    }
    int count = Math.max(1, rows.length / padded);
    float[] mean = new float[padded];
    for (int i = 0; i < padded; i++) {
      mean[i] = (float) (sums[i] / count);
    }
    return mean;
  }
}
