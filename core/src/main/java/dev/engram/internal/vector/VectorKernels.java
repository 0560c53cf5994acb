package dev.engram.internal.vector;

import dev.engram.Metric;

/**
 * The arithmetic of vector search. Two implementations give the same bits for the same input, so
 * that scores, ties and orders do not depend on the machine.
 *
 * <p>How they agree: component i is added to accumulator {@code i % LANES}; multiplication and
 * addition are rounded separately (no fused multiply-add, whose fallback without hardware support
 * is unusably slow); the accumulators are then summed by halving: {@code s[j] += s[j + h]} for h =
 * LANES/2 … 1.
 *
 * <p>Stateless and thread-safe. Does not check its arguments beyond array bounds.
 */
public sealed interface VectorKernels permits ScalarKernels, SimdKernels, NarrowSimdKernels {
  /** Accumulators per sum, whatever the width of the machine's registers. */
  int LANES = 32;

  /** The fastest kernels that this process can run. */
  static VectorKernels best() {
    return BestKernels.INSTANCE;
  }

  /**
   * Whether these kernels use the Vector API. Where {@link #best()} does not, the flag {@code
   * --add-modules jdk.incubator.vector} mends it.
   */
  boolean simd();

  /** The inner product of {@code a[aOffset …]} and {@code b[bOffset …]} over {@code length}. */
  float dot(float[] a, int aOffset, float[] b, int bOffset, int length);

  /** The squared Euclidean distance between {@code a[aOffset …]} and {@code b[bOffset …]}. */
  float squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int length);

  /** The sum of the absolute differences of the same components. */
  float absoluteDistance(float[] a, int aOffset, float[] b, int bOffset, int length);

  /** The inner product of two whole vectors of the same length. */
  default float dot(float[] a, float[] b) {
    return dot(a, 0, b, 0, a.length);
  }

  /** The squared Euclidean distance between two whole vectors of the same length. */
  default float squaredDistance(float[] a, float[] b) {
    return squaredDistance(a, 0, b, 0, a.length);
  }

  /** The sum of the absolute differences of two whole vectors of the same length. */
  default float absoluteDistance(float[] a, float[] b) {
    return absoluteDistance(a, 0, b, 0, a.length);
  }

  /** The Euclidean length of a vector; infinite where the squares overflow. */
  default float norm(float[] vector) {
    return (float) Math.sqrt(dot(vector, vector));
  }

  /**
   * The score of two vectors under a metric: higher is better.
   *
   * @param a and {@code b}: as they are {@link #compared}
   */
  default double score(Metric metric, float[] a, float[] b) {
    return switch (metric) {
      case COSINE -> Math.clamp(dot(a, b), -1f, 1f);
      case DOT -> dot(a, b);
      case MANHATTAN -> -absoluteDistance(a, b);
      case EUCLIDEAN -> -Math.sqrt(squaredDistance(a, b));
    };
  }

  /** A vector in the form in which a metric compares it: under cosine of unit length. */
  static float[] compared(Metric metric, float[] vector) {
    return metric == Metric.COSINE ? normalised(vector) : vector;
  }

  /** A copy of the vector with unit length, as {@link #normalise} makes it. */
  static float[] normalised(float[] vector) {
    float[] unit = vector.clone();
    normalise(unit);
    return unit;
  }

  /**
   * Gives a vector unit length, in its place. Computed in double precision, so tiny and huge
   * components neither vanish nor overflow.
   *
   * @param vector finite and not zero
   */
  static void normalise(float[] vector) {
    double squares = 0;
    for (float component : vector) {
      squares += (double) component * component;
    }
    double scale = 1 / Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] * scale);
    }
  }
}
