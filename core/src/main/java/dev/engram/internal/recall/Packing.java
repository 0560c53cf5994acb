package dev.engram.internal.recall;

import dev.engram.internal.vector.VectorKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fills a context of some tokens with the most useful memories: takes one after the other, each
 * time the one with the highest λ · score / best score − (1 − λ) · likeness to the most alike that
 * was taken (maximal marginal relevance, Carbonell and Goldstein, SIGIR 1998). Leaves out what does
 * not fit any more and what says nearly what was taken. Serves one recall.
 */
public final class Packing {
  /** What relevance counts against novelty. */
  static final double LAMBDA = 0.7;

  /** Memories whose vectors are so alike say the same. */
  static final double SAME_VECTOR = 0.92;

  /** Memories that share so many of their words say the same. */
  static final double SAME_WORDS = 0.8;

  private static final int NOBODY = -1;

  private final List<Item> items;
  private final List<Set<String>> words = new ArrayList<>();
  private final double[] novelty;
  private final boolean[] out;
  private final VectorKernels kernels = VectorKernels.best();
  private int left;

  /**
   * A memory that may be taken.
   *
   * @param score what it is worth
   * @param tokens what it takes
   * @param text what it says
   * @param vector of unit length, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  public record Item(double score, int tokens, String text, float @Nullable [] vector) {}

  private Packing(List<Item> items, int budget) {
    this.items = items;
    this.left = budget;
    this.novelty = new double[items.size()];
    this.out = new boolean[items.size()];
    items.forEach(item -> words.add(Likeness.words(item.text())));
  }

  /**
   * Which items are taken, in that order.
   *
   * @param items best first
   * @param budget tokens
   * @param count at most so many
   */
  public static List<Integer> choose(List<Item> items, int budget, int count) {
    Packing packing = new Packing(items, budget);
    List<Integer> taken = new ArrayList<>();
    int next = packing.next();
    while (next != NOBODY && taken.size() < count) {
      taken.add(next);
      packing.take(next);
      next = packing.next();
    }
    return taken;
  }

  private int next() {
    int best = NOBODY;
    for (int i = 0; i < out.length; i++) {
      out[i] |= items.get(i).tokens() > left;
      if (!out[i] && (best == NOBODY || value(i) > value(best))) {
        best = i;
      }
    }
    return best;
  }

  private double value(int i) {
    double most = items.getFirst().score();
    double relevance = most <= 0 ? 0 : items.get(i).score() / most;
    return LAMBDA * relevance - (1 - LAMBDA) * novelty[i];
  }

  private void take(int chosen) {
    out[chosen] = true;
    left -= items.get(chosen).tokens();
    for (int i = 0; i < out.length; i++) {
      if (!out[i]) {
        compare(i, chosen);
      }
    }
  }

  private void compare(int i, int chosen) {
    double shared = Likeness.of(words.get(i), words.get(chosen));
    float[] own = items.get(i).vector();
    float[] other = items.get(chosen).vector();
    double alike = shared;
    if (own != null && other != null) {
      alike = kernels.dot(own, other);
      out[i] |= alike >= SAME_VECTOR;
    }
    novelty[i] = Math.max(novelty[i], alike);
    out[i] |= shared >= SAME_WORDS;
  }
}
