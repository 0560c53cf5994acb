package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;

/** The vectors of a tail that nobody fills any more. Thread-safe. */
final class TailSource implements SegmentWriter.Source {
  private final FlatVectorIndex.Rows rows;
  private final Frame frame;
  private final OrdinalMarks deleted;

  TailSource(FlatVectorIndex.Rows rows, Frame frame, OrdinalMarks deleted) {
    this.rows = rows;
    this.frame = frame;
    this.deleted = deleted;
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public int ordinal(int i) {
    int ordinal = rows.ordinal(i);
    return deleted.has(ordinal) ? -1 : ordinal;
  }

  @Override
  public void rotated(int i, float[] out) {
    frame.of(rows.array(i), rows.offset(i), out);
  }

  @Override
  public int partition(int i, Codebook book) {
    return -1;
  }

  @Override
  public void copy(int i, MemorySegment to, Segment.Header header, int place) {
    throw new IllegalStateException("vectors of a tail have no codes");
  }
}
