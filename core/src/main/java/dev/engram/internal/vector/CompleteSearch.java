package dev.engram.internal.vector;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * A search that misses nothing: it ranks every vector by its row and keeps each that may be among
 * the best. What is left is to be scored by the vectors. Used once, by one thread.
 */
final class CompleteSearch {
  /** Of the sums that a key is made of. */
  private static final float ROUNDING = 1e-5f;

  private final boolean inner;
  private final OrdinalMarks deleted;
  private final Workspace work;
  private final CodeKernels codes = CodeKernels.best();

  /** The worst that the keys of the best may be, as scores. */
  private final TopK pessimistic;

  private final float ceiling;
  private int[] ordinals = new int[64];
  private float[] optimistic = new float[64];
  private int size;

  /**
   * @param inner whether keys are minus inner products, else squared distances
   * @param work holds the query, rotated and quantised
   * @param wanted hits
   * @param ceiling keys above it are not wanted
   */
  CompleteSearch(boolean inner, OrdinalMarks deleted, Workspace work, int wanted, float ceiling) {
    this.ceiling = ceiling + ROUNDING * Math.abs(ceiling);
    this.inner = inner;
    this.deleted = deleted;
    this.work = work;
    this.pessimistic = new TopK(wanted);
  }

  /** Ranks the vectors of a level that pass a test. */
  void rank(Level level, IntPredicate allowed) {
    Codebook book = level.book();
    float length = VectorKernels.best().norm(work.query.rotated);
    for (int partition = 0; partition < book.size(); partition++) {
      Codebook.Nearness near = book.nearness(work.query.rotated, partition, inner);
      for (Segment segment : level.segments()) {
        segment.forEach(
            partition,
            deleted,
            (place, ordinal) -> {
              if (allowed.test(ordinal)) {
                rank(segment, place, ordinal, near, length);
              }
            });
      }
    }
  }

  private void rank(Segment segment, int place, int ordinal, Codebook.Nearness near, float length) {
    float key = segment.key(codes, place, work.query) + near.base();
    float error = segment.greatestError(place);
    float sums = Math.abs(key) + Math.abs(near.base()) + segment.width(place) * length;
    float rounding = ROUNDING * sums;
    add(ordinal, key, error * near.distance() + rounding);
  }

  private void add(int ordinal, float key, float error) {
    pessimistic.offer(ordinal, -key - error);
    if (key - error > Math.min(ceiling, -pessimistic.worst())) {
      return;
    }
    if (size == ordinals.length) {
      ordinals = Arrays.copyOf(ordinals, 2 * size);
      optimistic = Arrays.copyOf(optimistic, 2 * size);
    }
    ordinals[size] = ordinal;
    optimistic[size++] = key - error;
  }

  /** All that may be among the best. */
  int[] candidates() {
    float worst = -pessimistic.worst();
    int[] kept = new int[size];
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (optimistic[i] <= worst) {
        kept[count++] = ordinals[i];
      }
    }
    return Arrays.copyOf(kept, count);
  }
}
