package dev.engram.internal.vector;

import dev.engram.Metric;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scores what a search found by the vectors themselves. For one query, on one thread. */
final class Rescoring {
  /** At most so many vectors are read at a time. */
  private static final int BATCH = 1_024;

  private static final float SHORT = 1e-12f;
  private static final float LONG = 1e12f;

  /** The scale of a logistic distribution with a deviation of 1. */
  private static final double LOGISTIC = Math.sqrt(3) / Math.PI;

  private final float[] asked;
  private final double times;
  private final Metric metric;
  private final Originals originals;
  private final VectorKernels kernels = VectorKernels.best();

  /**
   * @param query is compared with the vectors as it was given
   */
  Rescoring(Asked query, Metric metric, Originals originals) {
    this.asked = query.given();
    this.times = query.times();
    this.metric = metric;
    this.originals = originals;
  }

  /**
   * Scores the best so exactly that it does not matter that the keys before were estimates: first
   * as many as are wanted, then those that may be better than the worst of these.
   *
   * @param found by estimated keys, which are minus their scores, best first
   * @param uncertainty how far a key may be off
   * @return how many were scored
   */
  int best(Hits found, int wanted, float uncertainty, TopK top) {
    int first = Math.min(wanted, found.size());
    double worst = times * score(found.ordinals(), 0, first, top);
    int next = first;
    while (next < found.size() && -found.scores()[next] - uncertainty < worst) {
      next++;
    }
    float _ = score(found.ordinals(), first, next, top);
    return next;
  }

  /**
   * How many vectors, about, are better than the worst of the best and yet were not found, since
   * their rows say otherwise: as many as there are beyond the last one found, if they lie there as
   * densely as before it, each as likely as a deviation takes it so far.
   *
   * @param found all of it was scored
   * @param uncertainty three deviations of a key
   * @param top the best of it
   */
  double missed(Hits found, float uncertainty, TopK top) {
    int last = found.size() - 1;
    double deviation = uncertainty / 3;
    double end = -found.scores()[last];
    double width = end + found.scores()[last / 2];
    if (deviation == 0 || top.worst() == Float.NEGATIVE_INFINITY) {
      return 0;
    }
    double beyond = (end - times * key(metric, top.worst())) / deviation;
    // The integral of the normal distribution from there on, by that of the logistic one.
    double share = LOGISTIC * Math.log1p(Math.exp(-beyond / LOGISTIC));
    return (last - last / 2) * deviation / Math.max(width, Double.MIN_NORMAL) * share;
  }

  /** The key of a score. */
  static float key(Metric metric, double score) {
    return (float) (metric == Metric.EUCLIDEAN && score < 0 ? score * score : -score);
  }

  /** Scores all by their vectors. */
  void all(int[] ordinals, TopK top) {
    float _ = score(ordinals, 0, ordinals.length, top);
  }

  private float score(int[] ordinals, int from, int to, TopK top) {
    float worst = Float.NEGATIVE_INFINITY;
    for (int at = from; at < to; at += BATCH) {
      worst = Math.max(worst, scoreBatch(ordinals, at, Math.min(to, at + BATCH), top));
    }
    return worst;
  }

  /** Returns the worst key; positive infinity where one is gone meanwhile. */
  private float scoreBatch(int[] ordinals, int from, int to, TopK top) {
    List<float @Nullable []> vectors = originals.vectors(Arrays.copyOfRange(ordinals, from, to));
    float worst = Float.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      float[] vector = vectors.get(i - from);
      if (vector == null) {
        worst = Float.POSITIVE_INFINITY;
      } else {
        float key = key(vector);
        worst = Math.max(worst, key);
        top.offer(ordinals[i], score(key));
      }
    }
    return worst;
  }

  private float key(float[] vector) {
    return switch (metric) {
      case COSINE -> -cosine(vector);
      case DOT -> -kernels.dot(asked, vector);
      case EUCLIDEAN -> kernels.squaredDistance(asked, vector);
      case MANHATTAN -> kernels.absoluteDistance(asked, vector);
    };
  }

  /** The square of a very long or short vector is none that a float holds. */
  private float cosine(float[] vector) {
    float norm = kernels.norm(vector);
    return norm > SHORT && norm < LONG
        ? kernels.dot(asked, vector) / norm
        : kernels.dot(asked, VectorKernels.normalised(vector));
  }

  private float score(float key) {
    return switch (metric) {
      case COSINE -> Math.clamp(-key, -1f, 1f);
      case DOT -> -key;
      case MANHATTAN -> 0f - key;
      case EUCLIDEAN -> 0f - (float) Math.sqrt(Math.max(0, key));
    };
  }
}
