package dev.engram;

/**
 * How two vectors are compared. A score is always higher for a better match, whatever the metric,
 * so results of every metric sort the same way: highest first.
 */
public enum Metric {
  /**
   * The cosine of the angle, in [-1, 1]; 1 means the same direction. Length does not count. A zero
   * vector has no direction and is refused.
   */
  COSINE,

  /** The inner product, unbounded. Longer vectors score higher. */
  DOT,

  /** Minus the Euclidean distance, in (-∞, 0]; 0 means the same point. */
  EUCLIDEAN,

  /**
   * Minus the sum of the absolute differences of the components, in (-∞, 0]; 0 means the same
   * point. Codes cannot estimate it: every search compares every vector, and misses nothing.
   */
  MANHATTAN
}
