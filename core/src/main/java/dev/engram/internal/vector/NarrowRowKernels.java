package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Inner products of rows with registers of 256 bits: the {@link CodeKernels#ACCUMULATORS} are four
 * registers of eight. Static functions only.
 */
final class NarrowRowKernels {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_64;
  private static final VectorShuffle<Float> DOWN_4 = down(4);
  private static final VectorShuffle<Float> DOWN_2 = down(2);
  private static final VectorShuffle<Float> DOWN_1 = down(1);

  private NarrowRowKernels() {}

  /** As {@link CodeKernels#dot}. */
  static float dot(MemorySegment rows, long from, int bits, float[] query) {
    return switch (bits) {
      case 2 -> dot2(rows, from, query);
      case 4 -> dot4(rows, from, query);
      case 8 -> dot8(rows, from, query);
      default -> dot32(rows, from, query);
    };
  }

  private static float dot2(MemorySegment rows, long from, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < query.length; i += 64) {
      IntVector a = ints(rows, from + i / 4);
      IntVector b = ints(rows, from + i / 4 + 8);
      s0 = s0.add(product(a, 30, 30, query, i)).add(product(a, 26, 30, query, i + 32));
      s1 = s1.add(product(b, 30, 30, query, i + 8)).add(product(b, 26, 30, query, i + 40));
      s2 = s2.add(product(a, 28, 30, query, i + 16)).add(product(a, 24, 30, query, i + 48));
      s3 = s3.add(product(b, 28, 30, query, i + 24)).add(product(b, 24, 30, query, i + 56));
    }
    return sum(s0.add(s2).add(s1.add(s3)));
  }

  private static float dot4(MemorySegment rows, long from, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < query.length; i += 32) {
      IntVector a = ints(rows, from + i / 2);
      IntVector b = ints(rows, from + i / 2 + 8);
      s0 = s0.add(product(a, 28, 28, query, i));
      s1 = s1.add(product(b, 28, 28, query, i + 8));
      s2 = s2.add(product(a, 24, 28, query, i + 16));
      s3 = s3.add(product(b, 24, 28, query, i + 24));
    }
    return sum(s0.add(s2).add(s1.add(s3)));
  }

  private static float dot8(MemorySegment rows, long from, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < query.length; i += 32) {
      s0 = s0.add(product(rows, from + i, query, i));
      s1 = s1.add(product(rows, from + i + 8, query, i + 8));
      s2 = s2.add(product(rows, from + i + 16, query, i + 16));
      s3 = s3.add(product(rows, from + i + 24, query, i + 24));
    }
    return sum(s0.add(s2).add(s1.add(s3)));
  }

  private static float dot32(MemorySegment rows, long from, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < query.length; i += 32) {
      s0 = s0.add(wholeProduct(rows, from, query, i));
      s1 = s1.add(wholeProduct(rows, from, query, i + 8));
      s2 = s2.add(wholeProduct(rows, from, query, i + 16));
      s3 = s3.add(wholeProduct(rows, from, query, i + 24));
    }
    return sum(s0.add(s2).add(s1.add(s3)));
  }

  /** As {@link CodeKernels#absoluteDistance}. */
  static float absoluteDistance(MemorySegment rows, long from, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < query.length; i += 32) {
      s0 = s0.add(difference(rows, from, query, i));
      s1 = s1.add(difference(rows, from, query, i + 8));
      s2 = s2.add(difference(rows, from, query, i + 16));
      s3 = s3.add(difference(rows, from, query, i + 24));
    }
    return sum(s0.add(s2).add(s1.add(s3)));
  }

  private static FloatVector difference(MemorySegment rows, long from, float[] query, int i) {
    FloatVector floats = FloatVector.fromMemorySegment(FLOATS, rows, from + 4L * i, ORDER);
    return floats.sub(FloatVector.fromArray(FLOATS, query, i)).abs();
  }

  private static IntVector ints(MemorySegment rows, long at) {
    ByteVector bytes = ByteVector.fromMemorySegment(BYTES, rows, at, ORDER);
    return (IntVector) bytes.convertShape(VectorOperators.B2I, INTS, 0);
  }

  /** Of the codes that shifts to the left and back again cut out. */
  private static FloatVector product(IntVector packed, int left, int right, float[] query, int i) {
    IntVector codes =
        packed.lanewise(VectorOperators.LSHL, left).lanewise(VectorOperators.ASHR, right);
    FloatVector floats = (FloatVector) codes.convertShape(VectorOperators.I2F, FLOATS, 0);
    return floats.mul(FloatVector.fromArray(FLOATS, query, i));
  }

  private static FloatVector product(MemorySegment rows, long at, float[] query, int i) {
    ByteVector bytes = ByteVector.fromMemorySegment(BYTES, rows, at, ORDER);
    FloatVector floats = (FloatVector) bytes.convertShape(VectorOperators.B2F, FLOATS, 0);
    return floats.mul(FloatVector.fromArray(FLOATS, query, i));
  }

  private static FloatVector wholeProduct(MemorySegment rows, long from, float[] query, int i) {
    FloatVector floats = FloatVector.fromMemorySegment(FLOATS, rows, from + 4L * i, ORDER);
    return floats.mul(FloatVector.fromArray(FLOATS, query, i));
  }

  /** Sums eight accumulators by halving. */
  static float sum(FloatVector eight) {
    FloatVector s = eight.add(eight.rearrange(DOWN_4));
    s = s.add(s.rearrange(DOWN_2));
    s = s.add(s.rearrange(DOWN_1));
    return s.lane(0);
  }

  private static VectorShuffle<Float> down(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % 8);
  }
}
