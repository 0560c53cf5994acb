package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vectors of some segments, in the order of their places. Not thread-safe. */
final class SegmentSource implements SegmentWriter.Source {
  private final List<Segment> segments;
  private final OrdinalMarks deleted;
  private final @Nullable Codebook target;
  private final boolean inner;
  private final int[] starts;
  private int current;

  /**
   * @param target the codebook by which the segments are coded already; null to code them anew
   */
  SegmentSource(
      List<Segment> segments, OrdinalMarks deleted, @Nullable Codebook target, boolean inner) {
    this.segments = segments;
    this.deleted = deleted;
    this.target = target;
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
    int ordinal = at(i).ordinal(i - starts[current]);
    return ordinal < 0 || deleted.has(ordinal) ? -1 : ordinal;
  }

  @Override
  public void rotated(int i, float[] out) {
    Segment segment = at(i);
    int place = i - starts[current];
    segment.decode(place, segment.partition(place), inner, out);
  }

  @Override
  public int partition(int i) {
    Segment segment = at(i);
    return segment.book == target ? segment.partition(i - starts[current]) : -1;
  }

  @Override
  public void copy(int i, MemorySegment to, Segment.Header header, int place) {
    Segment segment = at(i);
    segment.copy(i - starts[current], to, header, place);
  }

  private Segment at(int i) {
    while (i < starts[current]) {
      current--;
    }
    while (i >= starts[current + 1]) {
      current++;
    }
    return segments.get(current);
  }
}
