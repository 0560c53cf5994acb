package dev.engram.bench;

import java.util.Arrays;

/** The best scores so far, and whose they are. */
final class Best {
  private final float[] scores;
  private final int[] ordinals;
  private int size;

  Best(int capacity) {
    this.scores = new float[capacity];
    this.ordinals = new int[capacity];
  }

  void offer(int ordinal, float score) {
    if (size == scores.length && score <= scores[size - 1]) {
      return;
    }
    int at = size < scores.length ? size++ : size - 1;
    for (; at > 0 && scores[at - 1] < score; at--) {
      scores[at] = scores[at - 1];
      ordinals[at] = ordinals[at - 1];
    }
    scores[at] = score;
    ordinals[at] = ordinal;
  }

  int size() {
    return size;
  }

  /** The least of the best. */
  float last() {
    return scores[size - 1];
  }

  /** Best first. */
  int[] ordinals() {
    return Arrays.copyOf(ordinals, size);
  }
}
