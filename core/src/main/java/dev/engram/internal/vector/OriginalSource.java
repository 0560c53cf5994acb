package dev.engram.internal.vector;

import dev.engram.Metric;
import java.lang.foreign.MemorySegment;

/**
 * Vectors of segments that are coded anew: their codes choose the partition, the vectors themselves
 * are coded, so that errors do not add up. Not thread-safe.
 */
final class OriginalSource implements SegmentWriter.Source {
  private final SegmentSource decoded;
  private final Originals originals;
  private final Rotation rotation;
  private final Metric metric;

  OriginalSource(SegmentSource decoded, Originals originals, Rotation rotation, Metric metric) {
    this.decoded = decoded;
    this.originals = originals;
    this.rotation = rotation;
    this.metric = metric;
  }

  @Override
  public int size() {
    return decoded.size();
  }

  @Override
  public int ordinal(int i) {
    return decoded.ordinal(i);
  }

  @Override
  public void rotated(int i, float[] out) {
    decoded.rotated(i, out);
  }

  @Override
  public void precise(int i, float[] out) {
    float[] vector = originals.vectors(new int[] {ordinal(i)}).getFirst();
    if (vector == null) {
      // It was deleted meanwhile.
      decoded.rotated(i, out);
    } else {
      float[] given = metric == Metric.COSINE ? VectorKernels.normalised(vector) : vector;
      rotation.of(given, 0, out);
    }
  }

  @Override
  public int partition(int i) {
    return -1;
  }

  @Override
  public void copy(int i, MemorySegment to, Segment.Header header, int place) {
    throw new IllegalStateException("these vectors are coded anew");
  }
}
