package dev.engram.internal.vector;

/**
 * Keeps the best k of the hits offered: a binary heap with the worst kept hit at its root. A higher
 * score is better; of equal scores the lower ordinal is. Not thread-safe.
 */
final class TopK {
  private final int[] ordinals;
  private final float[] scores;
  private int size;

  /**
   * @param capacity the k, at least 1
   */
  TopK(int capacity) {
    this.ordinals = new int[capacity];
    this.scores = new float[capacity];
  }

  /** Keeps the hit if it is among the best so far. A NaN score counts as the lowest. */
  void offer(int ordinal, float offered) {
    float score = Float.isNaN(offered) ? Float.NEGATIVE_INFINITY : offered;
    if (size < ordinals.length) {
      int at = size++;
      while (at > 0 && worse(score, ordinal, (at - 1) / 2)) {
        move((at - 1) / 2, at);
        at = (at - 1) / 2;
      }
      set(at, ordinal, score);
    } else if (better(score, ordinal, 0)) {
      sink(0, size, ordinal, score);
    }
  }

  /** The k. */
  int capacity() {
    return ordinals.length;
  }

  /** The worst score that is kept; negative infinity while there is room for any. */
  float worst() {
    return size < ordinals.length ? Float.NEGATIVE_INFINITY : scores[0];
  }

  /** Empties this heap. */
  void clear() {
    size = 0;
  }

  /** The hits kept, best first. Empties this heap. */
  Hits drain() {
    Hits hits = new Hits(new int[size], new float[size]);
    for (int last = size - 1; last >= 0; last--) {
      hits.ordinals()[last] = ordinals[0];
      hits.scores()[last] = scores[0];
      sink(0, last, ordinals[last], scores[last]);
    }
    size = 0;
    return hits;
  }

  /** Puts a hit where the heap of {@code end} hits wants it, at {@code from} or below. */
  private void sink(int from, int end, int ordinal, float score) {
    int at = from;
    for (int child = 2 * at + 1; child < end; child = 2 * at + 1) {
      if (child + 1 < end && worse(scores[child + 1], ordinals[child + 1], child)) {
        child++;
      }
      if (!better(score, ordinal, child)) {
        break;
      }
      move(child, at);
      at = child;
    }
    set(at, ordinal, score);
  }

  private boolean better(float score, int ordinal, int at) {
    return score > scores[at] || (score == scores[at] && ordinal < ordinals[at]);
  }

  private boolean worse(float score, int ordinal, int at) {
    return score < scores[at] || (score == scores[at] && ordinal > ordinals[at]);
  }

  private void move(int from, int to) {
    set(to, ordinals[from], scores[from]);
  }

  private void set(int at, int ordinal, float score) {
    ordinals[at] = ordinal;
    scores[at] = score;
  }
}
