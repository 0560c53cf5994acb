package dev.engram.internal.vector;

import dev.engram.Metric;

/**
 * A query as vectors are compared with it, and as codes are asked it. Under the inner product its
 * length changes no order, but how far codes are off grows with its distance to the centroids. So
 * they are asked a query that is as long as the vectors usually are.
 *
 * @param given of unit length under cosine
 * @param coded what codes are asked
 * @param times how many times as long as {@code given} that is, above 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record Asked(float[] given, float[] coded, double times) {
  /** Codes of shorter vectors have no use for a query as short: squares would vanish. */
  private static final float LEAST_LENGTH = 1e-12f;

  /**
   * @param usual length of the vectors, by which they are known to be coded; 0 where there is none
   */
  static Asked of(Metric metric, float[] query, float usual) {
    float[] given = VectorKernels.compared(metric, query);
    double length = metric == Metric.DOT ? length(given) : 0;
    if (length == 0 || usual == 0) {
      return new Asked(given, given, 1);
    }
    double times = Math.max(usual, LEAST_LENGTH) / length;
    float[] coded = new float[given.length];
    for (int i = 0; i < coded.length; i++) {
      coded[i] = (float) (given[i] * times);
    }
    return new Asked(given, coded, times);
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float component : vector) {
      squares += (double) component * component;
    }
    return Math.sqrt(squares);
  }

  /** The key of codes that a score stands for. */
  float key(Metric metric, double score) {
    return (float) (times * Rescoring.key(metric, score));
  }
}
