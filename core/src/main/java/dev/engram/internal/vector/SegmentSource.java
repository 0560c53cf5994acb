package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vectors of some segments, in the order of their places. Thread-safe. */
final class SegmentSource implements SegmentWriter.Source {
  private final List<Segment> segments;
  private final OrdinalMarks deleted;
  private final Decoder decoder;
  private final int[] starts;
  private final @Nullable Split split;

  /**
   * @param deleted ordinals to leave out
   */
  SegmentSource(List<Segment> segments, OrdinalMarks deleted, Decoder decoder) {
    this(segments, deleted, decoder, null);
  }

  /**
   * @param split by which the codebook comes about by which they are coded next; null for none
   */
  SegmentSource(
      List<Segment> segments, OrdinalMarks deleted, Decoder decoder, @Nullable Split split) {
    this.segments = segments;
    this.split = split;
    this.deleted = deleted;
    this.decoder = decoder;
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
  public SegmentWriter.Reader reader(int[] some, boolean exactly) {
    return decoder.reader(Arrays.stream(some).mapToObj(this::place).toList(), exactly);
  }

  private Decoder.Place place(int i) {
    int at = at(i);
    return new Decoder.Place(segments.get(at), i - starts[at]);
  }

  @Override
  public int partition(int i, Codebook book) {
    int at = at(i);
    Segment segment = segments.get(at);
    int place = i - starts[at];
    if (segment.book == book) {
      return segment.partition(place);
    }
    if (split == null || segment.width(place) >= split.far()) {
      return -1;
    }
    return split.keptAs()[segment.partition(place)];
  }

  @Override
  public boolean isCoded(int i, CodeLayout layout) {
    return segments.get(at(i)).header.layout().equals(layout);
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
