package dev.engram.internal.vector;

import java.util.SplittableRandom;

/**
 * A random rotation, so that no component of a vector is special and one bit of each says about the
 * same. It keeps lengths and inner products and is made again from its seed. Immutable and
 * thread-safe.
 *
 * <p>Vectors are padded with zeros to a multiple of 64. Four rounds, each: random signs, then a
 * Walsh-Hadamard transform of the longest power of two that fits, over the beginning in even rounds
 * and the end in odd ones; where it does not cover everything, the halves are mixed (the "FHT-Kac"
 * rotation of the RaBitQ library). O(D log D) instead of D² for a dense matrix.
 */
final class Rotation {
  /** The rotation is the same in every index. */
  static final long SEED = 0x656E6772616DL;

  private static final int ROUNDS = 4;
  private static final float HALF_ROOT = (float) Math.sqrt(.5);

  private final int dimension;
  private final int padded;
  private final int span;
  private final float[][] signs;

  /** The rotation of vectors of so many components that every index uses. */
  Rotation(int dimension) {
    this(dimension, SEED);
  }

  /**
   * @param dimension components of the vectors to rotate
   * @param seed chooses the rotation
   */
  Rotation(int dimension, long seed) {
    this.dimension = dimension;
    this.padded = padded(dimension);
    this.span = Integer.highestOneBit(padded);
    this.signs = new float[ROUNDS][padded];
    SplittableRandom random = new SplittableRandom(seed);
    float scale = (float) (1 / Math.sqrt(span));
    for (int round = 0; round < ROUNDS; round++) {
      int from = start(round);
      for (int i = 0; i < padded; i++) {
        // The scale of the transform is applied with the signs.
        boolean transformed = i >= from && i < from + span;
        float factor = transformed ? scale : 1;
        signs[round][i] = random.nextBoolean() ? factor : -factor;
      }
    }
  }

  /** Components after padding, for a number of components. */
  static int padded(int dimension) {
    return (dimension + 63) & -64;
  }

  /** Components of a rotated vector. */
  int padded() {
    return padded;
  }

  /** The rotated vector. */
  float[] of(float[] vector) {
    float[] out = new float[padded];
    of(vector, 0, out);
    return out;
  }

  /** Rotates the vector at an offset into an array of {@link #padded} components. */
  void of(float[] vectors, int offset, float[] out) {
    System.arraycopy(vectors, offset, out, 0, dimension);
    java.util.Arrays.fill(out, dimension, padded, 0);
    for (int round = 0; round < ROUNDS; round++) {
      scale(out, signs[round]);
      hadamard(out, start(round), span);
      if (span != padded) {
        mix(out);
      }
    }
  }

  private int start(int round) {
    return round % 2 == 0 ? 0 : padded - span;
  }

  private static void scale(float[] out, float[] factors) {
    for (int i = 0; i < out.length; i++) {
      out[i] *= factors[i];
    }
  }

  private static void mix(float[] out) {
    int half = out.length / 2;
    for (int i = 0; i < half; i++) {
      float a = out[i];
      float b = out[i + half];
      out[i] = (a + b) * HALF_ROOT;
      out[i + half] = (a - b) * HALF_ROOT;
    }
  }

  /** Unnormalised, in place. */
  private static void hadamard(float[] v, int from, int length) {
    for (int i = from; i < from + length; i += 8) {
      eight(v, i);
    }
    for (int h = 8; h < length; h *= 2) {
      for (int i = from; i < from + length; i += 2 * h) {
        butterflies(v, i, h);
      }
    }
  }

  private static void butterflies(float[] v, int from, int h) {
    for (int i = from; i < from + h; i++) {
      float a = v[i];
      float b = v[i + h];
      v[i] = a + b;
      v[i + h] = a - b;
    }
  }

  /** The first three steps in registers. */
  private static void eight(float[] v, int i) {
    float a0 = v[i] + v[i + 1];
    float a1 = v[i] - v[i + 1];
    float a2 = v[i + 2] + v[i + 3];
    float a3 = v[i + 2] - v[i + 3];
    float a4 = v[i + 4] + v[i + 5];
    float a5 = v[i + 4] - v[i + 5];
    float a6 = v[i + 6] + v[i + 7];
    float a7 = v[i + 6] - v[i + 7];
    float b0 = a0 + a2;
    float b1 = a1 + a3;
    float b2 = a0 - a2;
    float b3 = a1 - a3;
    float b4 = a4 + a6;
    float b5 = a5 + a7;
    float b6 = a4 - a6;
    float b7 = a5 - a7;
    v[i] = b0 + b4;
    v[i + 1] = b1 + b5;
    v[i + 2] = b2 + b6;
    v[i + 3] = b3 + b7;
    v[i + 4] = b0 - b4;
    v[i + 5] = b1 - b5;
    v[i + 6] = b2 - b6;
    v[i + 7] = b3 - b7;
  }
}
