package dev.engram.internal.recall;

import dev.engram.Explanation.Contribution;
import dev.engram.Metric;
import dev.engram.internal.recall.Ranking.Ranked;
import dev.engram.internal.vector.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): takes candidates one by one,
 * each time the one with the highest λ · relevance - (1 - λ) · likeness to the most alike that was
 * taken. Of equal ones the better candidate comes first. Serves one search.
 */
public final class Diversity {
  private static final String ARM = "diversity";
  private static final int NOBODY = -1;

  private final List<Ranked> pool;
  private final List<float @Nullable []> vectors;
  private final Metric metric;
  private final double lambda;
  private final VectorKernels kernels = VectorKernels.best();
  private final boolean[] taken;

  /**
   * Of each candidate, its likeness to the most alike taken one; infinitely low before there is.
   */
  private final double[] likeness;

  private Diversity(
      List<Ranked> pool, List<float @Nullable []> vectors, Metric metric, double lambda) {
    this.pool = pool;
    this.vectors = vectors;
    this.metric = metric;
    this.lambda = lambda;
    this.taken = new boolean[pool.size()];
    this.likeness = new double[pool.size()];
    Arrays.fill(likeness, Double.NEGATIVE_INFINITY);
  }

  /**
   * The chosen, best first, with what their score has become.
   *
   * @param pool candidates, best first; the score is their relevance
   * @param vectors their vectors in that order; null for one that has none and is like no other
   * @param count how many are chosen, at most
   */
  public static List<Ranked> choose(
      List<Ranked> pool,
      List<float @Nullable []> vectors,
      Metric metric,
      double lambda,
      int count) {
    List<float @Nullable []> compared = new ArrayList<>(vectors.size());
    for (float[] vector : vectors) {
      compared.add(vector == null ? null : VectorKernels.compared(metric, vector));
    }
    return new Diversity(pool, compared, metric, lambda).choose(Math.min(count, pool.size()));
  }

  private List<Ranked> choose(int count) {
    List<Ranked> chosen = new ArrayList<>(count);
    while (chosen.size() < count) {
      int best = best();
      chosen.add(scored(best));
      take(best);
    }
    return chosen;
  }

  private int best() {
    int best = NOBODY;
    for (int i = 0; i < taken.length; i++) {
      if (!taken[i] && (best == NOBODY || score(i) > score(best))) {
        best = i;
      }
    }
    return best;
  }

  private double score(int i) {
    return lambda * pool.get(i).score() - cost(i);
  }

  private double cost(int i) {
    return likeness[i] == Double.NEGATIVE_INFINITY ? 0 : (1 - lambda) * likeness[i];
  }

  private void take(int chosen) {
    taken[chosen] = true;
    for (int i = 0; i < taken.length; i++) {
      if (!taken[i]) {
        likeness[i] = Math.max(likeness[i], alike(vectors.get(i), vectors.get(chosen)));
      }
    }
  }

  private double alike(float @Nullable [] a, float @Nullable [] b) {
    if (a == null || b == null) {
      return Double.NEGATIVE_INFINITY;
    }
    return kernels.score(metric, a, b);
  }

  private Ranked scored(int i) {
    List<Contribution> parts = new ArrayList<>();
    for (Contribution part : pool.get(i).contributions()) {
      parts.add(
          new Contribution(
              part.arm(),
              part.raw(),
              lambda * part.weight(),
              lambda * part.amount(),
              part.detail()));
    }
    boolean alone = likeness[i] == Double.NEGATIVE_INFINITY;
    parts.add(
        new Contribution(
            ARM,
            alone ? 0 : likeness[i],
            lambda - 1,
            0 - cost(i),
            alone ? "like no better hit" : "likeness to the most alike better hit"));
    return new Ranked(pool.get(i).ordinal(), score(i), parts);
  }
}
