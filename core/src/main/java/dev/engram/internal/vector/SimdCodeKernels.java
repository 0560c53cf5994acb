package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.function.IntPredicate;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the Vector API for registers of 256 and 512 bits: of the vectors of a block a register
 * holds eight or four. Load only where module {@code jdk.incubator.vector} is present, as {@link
 * CodeKernels#best()} does. Stateless and thread-safe.
 */
final class SimdCodeKernels implements CodeKernels {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final VectorSpecies<Long> LONGS =
      LongVector.SPECIES_PREFERRED.length() >= 8 ? LongVector.SPECIES_512 : LongVector.SPECIES_256;

  /** As many floats as there are longs in a register. */
  private static final VectorSpecies<Float> KEYS =
      LONGS.length() == 8 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;

  private static final int WIDTH = LONGS.length();

  /** Vectors that are scored at a time. */
  private static final int STEP = 2 * WIDTH;

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_64;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorShuffle<Float> SWAP_1 = swapped(1);
  private static final VectorShuffle<Float> SWAP_2 = swapped(2);
  private static final VectorShuffle<Float> SWAP_4 = swapped(4);
  private static final FloatVector SIGNS_1 = signs(1);
  private static final FloatVector SIGNS_2 = signs(2);
  private static final FloatVector SIGNS_4 = signs(4);

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
    int words = layout.words();
    for (int b = 0; b < blocks; b++) {
      long block = from + (long) b * layout.blockBytes();
      for (int lane = 0; lane < CodeLayout.LANES; lane += STEP) {
        multiply(codes, block + 8L * lane, words, query.planes, out.products, lane);
      }
      long factors = block + layout.addOffset();
      int below = finish(codes, factors, out.products, query, base, out.bound, out.keys);
      if (below != 0) {
        long place = firstPlace + (long) b * CodeLayout.LANES;
        offer(codes, block + layout.ordinalOffset(), place, below, allowed, out);
      }
    }
  }

  /**
   * The inner products of some codes and the planes. Two registers at a time: they share the
   * planes, and hide each other's latency. In a method of its own, and with arrays for results,
   * since vectors that cross the border of a compiled method are boxed.
   */
  private static void multiply(
      MemorySegment codes, long at, int words, long[] planes, long[] products, int to) {
    LongVector zero = LongVector.zero(LONGS);
    LongVector a0 = zero;
    LongVector a1 = zero;
    LongVector a2 = zero;
    LongVector a3 = zero;
    LongVector b0 = zero;
    LongVector b1 = zero;
    LongVector b2 = zero;
    LongVector b3 = zero;
    for (int word = 0; word < words; word++) {
      long row = at + 8L * CodeLayout.LANES * word;
      LongVector a = LongVector.fromMemorySegment(LONGS, codes, row, ORDER);
      LongVector b = LongVector.fromMemorySegment(LONGS, codes, row + 8L * WIDTH, ORDER);
      int p = word * CodedQuery.PLANES;
      LongVector plane = LongVector.broadcast(LONGS, planes[p]);
      a0 = a0.add(a.and(plane).lanewise(VectorOperators.BIT_COUNT));
      b0 = b0.add(b.and(plane).lanewise(VectorOperators.BIT_COUNT));
      plane = LongVector.broadcast(LONGS, planes[p + 1]);
      a1 = a1.add(a.and(plane).lanewise(VectorOperators.BIT_COUNT));
      b1 = b1.add(b.and(plane).lanewise(VectorOperators.BIT_COUNT));
      plane = LongVector.broadcast(LONGS, planes[p + 2]);
      a2 = a2.add(a.and(plane).lanewise(VectorOperators.BIT_COUNT));
      b2 = b2.add(b.and(plane).lanewise(VectorOperators.BIT_COUNT));
      plane = LongVector.broadcast(LONGS, planes[p + 3]);
      a3 = a3.add(a.and(plane).lanewise(VectorOperators.BIT_COUNT));
      b3 = b3.add(b.and(plane).lanewise(VectorOperators.BIT_COUNT));
    }
    a0.add(a1.lanewise(VectorOperators.LSHL, 1))
        .add(a2.lanewise(VectorOperators.LSHL, 2).add(a3.lanewise(VectorOperators.LSHL, 3)))
        .intoArray(products, to);
    b0.add(b1.lanewise(VectorOperators.LSHL, 1))
        .add(b2.lanewise(VectorOperators.LSHL, 2).add(b3.lanewise(VectorOperators.LSHL, 3)))
        .intoArray(products, to + WIDTH);
  }

  /**
   * Makes the keys of a block of products; returns a bit for each that is below the bound. All of
   * it at once: a key is a chain of operations, and chains that do not depend on each other
   * overlap.
   */
  private static int finish(
      MemorySegment codes,
      long factors,
      long[] products,
      CodedQuery query,
      float base,
      float bound,
      float[] keys) {
    float half = query.sum * .5f - query.slack;
    int below = 0;
    for (int i = 0; i < CodeLayout.LANES; i += WIDTH) {
      long at = factors + 4L * i;
      FloatVector add = FloatVector.fromMemorySegment(KEYS, codes, at, ORDER);
      FloatVector scale =
          FloatVector.fromMemorySegment(KEYS, codes, at + 4L * CodeLayout.LANES, ORDER);
      FloatVector tilt =
          FloatVector.fromMemorySegment(KEYS, codes, at + 8L * CodeLayout.LANES, ORDER);
      FloatVector product = floats(LongVector.fromArray(LONGS, products, i));
      FloatVector key =
          scale.mul(product.mul(query.delta).sub(half)).add(tilt.mul(query.low)).add(add).add(base);
      key.intoArray(keys, i);
      below |= (int) key.compare(VectorOperators.LT, bound).toLong() << i;
    }
    return below;
  }

  private static void offer(
      MemorySegment codes,
      long ordinals,
      long place,
      int below,
      IntPredicate allowed,
      ScanSink out) {
    for (int rest = below; rest != 0; rest &= rest - 1) {
      int i = Integer.numberOfTrailingZeros(rest);
      float key = out.keys[i];
      if (key < out.bound && allowed.test(codes.get(CodeLayout.INT, ordinals + 4L * i))) {
        out.add(key, place + i);
      }
    }
  }

  private static FloatVector floats(LongVector counts) {
    return (FloatVector) counts.convertShape(VectorOperators.L2F, KEYS, 0);
  }

  @Override
  public float dot(MemorySegment rows, long from, int bits, float[] query) {
    return WIDTH == 8
        ? WideRowKernels.dot(rows, from, bits, query)
        : NarrowRowKernels.dot(rows, from, bits, query);
  }

  @Override
  public float absoluteDistance(MemorySegment rows, long from, float[] query) {
    return WIDTH == 8
        ? WideRowKernels.absoluteDistance(rows, from, query)
        : NarrowRowKernels.absoluteDistance(rows, from, query);
  }

  @Override
  public void residual(
      float[] vector, float[] centroids, int at, float[] residual, long[] bits, float[] sums) {
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector most = zero;
    for (int lane = 0; lane < ACCUMULATORS; lane += 8) {
      FloatVector squares = zero;
      FloatVector magnitudes = zero;
      FloatVector along = zero;
      FloatVector signed = zero;
      for (int i = lane; i < residual.length; i += ACCUMULATORS) {
        FloatVector c = FloatVector.fromArray(FLOATS, centroids, at + i);
        FloatVector r = FloatVector.fromArray(FLOATS, vector, i).sub(c);
        r.intoArray(residual, i);
        FloatVector magnitude = r.abs();
        VectorMask<Float> positive = r.compare(VectorOperators.GE, 0f);
        squares = squares.add(r.mul(r));
        magnitudes = magnitudes.add(magnitude);
        along = along.add(r.mul(c));
        signed = signed.add(c.neg().blend(c, positive));
        most = most.max(magnitude);
        bits[i >> 6] = (bits[i >> 6] & ~(0xFFL << i)) | (positive.toLong() << i);
      }
      squares.intoArray(sums, SUMS + lane);
      magnitudes.intoArray(sums, SUMS + ACCUMULATORS + lane);
      along.intoArray(sums, SUMS + 2 * ACCUMULATORS + lane);
      signed.intoArray(sums, SUMS + 3 * ACCUMULATORS + lane);
    }
    for (int sum = 0; sum <= SIGNED; sum++) {
      sums[sum] = folded(sums, SUMS + sum * ACCUMULATORS);
    }
    sums[LARGEST] = most.reduceLanes(VectorOperators.MAX);
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
    for (int lane = 0; lane < ACCUMULATORS; lane += 8) {
      FloatVector product = FloatVector.zero(FLOATS);
      FloatVector centre = product;
      FloatVector length = product;
      for (int i = lane; i < residual.length; i += ACCUMULATORS) {
        FloatVector r = FloatVector.fromArray(FLOATS, residual, i);
        IntVector magnitude =
            ((IntVector) r.abs().mul(step).convertShape(VectorOperators.F2I, INTS, 0))
                .min(greatest);
        IntVector code =
            magnitude.blend(magnitude.not(), r.compare(VectorOperators.LT, 0f).cast(INTS));
        ((ByteVector) code.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(bytes, i);
        FloatVector u = ((FloatVector) code.convertShape(VectorOperators.I2F, FLOATS, 0)).add(.5f);
        product = product.add(r.mul(u));
        centre = centre.add(FloatVector.fromArray(FLOATS, centroids, at + i).mul(u));
        length = length.add(u.mul(u));
      }
      product.intoArray(sums, SUMS + lane);
      centre.intoArray(sums, SUMS + ACCUMULATORS + lane);
      length.intoArray(sums, SUMS + 2 * ACCUMULATORS + lane);
    }
    sums[PRODUCT] = folded(sums, SUMS);
    sums[CENTRE] = folded(sums, SUMS + ACCUMULATORS);
    sums[LENGTH] = folded(sums, SUMS + 2 * ACCUMULATORS);
  }

  @Override
  public void planes(float[] query, float low, float inverse, long[] planes) {
    for (int word = 0; word < query.length / 64; word++) {
      long p0 = 0;
      long p1 = 0;
      long p2 = 0;
      long p3 = 0;
      for (int i = 0; i < 64; i += 8) {
        FloatVector x = FloatVector.fromArray(FLOATS, query, 64 * word + i);
        FloatVector scaled = x.sub(low).mul(inverse).add(.5f);
        IntVector n = (IntVector) scaled.convertShape(VectorOperators.F2I, INTS, 0);
        p0 |= n.and(1).compare(VectorOperators.NE, 0).toLong() << i;
        p1 |= n.and(2).compare(VectorOperators.NE, 0).toLong() << i;
        p2 |= n.and(4).compare(VectorOperators.NE, 0).toLong() << i;
        p3 |= n.and(8).compare(VectorOperators.NE, 0).toLong() << i;
      }
      int at = word * CodedQuery.PLANES;
      planes[at] = p0;
      planes[at + 1] = p1;
      planes[at + 2] = p2;
      planes[at + 3] = p3;
    }
  }

  @Override
  public void hadamard(float[] v, int from, int length) {
    for (int i = from; i < from + length; i += 8) {
      FloatVector x = FloatVector.fromArray(FLOATS, v, i);
      x = x.rearrange(SWAP_1).add(x.mul(SIGNS_1));
      x = x.rearrange(SWAP_2).add(x.mul(SIGNS_2));
      x = x.rearrange(SWAP_4).add(x.mul(SIGNS_4));
      x.intoArray(v, i);
    }
    for (int h = 8; h < length; h *= 2) {
      for (int start = from; start < from + length; start += 2 * h) {
        for (int i = start; i < start + h; i += 8) {
          FloatVector a = FloatVector.fromArray(FLOATS, v, i);
          FloatVector b = FloatVector.fromArray(FLOATS, v, i + h);
          a.add(b).intoArray(v, i);
          a.sub(b).intoArray(v, i + h);
        }
      }
    }
  }

  private static VectorShuffle<Float> swapped(int distance) {
    return VectorShuffle.fromOp(FLOATS, lane -> lane ^ distance);
  }

  /** Minus one where a butterfly subtracts. */
  private static FloatVector signs(int distance) {
    float[] signs = new float[8];
    for (int lane = 0; lane < 8; lane++) {
      signs[lane] = (lane & distance) == 0 ? 1 : -1;
    }
    return FloatVector.fromArray(FLOATS, signs, 0);
  }

  /** Sums the accumulators that lie from an offset on by halving. */
  private static float folded(float[] sums, int from) {
    for (int half = ACCUMULATORS / 2; half > 0; half /= 2) {
      for (int i = from; i < from + half; i++) {
        sums[i] += sums[i + half];
      }
    }
    return sums[from];
  }
}
