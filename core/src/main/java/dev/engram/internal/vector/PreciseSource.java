package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of some segments, read as they were given where they are coded anew: eight bits
 * around a far centroid do not tell near ones apart, and errors would add up. Their codes are good
 * enough to choose a partition. Thread-safe.
 */
final class PreciseSource implements SegmentWriter.Source {
  private final SegmentSource coded;
  private final Originals originals;
  private final Frame frame;

  PreciseSource(SegmentSource coded, Originals originals, Frame frame) {
    this.coded = coded;
    this.originals = originals;
    this.frame = frame;
  }

  @Override
  public int size() {
    return coded.size();
  }

  @Override
  public int ordinal(int i) {
    return coded.ordinal(i);
  }

  @Override
  public void rotated(int i, float[] out) {
    coded.rotated(i, out);
  }

  @Override
  public SegmentWriter.Reader reader(int from, int to, Codebook book) {
    int[] asked = new int[to - from];
    int[] ordinals = new int[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      if (coded.ordinal(i) >= 0 && coded.partition(i, book) < 0) {
        ordinals[size] = coded.ordinal(i);
        asked[size++] = i;
      }
    }
    List<float @Nullable []> found = originals.vectors(Arrays.copyOf(ordinals, size));
    Map<Integer, float[]> given = HashMap.newHashMap(size);
    for (int i = 0; i < size; i++) {
      float[] vector = found.get(i);
      if (vector != null) {
        given.put(asked[i], vector);
      }
    }
    return (i, out) -> read(i, given.get(i), out);
  }

  /** A vector that is not there any more was deleted meanwhile. */
  private void read(int i, float @Nullable [] vector, float[] out) {
    if (vector == null) {
      coded.rotated(i, out);
    } else {
      frame.of(vector, out);
    }
  }

  @Override
  public int partition(int i, Codebook book) {
    return coded.partition(i, book);
  }

  @Override
  public void copy(int i, MemorySegment to, Segment.Header header, int place) {
    coded.copy(i, to, header, place);
  }
}
