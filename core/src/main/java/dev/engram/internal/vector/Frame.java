package dev.engram.internal.vector;

import dev.engram.Metric;
import org.jspecify.annotations.Nullable;

/**
 * The coordinates that vectors are coded in: rotated, and for distances seen from an origin amidst
 * them, since the errors of codes grow with the length of the query. The origin is the mean of the
 * first vectors that are coded, and stays. Thread-safe.
 */
final class Frame {
  private static final float[] NO_ORIGIN = {};

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

  /** Chooses the origin amidst some vectors, as long as nothing is coded. */
  void settle(FlatVectorIndex.Rows rows) {
    if (metric != Metric.EUCLIDEAN || rows.size() == 0) {
      return;
    }
    double[] sums = new double[dimension];
    for (int i = 0; i < rows.size(); i++) {
      for (int j = 0; j < dimension; j++) {
        sums[j] += rows.array(i)[rows.offset(i) + j];
      }
    }
    float[] mean = new float[rotation.padded()];
    for (int j = 0; j < dimension; j++) {
      mean[j] = (float) (sums[j] / rows.size());
    }
    origin = mean;
  }

  /** A vector as it was given, in here. */
  void of(float[] vector, float[] out) {
    of(VectorKernels.compared(metric, vector), 0, out);
  }

  /** The vector at an offset, in the form in which it is compared, in here. */
  void of(float[] vectors, int offset, float[] out) {
    rotation.of(vectors, offset, origin, out);
  }
}
