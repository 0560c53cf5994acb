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
  public void residual(
      float[] vector, float[] centroids, int at, float[] residual, long[] bits, float[] sums) {
    float[] squares = new float[ACCUMULATORS];
    float[] magnitudes = new float[ACCUMULATORS];
    float[] along = new float[ACCUMULATORS];
    float[] signed = new float[ACCUMULATORS];
    float most = 0;
    java.util.Arrays.fill(bits, 0);
    for (int i = 0; i < residual.length; i++) {
      float c = centroids[at + i];
      float r = vector[i] - c;
      residual[i] = r;
      int lane = i % ACCUMULATORS;
      squares[lane] += r * r;
      magnitudes[lane] += Math.abs(r);
      along[lane] += r * c;
      signed[lane] += r >= 0 ? c : -c;
      most = Math.max(most, Math.abs(r));
      bits[i >> 6] |= (r >= 0 ? 1L : 0L) << i;
    }
    sums[SQUARES] = folded(squares);
    sums[MAGNITUDES] = folded(magnitudes);
    sums[ALONG] = folded(along);
    sums[SIGNED] = folded(signed);
    sums[LARGEST] = most;
  }

  @Override
  public void quantise(
      float[] residual,
      float step,
      int greatest,
      float[] centroids,
      int at,
      byte[] bytes,
      float[] sums) {
    float[] product = new float[ACCUMULATORS];
    float[] centre = new float[ACCUMULATORS];
    float[] length = new float[ACCUMULATORS];
    for (int i = 0; i < residual.length; i++) {
      float r = residual[i];
      int magnitude = Math.min((int) (step * Math.abs(r)), greatest);
      int code = r < 0 ? ~magnitude : magnitude;
      bytes[i] = (byte) code;
      float u = code + .5f;
      product[i % ACCUMULATORS] += r * u;
      centre[i % ACCUMULATORS] += centroids[at + i] * u;
      length[i % ACCUMULATORS] += u * u;
    }
    sums[PRODUCT] = folded(product);
    sums[CENTRE] = folded(centre);
    sums[LENGTH] = folded(length);
  }

  @Override
  public void planes(float[] query, float low, float inverse, long[] planes) {
    java.util.Arrays.fill(planes, 0);
    for (int i = 0; i < query.length; i++) {
      int n = (int) ((query[i] - low) * inverse + .5f);
      int at = (i >> 6) * CodedQuery.PLANES;
      for (int plane = 0; plane < CodedQuery.PLANES; plane++) {
        planes[at + plane] |= (n >> plane & 1L) << i;
      }
    }
  }

  @Override
  public void hadamard(float[] v, int from, int length) {
    for (int h = 1; h < length; h *= 2) {
      for (int start = from; start < from + length; start += 2 * h) {
        for (int i = start; i < start + h; i++) {
          float a = v[i];
          float b = v[i + h];
          v[i] = a + b;
          v[i + h] = a - b;
        }
      }
    }
  }

  @Override
  public float dot(MemorySegment rows, long from, int bits, float[] query) {
    float[] sums = new float[ACCUMULATORS];
    if (bits == Float.SIZE) {
      for (int i = 0; i < query.length; i++) {
        sums[i % ACCUMULATORS] += rows.get(CodeLayout.FLOAT, from + 4L * i) * query[i];
      }
    } else {
      addPacked(rows, from, bits, query, sums);
    }
    return folded(sums);
  }

  @Override
  public float absoluteDistance(MemorySegment rows, long from, float[] query) {
    float[] sums = new float[ACCUMULATORS];
    for (int i = 0; i < query.length; i++) {
      sums[i % ACCUMULATORS] += Math.abs(rows.get(CodeLayout.FLOAT, from + 4L * i) - query[i]);
    }
    return folded(sums);
  }

  private static void addPacked(
      MemorySegment rows, long from, int bits, float[] query, float[] sums) {
    int right = Integer.SIZE - bits;
    int i = 0;
    for (long at = from; i < query.length; at += CodeLayout.CHUNK) {
      for (int left = right; left >= Integer.SIZE - Byte.SIZE; left -= bits) {
        for (int j = 0; j < CodeLayout.CHUNK; j++) {
          int code = (rows.get(ValueLayout.JAVA_BYTE, at + j) << left) >> right;
          sums[i % ACCUMULATORS] += code * query[i++];
        }
      }
    }
  }

  private static float folded(float[] sums) {
    for (int half = ACCUMULATORS / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        sums[i] += sums[i + half];
      }
    }
    return sums[0];
  }
}
