package dev.engram.internal.vector;

import dev.engram.Metric;

/**
 * Vectors so long that the arithmetic of codes, which squares what it is given twice, might
 * overflow. They are not coded, and no codes are asked for them. Static functions only.
 */
final class Outliers {
  private static final float GREATEST_COMPONENT = 1e8f;

  private Outliers() {}

  /** Whether a vector, or a query, is one; under cosine none is, since lengths do not matter. */
  static boolean contain(Metric metric, float[] vector) {
    if (metric == Metric.COSINE) {
      return false;
    }
    float most = 0;
    for (float component : vector) {
      most = Math.max(most, Math.abs(component));
    }
    return most > GREATEST_COMPONENT;
  }
}
