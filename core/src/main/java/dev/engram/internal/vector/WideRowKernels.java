package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Inner products of rows with registers of 512 bits: the {@link CodeKernels#ACCUMULATORS} are two
 * registers of sixteen. Static functions only.
 */
final class WideRowKernels {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final VectorSpecies<Float> HALF = FloatVector.SPECIES_256;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;

  private WideRowKernels() {}

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
    for (int i = 0; i < query.length; i += 64) {
      IntVector packed = ints(rows, from + i / 4);
      s0 = s0.add(product(packed, 30, 30, query, i));
      s1 = s1.add(product(packed, 28, 30, query, i + 16));
      s0 = s0.add(product(packed, 26, 30, query, i + 32));
      s1 = s1.add(product(packed, 24, 30, query, i + 48));
    }
    return sum(s0, s1);
  }

  private static float dot4(MemorySegment rows, long from, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    for (int i = 0; i < query.length; i += 32) {
      IntVector packed = ints(rows, from + i / 2);
      s0 = s0.add(product(packed, 28, 28, query, i));
      s1 = s1.add(product(packed, 24, 28, query, i + 16));
    }
    return sum(s0, s1);
  }

  private static float dot8(MemorySegment rows, long from, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    for (int i = 0; i < query.length; i += 32) {
      s0 = s0.add(product(rows, from + i, query, i));
      s1 = s1.add(product(rows, from + i + 16, query, i + 16));
    }
    return sum(s0, s1);
  }

  private static float dot32(MemorySegment rows, long from, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    for (int i = 0; i < query.length; i += 32) {
      s0 = s0.add(wholeProduct(rows, from, query, i));
      s1 = s1.add(wholeProduct(rows, from, query, i + 16));
    }
    return sum(s0, s1);
  }

  /** As {@link CodeKernels#absoluteDistance}. */
  static float absoluteDistance(MemorySegment rows, long from, float[] query) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    for (int i = 0; i < query.length; i += 32) {
      s0 = s0.add(difference(rows, from, query, i));
      s1 = s1.add(difference(rows, from, query, i + 16));
    }
    return sum(s0, s1);
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

  private static float sum(FloatVector even, FloatVector odd) {
    FloatVector s = even.add(odd);
    FloatVector low = (FloatVector) s.castShape(HALF, 0);
    return NarrowRowKernels.sum(low.add((FloatVector) s.castShape(HALF, 1)));
  }
}
