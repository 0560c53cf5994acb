package dev.engram.internal.vector;

/**
 * Plain Java kernels, the reference for the SIMD ones. They walk the vectors in four passes of
 * eight accumulators each, which is as many as stay in registers. Stateless and thread-safe.
 */
final class ScalarKernels implements VectorKernels {
  private static final int PASS = 8;

  @Override
  public boolean simd() {
    return false;
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float[] sums = new float[LANES];
    for (int lane = 0; lane < LANES; lane += PASS) {
      products(a, aOffset + lane, b, bOffset + lane, length - lane, sums, lane);
    }
    return sum(sums);
  }

  @Override
  public float squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float[] sums = new float[LANES];
    for (int lane = 0; lane < LANES; lane += PASS) {
      squares(a, aOffset + lane, b, bOffset + lane, length - lane, sums, lane);
    }
    return sum(sums);
  }

  @Override
  public float absoluteDistance(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float[] sums = new float[LANES];
    for (int lane = 0; lane < LANES; lane += PASS) {
      differences(a, aOffset + lane, b, bOffset + lane, length - lane, sums, lane);
    }
    return sum(sums);
  }

  private static void products(
      float[] a, int aOffset, float[] b, int bOffset, int length, float[] sums, int lane) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = 0;
    for (; i <= length - PASS; i += LANES) {
      int p = aOffset + i;
      int q = bOffset + i;
      s0 += a[p] * b[q];
      s1 += a[p + 1] * b[q + 1];
      s2 += a[p + 2] * b[q + 2];
      s3 += a[p + 3] * b[q + 3];
      s4 += a[p + 4] * b[q + 4];
      s5 += a[p + 5] * b[q + 5];
      s6 += a[p + 6] * b[q + 6];
      s7 += a[p + 7] * b[q + 7];
    }
    sums[lane] = s0;
    sums[lane + 1] = s1;
    sums[lane + 2] = s2;
    sums[lane + 3] = s3;
    sums[lane + 4] = s4;
    sums[lane + 5] = s5;
    sums[lane + 6] = s6;
    sums[lane + 7] = s7;
    for (int tail = lane; i < length; i++, tail++) {
      sums[tail] += a[aOffset + i] * b[bOffset + i];
    }
  }

  private static void squares(
      float[] a, int aOffset, float[] b, int bOffset, int length, float[] sums, int lane) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = 0;
    for (; i <= length - PASS; i += LANES) {
      int p = aOffset + i;
      int q = bOffset + i;
      s0 += square(a[p] - b[q]);
      s1 += square(a[p + 1] - b[q + 1]);
      s2 += square(a[p + 2] - b[q + 2]);
      s3 += square(a[p + 3] - b[q + 3]);
      s4 += square(a[p + 4] - b[q + 4]);
      s5 += square(a[p + 5] - b[q + 5]);
      s6 += square(a[p + 6] - b[q + 6]);
      s7 += square(a[p + 7] - b[q + 7]);
    }
    sums[lane] = s0;
    sums[lane + 1] = s1;
    sums[lane + 2] = s2;
    sums[lane + 3] = s3;
    sums[lane + 4] = s4;
    sums[lane + 5] = s5;
    sums[lane + 6] = s6;
    sums[lane + 7] = s7;
    for (int tail = lane; i < length; i++, tail++) {
      sums[tail] += square(a[aOffset + i] - b[bOffset + i]);
    }
  }

  private static void differences(
      float[] a, int aOffset, float[] b, int bOffset, int length, float[] sums, int lane) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = 0;
    for (; i <= length - PASS; i += LANES) {
      int p = aOffset + i;
      int q = bOffset + i;
      s0 += Math.abs(a[p] - b[q]);
      s1 += Math.abs(a[p + 1] - b[q + 1]);
      s2 += Math.abs(a[p + 2] - b[q + 2]);
      s3 += Math.abs(a[p + 3] - b[q + 3]);
      s4 += Math.abs(a[p + 4] - b[q + 4]);
      s5 += Math.abs(a[p + 5] - b[q + 5]);
      s6 += Math.abs(a[p + 6] - b[q + 6]);
      s7 += Math.abs(a[p + 7] - b[q + 7]);
    }
    sums[lane] = s0;
    sums[lane + 1] = s1;
    sums[lane + 2] = s2;
    sums[lane + 3] = s3;
    sums[lane + 4] = s4;
    sums[lane + 5] = s5;
    sums[lane + 6] = s6;
    sums[lane + 7] = s7;
    for (int tail = lane; i < length; i++, tail++) {
      sums[tail] += Math.abs(a[aOffset + i] - b[bOffset + i]);
    }
  }

  private static float square(float x) {
    return x * x;
  }

  private static float sum(float[] sums) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        sums[lane] += sums[lane + half];
      }
    }
    return sums[0];
  }
}
