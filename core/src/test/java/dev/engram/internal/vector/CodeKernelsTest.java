package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CodeKernelsTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  private final Random random = new Random(SEED);

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 100, 384, 784})
  void rotationKeepsLengthsAndProducts(int dimension) {
    Rotation rotation = new Rotation(dimension, 7);
    float[] a = vector(dimension);
    float[] b = vector(dimension);
    VectorKernels kernels = new ScalarKernels();
    float[] ra = rotation.of(a);
    float[] rb = rotation.of(b);
    double tolerance = 1e-4 * kernels.norm(a) * kernels.norm(b);
    assertEquals(kernels.dot(a, b), kernels.dot(ra, rb), tolerance, "seed=" + SEED);
    assertEquals(kernels.norm(a), kernels.norm(ra), tolerance, "seed=" + SEED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keysEstimateWithoutBias(boolean inner) {
    double coarse = 0;
    double precise = 0;
    double bias = 0;
    for (int round = 0; round < 40; round++) {
      // Errors of one query are alike for all vectors: it takes many queries to see no bias.
      Coded coded = new Coded(384, 20, inner);
      CodedQuery query = coded.near(vector(384));
      for (int i = 0; i < 20; i++) {
        double truth = coded.key(query, i);
        coarse += Math.abs(coded.scanned(query, i) - truth);
        bias += coded.scanned(query, i) - truth;
        precise += Math.abs(coded.precise(query, i) - truth);
      }
    }
    // ‖r‖ ‖q - c‖ √((1 - .8²) / .8²) / √D, times √(2/π) for the mean, and twice that for distances.
    double expected = (inner ? 1 : 2) * 384 * .75 / Math.sqrt(384) * Math.sqrt(2 / Math.PI);
    assertEquals(expected, coarse / 800, .25 * expected, "seed=" + SEED);
    assertTrue(Math.abs(bias) < .3 * coarse, "bias=" + bias / 800 + ", seed=" + SEED);
    assertTrue(precise / 800 < .02 * expected, "error=" + precise / 800 + ", seed=" + SEED);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 384, 832})
  void simdAndScalarAgreeToTheBit(int dimension) {
    for (boolean inner : new boolean[] {true, false}) {
      Coded coded = new Coded(dimension, 203, inner);
      CodedQuery query = coded.query(vector(dimension));
      CodeKernels scalar = new ScalarCodeKernels();
      CodeKernels simd = CodeKernels.best();
      assertEquals(coded.all(scalar, query, 203), coded.all(simd, query, 203), "seed=" + SEED);
      assertEquals(coded.all(scalar, query, 20), coded.all(simd, query, 20), "seed=" + SEED);
      for (int i = 0; i < 203; i++) {
        long row = (long) i * coded.layout.rowBytes();
        assertEquals(
            scalar.key(coded.rows, coded.layout, row, query),
            simd.key(coded.rows, coded.layout, row, query),
            "seed=" + SEED);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 384, 832, 4_096})
  void encodersAgreeToTheBit(int dimension) {
    CodeKernels scalar = new ScalarCodeKernels();
    CodeKernels simd = CodeKernels.best();
    for (int round = 0; round < 20; round++) {
      float[] vector = vector(dimension);
      float[] centroids = vector(2 * dimension);
      if (round % 4 == 0) {
        System.arraycopy(vector, 0, centroids, dimension, dimension);
      }
      assertEquals(
          encoded(scalar, vector, centroids), encoded(simd, vector, centroids), "seed=" + SEED);
    }
  }

  /** Everything that the kernels of encoding make of a vector. */
  private static String encoded(CodeKernels kernels, float[] vector, float[] centroids) {
    int dimension = vector.length;
    float[] transformed = vector.clone();
    kernels.hadamard(transformed, 0, Integer.highestOneBit(dimension));
    long[] planes = new long[dimension / 64 * CodedQuery.PLANES];
    kernels.planes(vector, -4, 15 / 8f, planes);
    float[] residual = new float[dimension];
    long[] bits = new long[dimension / 64];
    byte[] bytes = new byte[dimension];
    float[] sums = new float[CodeKernels.SUMS + 4 * CodeKernels.ACCUMULATORS];
    kernels.residual(vector, centroids, dimension, residual, bits, sums);
    String first = Arrays.toString(Arrays.copyOf(sums, CodeKernels.SUMS));
    float most = sums[CodeKernels.LARGEST];
    kernels.quantise(residual, most > 0 ? 127.9f / most : 0, centroids, dimension, bytes, sums);
    return Arrays.toString(transformed)
        + Arrays.toString(planes)
        + Arrays.toString(residual)
        + Arrays.toString(bits)
        + first
        + Arrays.toString(bytes)
        + sums[CodeKernels.PRODUCT]
        + " "
        + sums[CodeKernels.CENTRE];
  }

  @Test
  void candidatesKeepTheBest() {
    Candidates candidates = new Candidates();
    for (int round = 0; round < 50; round++) {
      int wanted = 1 + random.nextInt(300);
      float[] keys = new float[random.nextInt(5_000)];
      candidates.begin(wanted);
      for (int i = 0; i < keys.length; i++) {
        keys[i] = random.nextInt(400);
        if (keys[i] < candidates.bound) {
          candidates.add(keys[i], i);
        }
      }
      candidates.finish();
      java.util.Arrays.sort(keys);
      int expected = Math.min(wanted, keys.length);
      assertEquals(expected, candidates.size());
      float worst = expected == 0 ? 0 : keys[expected - 1];
      for (int i = 0; i < expected; i++) {
        assertTrue(candidates.key(i) <= worst, "seed=" + SEED);
      }
    }
  }

  private float[] vector(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static float[] sum(float[] a, float[] b) {
    float[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /** Some vectors around one centroid, coded. */
  private final class Coded {
    final CodeLayout layout;
    final Rotation rotation;
    final boolean inner;
    final float[][] vectors;
    final float[] centroid;
    final MemorySegment blocks;
    final MemorySegment rows;

    Coded(int dimension, int count, boolean inner) {
      this.inner = inner;
      rotation = new Rotation(dimension, 3);
      layout = new CodeLayout(rotation.padded());
      vectors = new float[count][];
      centroid = rotation.of(vector(dimension));
      Arena arena = Arena.ofAuto();
      int blockCount = CodeLayout.blocks(count);
      blocks = arena.allocate((long) blockCount * layout.blockBytes(), 64);
      rows = arena.allocate((long) count * layout.rowBytes(), 64);
      for (int b = 0; b < blockCount; b++) {
        layout.clear(blocks, (long) b * layout.blockBytes());
      }
      Code code = new Code(layout.padded());
      for (int i = 0; i < count; i++) {
        vectors[i] = sum(centroid, rotation.of(vector(dimension)));
        code.encode(vectors[i], centroid, 0, inner);
        layout.put(blocks, (long) (i / 32) * layout.blockBytes(), i % 32, code, i);
        layout.putRow(rows, (long) i * layout.rowBytes(), code);
      }
    }

    CodedQuery near(float[] vector) {
      CodedQuery query = new CodedQuery(layout.padded());
      float[] sum = sum(centroid, rotation.of(vector));
      System.arraycopy(sum, 0, query.rotated, 0, sum.length);
      query.quantise();
      return query;
    }

    CodedQuery query(float[] vector) {
      CodedQuery query = new CodedQuery(layout.padded());
      rotation.of(vector, 0, query.rotated);
      query.quantise();
      return query;
    }

    float base(CodedQuery query) {
      VectorKernels kernels = new ScalarKernels();
      return inner
          ? -kernels.dot(query.rotated, centroid)
          : kernels.squaredDistance(query.rotated, centroid);
    }

    double key(CodedQuery query, int i) {
      VectorKernels kernels = new ScalarKernels();
      return inner
          ? -kernels.dot(query.rotated, vectors[i])
          : kernels.squaredDistance(query.rotated, vectors[i]);
    }

    float scanned(CodedQuery query, int i) {
      return all(CodeKernels.best(), query, vectors.length).get((long) i);
    }

    float precise(CodedQuery query, int i) {
      long row = (long) i * layout.rowBytes();
      return CodeKernels.best().key(rows, layout, row, query) + base(query);
    }

    Map<Long, Float> all(CodeKernels kernels, CodedQuery query, int wanted) {
      Candidates found = new Candidates();
      found.begin(wanted);
      kernels.scan(
          blocks,
          layout,
          0,
          CodeLayout.blocks(vectors.length),
          query,
          base(query),
          0,
          Selection.Every.ORDINAL,
          found);
      found.finish();
      TreeMap<Long, Float> keys = new TreeMap<>();
      for (int i = 0; i < found.size(); i++) {
        keys.put(found.place(i), found.key(i));
      }
      return keys;
    }
  }
}
