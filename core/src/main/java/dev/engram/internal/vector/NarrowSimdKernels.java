package dev.engram.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the Vector API for registers of 128 bits: the {@link VectorKernels#LANES} accumulators
 * are eight registers of four lanes. Load only where module {@code jdk.incubator.vector} is
 * present, as {@link VectorKernels#best()} does. Stateless and thread-safe.
 */
final class NarrowSimdKernels implements VectorKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_128;
  private static final int WIDTH = 4;
  private static final VectorShuffle<Float> DOWN_2 = down(2);
  private static final VectorShuffle<Float> DOWN_1 = down(1);

  @Override
  public boolean simd() {
    return true;
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int i = 0; i < length; i += LANES) {
      int p = aOffset + i;
      int q = bOffset + i;
      if (length - i < LANES) {
        a = padded(a, p, length - i);
        b = padded(b, q, length - i);
        p = 0;
        q = 0;
      }
      s0 = s0.add(product(a, p, b, q));
      s1 = s1.add(product(a, p + WIDTH, b, q + WIDTH));
      s2 = s2.add(product(a, p + 2 * WIDTH, b, q + 2 * WIDTH));
      s3 = s3.add(product(a, p + 3 * WIDTH, b, q + 3 * WIDTH));
      s4 = s4.add(product(a, p + 4 * WIDTH, b, q + 4 * WIDTH));
      s5 = s5.add(product(a, p + 5 * WIDTH, b, q + 5 * WIDTH));
      s6 = s6.add(product(a, p + 6 * WIDTH, b, q + 6 * WIDTH));
      s7 = s7.add(product(a, p + 7 * WIDTH, b, q + 7 * WIDTH));
    }
    return sum(s0.add(s4).add(s2.add(s6)), s1.add(s5).add(s3.add(s7)));
  }

  @Override
  public float squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int length) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int i = 0; i < length; i += LANES) {
      int p = aOffset + i;
      int q = bOffset + i;
      if (length - i < LANES) {
        a = padded(a, p, length - i);
        b = padded(b, q, length - i);
        p = 0;
        q = 0;
      }
      s0 = s0.add(squaredDifference(a, p, b, q));
      s1 = s1.add(squaredDifference(a, p + WIDTH, b, q + WIDTH));
      s2 = s2.add(squaredDifference(a, p + 2 * WIDTH, b, q + 2 * WIDTH));
      s3 = s3.add(squaredDifference(a, p + 3 * WIDTH, b, q + 3 * WIDTH));
      s4 = s4.add(squaredDifference(a, p + 4 * WIDTH, b, q + 4 * WIDTH));
      s5 = s5.add(squaredDifference(a, p + 5 * WIDTH, b, q + 5 * WIDTH));
      s6 = s6.add(squaredDifference(a, p + 6 * WIDTH, b, q + 6 * WIDTH));
      s7 = s7.add(squaredDifference(a, p + 7 * WIDTH, b, q + 7 * WIDTH));
    }
    return sum(s0.add(s4).add(s2.add(s6)), s1.add(s5).add(s3.add(s7)));
  }

  @Override
  public float absoluteDistance(float[] a, int aOffset, float[] b, int bOffset, int length) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int i = 0; i < length; i += LANES) {
      int p = aOffset + i;
      int q = bOffset + i;
      if (length - i < LANES) {
        a = padded(a, p, length - i);
        b = padded(b, q, length - i);
        p = 0;
        q = 0;
      }
      s0 = s0.add(difference(a, p, b, q));
      s1 = s1.add(difference(a, p + WIDTH, b, q + WIDTH));
      s2 = s2.add(difference(a, p + 2 * WIDTH, b, q + 2 * WIDTH));
      s3 = s3.add(difference(a, p + 3 * WIDTH, b, q + 3 * WIDTH));
      s4 = s4.add(difference(a, p + 4 * WIDTH, b, q + 4 * WIDTH));
      s5 = s5.add(difference(a, p + 5 * WIDTH, b, q + 5 * WIDTH));
      s6 = s6.add(difference(a, p + 6 * WIDTH, b, q + 6 * WIDTH));
      s7 = s7.add(difference(a, p + 7 * WIDTH, b, q + 7 * WIDTH));
    }
    return sum(s0.add(s4).add(s2.add(s6)), s1.add(s5).add(s3.add(s7)));
  }

  private static FloatVector product(float[] a, int p, float[] b, int q) {
    return FloatVector.fromArray(SPECIES, a, p).mul(FloatVector.fromArray(SPECIES, b, q));
  }

  private static FloatVector squaredDifference(float[] a, int p, float[] b, int q) {
    FloatVector d = FloatVector.fromArray(SPECIES, a, p).sub(FloatVector.fromArray(SPECIES, b, q));
    return d.mul(d);
  }

  private static FloatVector difference(float[] a, int p, float[] b, int q) {
    return FloatVector.fromArray(SPECIES, a, p).sub(FloatVector.fromArray(SPECIES, b, q)).abs();
  }

  /** The last components, followed by zeros up to a whole round. */
  private static float[] padded(float[] from, int index, int length) {
    float[] round = new float[LANES];
    System.arraycopy(from, index, round, 0, length);
    return round;
  }

  private static float sum(FloatVector even, FloatVector odd) {
    FloatVector s = even.add(odd);
    s = s.add(s.rearrange(DOWN_2));
    s = s.add(s.rearrange(DOWN_1));
    return s.lane(0);
  }

  private static VectorShuffle<Float> down(int lanes) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane + lanes) % WIDTH);
  }
}
