package dev.engram.internal.vector;

import java.util.Arrays;

/**
 * The result of a search: ordinals and their scores, best first, equal scores by lower ordinal
 * first. Both arrays have the same length and belong to the receiver.
 *
 * @param ordinals the ordinals found
 * @param scores higher is better; never NaN
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, on a hot path; never compared
public record Hits(int[] ordinals, float[] scores) {
  /** Checks that the arrays pair up. */
  public Hits {
    if (ordinals.length != scores.length) {
      throw new IllegalArgumentException(
          "hits: ordinals=" + ordinals.length + ", scores=" + scores.length);
    }
  }

  /** No hits. */
  public static Hits none() {
    return new Hits(new int[0], new float[0]);
  }

  /** Those of at least a score. */
  Hits atLeast(double minScore) {
    int kept = scores.length;
    while (kept > 0 && scores[kept - 1] < minScore) {
      kept--;
    }
    return kept == scores.length
        ? this
        : new Hits(Arrays.copyOf(ordinals, kept), Arrays.copyOf(scores, kept));
  }

  /** The number of hits. */
  public int size() {
    return ordinals.length;
  }
}
