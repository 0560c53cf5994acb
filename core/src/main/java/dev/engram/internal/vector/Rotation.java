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
  private final CodeKernels kernels = CodeKernels.best();

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
    of(vectors, offset, new float[0], out);
  }

  /**
   * Rotates the vector at an offset into an array of {@link #padded} components.
   *
   * @param origin what is taken off the vector before; empty for nothing
   */
  void of(float[] vectors, int offset, float[] origin, float[] out) {
    System.arraycopy(vectors, offset, out, 0, dimension);
    java.util.Arrays.fill(out, dimension, padded, 0);
    for (int i = 0; i < origin.length; i++) {
      out[i] -= origin[i];
    }
    for (int round = 0; round < ROUNDS; round++) {
      scale(out, signs[round]);
      kernels.hadamard(out, start(round), span);
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
}
