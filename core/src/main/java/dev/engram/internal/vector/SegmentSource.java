package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vectors of some segments, in the order of their places. Thread-safe. */
final class SegmentSource implements SegmentWriter.Source {
  private final List<Segment> segments;
  private final OrdinalMarks deleted;
  private final boolean inner;
  private final int[] starts;
  private final @Nullable Split split;

  /**
   * @param deleted ordinals to leave out
   * @param inner whether keys are minus inner products, else squared distances
   */
  SegmentSource(List<Segment> segments, OrdinalMarks deleted, boolean inner) {
    this(segments, deleted, inner, null);
  }

  /**
   * @param split by which the codebook comes about by which they are coded next; null for none
   */
  SegmentSource(
      List<Segment> segments, OrdinalMarks deleted, boolean inner, @Nullable Split split) {
    this.segments = segments;
    this.split = split;
    this.deleted = deleted;
    this.inner = inner;
    this.starts = new int[segments.size() + 1];
    for (int i = 0; i < segments.size(); i++) {
      starts[i + 1] = Math.addExact(starts[i], segments.get(i).places());
    }
  }

  @Override
  public int size() {
    return starts[segments.size()];
  }

  @Override
  public int ordinal(int i) {
    int at = at(i);
    int ordinal = segments.get(at).ordinal(i - starts[at]);
    return ordinal < 0 || deleted.has(ordinal) ? -1 : ordinal;
  }

  @Override
  public void rotated(int i, float[] out) {
    int at = at(i);
    Segment segment = segments.get(at);
    int place = i - starts[at];
    segment.decode(place, segment.partition(place), inner, out);
  }

  @Override
  public int partition(int i, Codebook book) {
    int at = at(i);
    Segment segment = segments.get(at);
    int place = i - starts[at];
    if (segment.book == book) {
      return segment.partition(place);
    }
    if (split == null || segment.usualError(place) >= split.far()) {
      return -1;
    }
    return split.keptAs()[segment.partition(place)];
  }

  @Override
  public void copy(int i, MemorySegment to, Segment.Header header, int place) {
    int at = at(i);
    segments.get(at).copy(i - starts[at], to, header, place);
  }

  private int at(int i) {
    int found = Arrays.binarySearch(starts, i);
    if (found < 0) {
      return -found - 2;
    }
    while (starts[found + 1] == i) {
      found++;
    }
    return found;
  }
}
