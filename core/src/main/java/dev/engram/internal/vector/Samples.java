package dev.engram.internal.vector;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Some vectors of many. Static functions only. */
final class Samples {
  /** Vectors that a mean is taken of. */
  private static final int FOR_MEAN = 4_096;

  /** Vectors that are read at a time. */
  private static final int BATCH = 1_024;

  private Samples() {}

  /**
   * Rows that are evenly chosen, one after the other; fewer than wanted where the source has fewer.
   *
   * @param padded components of a rotated vector
   */
  static float[] rows(SegmentWriter.Source source, int padded, int wanted) {
    int most = Math.min(source.size(), wanted);
    float[] rows = new float[Math.multiplyExact(most, padded)];
    int[] some = chosen(source, most);
    float[] row = new float[padded];
    for (int from = 0; from < some.length; from += BATCH) {
      int[] batch = Arrays.copyOfRange(some, from, Math.min(some.length, from + BATCH));
      SegmentWriter.Reader reader = source.reader(batch, false);
      for (int n = 0; n < batch.length; n++) {
        reader.rotated(n, row);
        System.arraycopy(row, 0, rows, (from + n) * padded, padded);
      }
    }
    return some.length == most ? rows : Arrays.copyOf(rows, some.length * padded);
  }

  private static int[] chosen(SegmentWriter.Source source, int most) {
    double step = (double) source.size() / Math.max(1, most);
    return IntStream.range(0, most)
        .map(i -> (int) (i * step))
        .filter(i -> source.ordinal(i) >= 0)
        .toArray();
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
