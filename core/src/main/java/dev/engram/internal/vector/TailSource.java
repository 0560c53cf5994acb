package dev.engram.internal.vector;

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
  public SegmentWriter.Reader reader(int[] some, boolean exactly) {
    return (n, out) -> frame.of(rows.array(some[n]), rows.offset(some[n]), out);
  }
}
