package dev.engram.internal.vector;

import dev.engram.Metric;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * The coordinates that vectors are coded in: as they are under the Manhattan metric, else rotated,
 * and for distances seen from an origin amidst them, since the errors of codes grow with the length
 * of the query. The origin is the middle of the first vectors that are coded, and stays.
 * Thread-safe.
 */
final class Frame {
  private static final float[] NO_ORIGIN = {};

  /** Vectors that the origin is chosen by, at most. */
  private static final int SAMPLE = 512;

  /** It is chosen where the usual distance shrinks at least to this share. */
  private static final double NEARER = .5;

  private final Rotation rotation;
  private final Metric metric;
  private final int dimension;
  private volatile float[] origin;

  /**
   * @param origin where one was chosen already: its only centroid, padded
   */
  Frame(int dimension, Metric metric, @Nullable Codebook origin) {
    this.rotation = new Rotation(dimension);
    this.metric = metric;
    this.dimension = dimension;
    this.origin = origin == null ? NO_ORIGIN : origin.centroids;
  }

  /** Components of a vector in here. */
  int padded() {
    return rotation.padded();
  }

  /** The origin as a codebook of one centroid, so that it is kept as those are; null for zero. */
  @Nullable Codebook origin() {
    float[] chosen = origin;
    return chosen.length == 0
        ? null
        : new Codebook(Codebook.ORIGIN, 0, rotation.padded(), false, chosen);
  }

  /**
   * Chooses the origin amidst some vectors, as long as nothing is coded: of each component the
   * median, so that a few far ones do not matter, and only where that brings them much nearer.
   */
  void settle(FlatVectorIndex.Rows rows) {
    if (metric != Metric.EUCLIDEAN || rows.size() == 0) {
      return;
    }
    int count = Math.min(rows.size(), SAMPLE);
    float[][] sample = new float[count][];
    for (int i = 0; i < count; i++) {
      int row = (int) ((long) i * rows.size() / count);
      int from = rows.offset(row);
      sample[i] = Arrays.copyOfRange(rows.array(row), from, from + dimension);
    }
    float[] middle = middle(sample);
    if (usualDistance(sample, middle) < NEARER * usualDistance(sample, new float[dimension])) {
      origin = Arrays.copyOf(middle, rotation.padded());
    }
  }

  private float[] middle(float[][] sample) {
    float[] middle = new float[dimension];
    for (int j = 0; j < dimension; j++) {
      int component = j;
      middle[j] = (float) median(Arrays.stream(sample).mapToDouble(row -> row[component]));
    }
    return middle;
  }

  private static double usualDistance(float[][] sample, float[] from) {
    VectorKernels kernels = VectorKernels.best();
    return Math.sqrt(
        median(Arrays.stream(sample).mapToDouble(row -> kernels.squaredDistance(row, from))));
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** A vector as it was given, in here. */
  void of(float[] vector, float[] out) {
    of(VectorKernels.compared(metric, vector), 0, out);
  }

  /** The vector at an offset, in the form in which it is compared, in here. */
  void of(float[] vectors, int offset, float[] out) {
    if (metric == Metric.MANHATTAN) {
      System.arraycopy(vectors, offset, out, 0, dimension);
      Arrays.fill(out, dimension, out.length, 0);
    } else {
      rotation.of(vectors, offset, origin, out);
    }
  }
}
