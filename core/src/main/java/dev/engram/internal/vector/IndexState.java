package dev.engram.internal.vector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one search of a {@link PartitionedVectorIndex} sees. Immutable but for the tails, which keep
 * growing and losing vectors, and thread-safe.
 *
 * @param frozen a tail that is being flushed
 * @param outliers what is never coded
 */
record IndexState(
    FlatVectorIndex tail,
    @Nullable FlatVectorIndex frozen,
    FlatVectorIndex outliers,
    Level fresh,
    Level partitioned) {

  /** Vectors in the levels, deleted ones included. */
  int coded() {
    return fresh.count() + partitioned.count();
  }

  /** Vectors that are not deleted. */
  int live() {
    return tails() + fresh.live() + partitioned.live();
  }

  /** Most hits that a search can have. */
  int capacity() {
    return Math.addExact(tails(), coded());
  }

  /** Vectors that are not coded yet. */
  int tails() {
    return uncoded().stream().mapToInt(FlatVectorIndex::size).sum();
  }

  /** Where the vectors are that are not coded. */
  List<FlatVectorIndex> uncoded() {
    return frozen == null ? List.of(tail, outliers) : List.of(frozen, tail, outliers);
  }

  List<Segment> segments() {
    List<Segment> all = new ArrayList<>(partitioned.segments());
    all.addAll(fresh.segments());
    return all;
  }

  /** The segment that an ordinal is in; null where it is in none. */
  @Nullable Segment segmentOf(int ordinal) {
    for (Segment segment : segments()) {
      if (segment.place(ordinal) >= 0) {
        return segment;
      }
    }
    return null;
  }

  /** How long vectors are that are coded for inner products; 0 where there are none. */
  float usualLength() {
    return segments().stream()
        .max(Comparator.comparingInt(Segment::count))
        .map(Segment::usualLength)
        .orElse(0f);
  }

  IndexState with(Level newFresh, Level newPartitioned) {
    return new IndexState(tail, frozen, outliers, newFresh, newPartitioned);
  }
}
