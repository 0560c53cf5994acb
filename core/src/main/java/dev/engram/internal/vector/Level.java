package dev.engram.internal.vector;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Segments that are coded by one codebook. Immutable and thread-safe.
 *
 * @param codebook null while there is none, and no segment
 * @param probing what was measured of it
 */
record Level(@Nullable Codebook codebook, List<Segment> segments, Probing probing) {
  static final Level EMPTY = new Level(null, List.of(), Probing.UNKNOWN);

  Level {
    segments = List.copyOf(segments);
  }

  /** The codebook of a level that has one. */
  Codebook book() {
    return Objects.requireNonNull(codebook);
  }

  /** Vectors, deleted ones included. */
  int count() {
    return segments.stream().mapToInt(Segment::count).sum();
  }

  /** Vectors that are not deleted. */
  int live() {
    return segments.stream().mapToInt(segment -> segment.count() - segment.dead()).sum();
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  /** Bytes of codes and centroids. */
  long bytes() {
    long books = codebook == null ? 0 : codebook.bytes();
    return books + segments.stream().mapToLong(Segment::bytes).sum();
  }

  /** Bytes of codes that searches touch. */
  long hotBytes() {
    return segments.stream().mapToLong(Segment::hotBytes).sum();
  }

  /** The share of the true neighbours that a search of a wanted recall finds. */
  double measuredRecall(double recall) {
    return isEmpty() ? 1 : probing.recall(probing.probes(book(), recall, 1), probing.slack(recall));
  }

  Level with(Probing measured) {
    return new Level(codebook, segments, measured);
  }

  /** The level by a codebook that is to be, with what is known of it. */
  Level with(@Nullable Codebook next, Probing known) {
    return new Level(next, segments, known);
  }

  /** Some segments left out, others in their place. */
  Level replacing(List<Segment> old, List<Segment> fresh) {
    List<Segment> changed = new ArrayList<>(segments);
    changed.removeAll(old);
    changed.addAll(fresh);
    return new Level(codebook, changed, probing);
  }
}
