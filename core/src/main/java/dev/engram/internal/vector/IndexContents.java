package dev.engram.internal.vector;

import dev.engram.Metric;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of an index and the one place where they change. Every change ends with a new {@link
 * IndexState}. Thread-safe.
 */
final class IndexContents {
  private final int dimension;
  private final Metric metric;
  private final OrdinalMarks deleted = new OrdinalMarks();
  private volatile IndexState state;
  private volatile long changedAt = System.nanoTime();

  IndexContents(int dimension, Metric metric, SegmentStore.Contents found) {
    this.dimension = dimension;
    this.metric = metric;
    FlatVectorIndex tail = new FlatVectorIndex(dimension, metric);
    FlatVectorIndex outliers = new FlatVectorIndex(dimension, metric);
    this.state = new IndexState(tail, null, outliers, found.fresh(), found.partitioned());
  }

  IndexState state() {
    return state;
  }

  /** Ordinals whose vectors are coded, or were, and do not count any more. */
  OrdinalMarks deleted() {
    return deleted;
  }

  /** Vectors of the tail that can be flushed. */
  int flushable() {
    return state.tail().size();
  }

  /** How long ago the last change was, in nanoseconds. */
  long quietNanos() {
    return System.nanoTime() - changedAt;
  }

  synchronized void put(int ordinal, float[] vector) {
    changedAt = System.nanoTime();
    boolean outlier = Outliers.contain(metric, vector);
    (outlier ? state.outliers() : state.tail()).put(ordinal, vector);
  }

  synchronized boolean remove(int ordinal) {
    changedAt = System.nanoTime();
    if (state.tail().remove(ordinal) || state.outliers().remove(ordinal)) {
      return true;
    }
    if (deleted.has(ordinal)) {
      return false;
    }
    FlatVectorIndex frozen = state.frozen();
    if (frozen != null && frozen.remove(ordinal)) {
      // It may be on its way into a segment.
      deleted.mark(ordinal);
      return true;
    }
    Segment segment = state.segmentOf(ordinal);
    if (segment == null) {
      return false;
    }
    deleted.mark(ordinal);
    segment.died();
    return true;
  }

  /** Forgets every coded vector that is not there any more. */
  synchronized void retain(IntPredicate present) {
    for (Segment segment : state.segments()) {
      for (int i = 0; i < segment.count(); i++) {
        if (!present.test(segment.listed(i))) {
          deleted.mark(segment.listed(i));
        }
      }
      segment.countDead(deleted);
    }
  }

  /**
   * From now on the writer fills another tail. A tail that was frozen before and could not be
   * written comes first.
   */
  synchronized FlatVectorIndex freeze() {
    FlatVectorIndex frozen = state.frozen();
    if (frozen == null) {
      frozen = state.tail();
      FlatVectorIndex next = new FlatVectorIndex(dimension, metric);
      state = new IndexState(next, frozen, state.outliers(), state.fresh(), state.partitioned());
    }
    return frozen;
  }

  /**
   * The frozen tail is coded now.
   *
   * @param segment null where nothing of it was left
   * @param around null where there never was anything
   */
  synchronized void flushed(@Nullable Segment segment, @Nullable Codebook around) {
    Level fresh =
        state.fresh().with(around, state.fresh().probing()).replacing(List.of(), counted(segment));
    state = new IndexState(state.tail(), null, state.outliers(), fresh, state.partitioned());
  }

  /**
   * What was in some segments of either level is in this one now, in partitions.
   *
   * @param known what is known of the codebook
   */
  synchronized void partitioned(
      List<Segment> old, @Nullable Segment segment, Codebook book, Probing known) {
    Level fresh = state.fresh().replacing(old, List.of());
    Level partitioned = state.partitioned().with(book, known).replacing(old, counted(segment));
    state = state.with(fresh, partitioned);
  }

  /** What was in some segments of one level is in this one now, as it was. */
  synchronized void merged(List<Segment> old, @Nullable Segment segment) {
    Level fresh = state.fresh();
    Level partitioned = state.partitioned();
    List<Segment> merged = counted(segment);
    if (fresh.segments().containsAll(old)) {
      state = state.with(fresh.replacing(old, merged), partitioned);
    } else {
      state = state.with(fresh, partitioned.replacing(old, merged));
    }
  }

  synchronized void measured(Probing fresh, Probing partitioned) {
    state = state.with(state.fresh().with(fresh), state.partitioned().with(partitioned));
  }

  /** Some were deleted while it was written. */
  private List<Segment> counted(@Nullable Segment segment) {
    if (segment == null) {
      return List.of();
    }
    segment.countDead(deleted);
    return List.of(segment);
  }
}
