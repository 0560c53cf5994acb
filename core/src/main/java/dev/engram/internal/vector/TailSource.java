package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The vectors of a tail that nobody fills any more. Thread-safe. */
final class TailSource implements SegmentWriter.Source {
  /** Longer vectors are not coded: the arithmetic of codes squares what it is given, twice. */
  private static final float LONGEST = 1e8f;

  private final FlatVectorIndex.Rows rows;
  private final Rotation rotation;
  private final OrdinalMarks deleted;

  TailSource(FlatVectorIndex tail, Rotation rotation, OrdinalMarks deleted) {
    this.rows = tail.rows();
    this.rotation = rotation;
    this.deleted = deleted;
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public int ordinal(int i) {
    int ordinal = rows.ordinal(i);
    return deleted.has(ordinal) || isOutlier(i) ? -1 : ordinal;
  }

  @Override
  public void rotated(int i, float[] out) {
    rotation.of(rows.array(i), rows.offset(i), out);
  }

  @Override
  public int partition(int i, Codebook book) {
    return -1;
  }

  @Override
  public void copy(int i, MemorySegment to, Segment.Header header, int place) {
    throw new IllegalStateException("vectors of a tail have no codes");
  }

  /** Puts the vectors that are not coded into another tail; returns how many. */
  int putOutliers(FlatVectorIndex tail) {
    int put = 0;
    for (int i = 0; i < rows.size(); i++) {
      if (isOutlier(i) && !deleted.has(rows.ordinal(i))) {
        int from = rows.offset(i);
        tail.put(rows.ordinal(i), Arrays.copyOfRange(rows.array(i), from, from + rows.dimension()));
        put++;
      }
    }
    return put;
  }

  private boolean isOutlier(int i) {
    float[] array = rows.array(i);
    int from = rows.offset(i);
    float most = 0;
    for (int j = from; j < from + rows.dimension(); j++) {
      most = Math.max(most, Math.abs(array[j]));
    }
    return most > LONGEST;
  }
}
