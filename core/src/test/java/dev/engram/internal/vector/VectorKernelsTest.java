package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorKernelsTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  private final VectorKernels scalar = new ScalarKernels();
  private final List<VectorKernels> simd = List.of(new SimdKernels(), new NarrowSimdKernels());

  @Test
  void simdAndScalarGiveTheSameBitsForEveryLengthAndOffset() {
    Random random = new Random(SEED);
    for (int length = 0; length <= 200; length++) {
      int offset = random.nextInt(5);
      float[] a = vector(random, offset + length);
      float[] b = vector(random, length + 3);
      for (VectorKernels kernels : simd) {
        String where = kernels.getClass().getSimpleName() + ", length=" + length + seed();
        assertSame(
            scalar.dot(a, offset, b, 3, length), kernels.dot(a, offset, b, 3, length), where);
        assertSame(
            scalar.squaredDistance(a, offset, b, 3, length),
            kernels.squaredDistance(a, offset, b, 3, length),
            where);
        assertSame(
            scalar.absoluteDistance(a, offset, b, 3, length),
            kernels.absoluteDistance(a, offset, b, 3, length),
            where);
      }
    }
  }

  @Test
  void simdAndScalarAgreeOnExtremeComponents() {
    float[] extremes = {
      Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -0f, 0f, 1e-30f, -1e-30f, 1e20f
    };
    Random random = new Random(SEED);
    for (int round = 0; round < 500; round++) {
      int length = 1 + random.nextInt(100);
      float[] a = new float[length];
      float[] b = new float[length];
      for (int i = 0; i < length; i++) {
        a[i] = extremes[random.nextInt(extremes.length)];
        b[i] = extremes[random.nextInt(extremes.length)];
      }
      for (VectorKernels kernels : simd) {
        assertSame(scalar.dot(a, b), kernels.dot(a, b), seed());
        assertSame(scalar.squaredDistance(a, b), kernels.squaredDistance(a, b), seed());
        assertSame(scalar.absoluteDistance(a, b), kernels.absoluteDistance(a, b), seed());
      }
    }
  }

  @Test
  void kernelsMatchDoublePrecision() {
    Random random = new Random(SEED);
    for (int length : new int[] {1, 3, 31, 32, 33, 384, 1536, 8192}) {
      float[] a = vector(random, length);
      float[] b = vector(random, length);
      double dot = 0;
      double squares = 0;
      double differences = 0;
      for (int i = 0; i < length; i++) {
        dot += (double) a[i] * b[i];
        differences += Math.abs((double) a[i] - b[i]);
        squares += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      }
      assertEquals(dot, scalar.dot(a, b), 1e-6 * length, seed());
      assertEquals(differences, scalar.absoluteDistance(a, b), 1e-6 * length, seed());
      assertEquals(squares, scalar.squaredDistance(a, b), 1e-6 * length, seed());
    }
  }

  @Test
  void normalisedVectorsHaveUnitLengthHoweverSmallOrLarge() {
    for (float scale : new float[] {Float.MIN_VALUE, 1e-30f, 1f, 1e30f, Float.MAX_VALUE}) {
      float[] unit = VectorKernels.normalised(new float[] {scale, 0, -scale, scale});
      assertEquals(1f, scalar.norm(unit), 1e-6f, "scale=" + scale);
      assertEquals(-unit[0], unit[2], "scale=" + scale);
    }
  }

  @Test
  void theFastestKernelsUseTheVectorApiWhereItIsPresent() {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    assertEquals(present, VectorKernels.best().simd());
    assertFalse(scalar.simd());
    assertTrue(simd.stream().allMatch(VectorKernels::simd));
  }

  private static void assertSame(float expected, float actual, String message) {
    assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(actual), message);
  }

  private static float[] vector(Random random, int length) {
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = random.nextFloat() * 2 - 1;
    }
    return vector;
  }

  private static String seed() {
    return ", replay with -Dengram.seed=" + SEED;
  }
}
