package dev.engram.internal.vector;

import dev.engram.Metric;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of many hits have at least a score. The scores of those far down are estimates, by
 * which a hit could fall on the wrong side; so all are scored by their vectors, best first, until a
 * whole batch of them falls short. Serves one search.
 */
public final class RangeScores {
  private static final int BATCH = 1_024;

  private final float[] query;
  private final double minScore;
  private final Metric metric;
  private final Originals originals;
  private final VectorKernels kernels = VectorKernels.best();
  private final TopK kept;

  private RangeScores(
      float[] query, double minScore, Metric metric, Originals originals, int capacity) {
    this.query = metric == Metric.COSINE ? VectorKernels.normalised(query) : query;
    this.minScore = minScore;
    this.metric = metric;
    this.originals = originals;
    this.kept = new TopK(capacity);
  }

  /** The hits of at least a score, with exact scores; those whose vectors are gone are left out. */
  public static Hits atLeast(
      double minScore, Hits hits, float[] query, Metric metric, Originals originals) {
    if (hits.size() == 0) {
      return hits;
    }
    RangeScores scores = new RangeScores(query, minScore, metric, originals, hits.size());
    int from = 0;
    boolean any = true;
    while (any && from < hits.size()) {
      int to = Math.min(hits.size(), from + BATCH);
      any = scores.keep(Arrays.copyOfRange(hits.ordinals(), from, to));
      from = to;
    }
    return scores.kept.drain();
  }

  private boolean keep(int[] ordinals) {
    List<float @Nullable []> vectors = originals.vectors(ordinals);
    boolean any = false;
    for (int i = 0; i < ordinals.length; i++) {
      float[] vector = vectors.get(i);
      float score = vector == null ? Float.NaN : score(vector);
      if (score >= minScore) {
        kept.offer(ordinals[i], score);
        any = true;
      }
    }
    return any;
  }

  private float score(float[] vector) {
    return switch (metric) {
      case COSINE -> Math.clamp(kernels.dot(query, vector) / kernels.norm(vector), -1f, 1f);
      case DOT -> kernels.dot(query, vector);
      case EUCLIDEAN -> 0f - (float) Math.sqrt(kernels.squaredDistance(query, vector));
    };
  }
}
