package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntPredicate;

/** Kernels in plain Java: what the others must agree with. Stateless and thread-safe. */
final class ScalarCodeKernels implements CodeKernels {
  @Override
  public void scan(
      MemorySegment codes,
      CodeLayout layout,
      long from,
      int blocks,
      CodedQuery query,
      float base,
      long firstPlace,
      IntPredicate allowed,
      ScanSink out) {
    for (int b = 0; b < blocks; b++) {
      long block = from + (long) b * layout.blockBytes();
      for (int lane = 0; lane < CodeLayout.LANES; lane++) {
        float key = key(codes, layout, block, lane, query) + base;
        if (key < out.bound && allowed.test(layout.ordinal(codes, block, lane))) {
          out.add(key, firstPlace + (long) b * CodeLayout.LANES + lane);
        }
      }
    }
  }

  private static float key(
      MemorySegment codes, CodeLayout layout, long block, int lane, CodedQuery query) {
    float half = query.sum * .5f - query.slack;
    int product = 0;
    for (int word = 0; word < layout.words(); word++) {
      long bits = codes.get(CodeLayout.LONG, block + (long) (word * CodeLayout.LANES + lane) * 8);
      for (int plane = 0; plane < CodedQuery.PLANES; plane++) {
        long both = bits & query.planes[word * CodedQuery.PLANES + plane];
        product += Long.bitCount(both) << plane;
      }
    }
    float scale = codes.get(CodeLayout.FLOAT, block + layout.scaleOffset() + 4L * lane);
    float tilt = codes.get(CodeLayout.FLOAT, block + layout.tiltOffset() + 4L * lane);
    float add = codes.get(CodeLayout.FLOAT, block + layout.addOffset() + 4L * lane);
    return scale * (product * query.delta - half) + tilt * query.low + add;
  }

  @Override
  public float dot(MemorySegment rows, long from, float[] query, int length) {
    float[] sums = new float[ACCUMULATORS];
    for (int i = 0; i < length; i++) {
      sums[i % ACCUMULATORS] += rows.get(ValueLayout.JAVA_BYTE, from + i) * query[i];
    }
    for (int half = ACCUMULATORS / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        sums[i] += sums[i + half];
      }
    }
    return sums[0];
  }
}
