package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Quantization;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CodeKernelsTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  /** How far rows are off at most, in errors of one bit. */
  private static final Map<Quantization, Double> SHARES =
      Map.of(
          Quantization.BITS_2, .65,
          Quantization.BITS_4, .2,
          Quantization.BITS_8, .02,
          Quantization.NONE, .001);

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
  @EnumSource(Quantization.class)
  void keysEstimateWithoutBias(Quantization rows) {
    for (boolean inner : new boolean[] {true, false}) {
      double coarse = 0;
      double precise = 0;
      double bias = 0;
      for (int round = 0; round < 40; round++) {
        // Errors of one query are alike for all vectors: it takes many queries to see no bias.
        Coded coded = new Coded(384, 20, inner, rows);
        CodedQuery query = coded.near(vector(384));
        for (int i = 0; i < 20; i++) {
          double truth = coded.key(query, i);
          coarse += Math.abs(coded.scanned(query, i) - truth);
          bias += coded.scanned(query, i) - truth;
          precise += Math.abs(coded.precise(query, i) - truth);
        }
      }
      // ‖r‖ ‖q - c‖ √((1 - .8²) / .8²) / √D, times √(2/π) for the mean, and twice that for
      // distances.
      double expected = (inner ? 1 : 2) * 384 * .75 / Math.sqrt(384) * Math.sqrt(2 / Math.PI);
      assertEquals(expected, coarse / 800, .25 * expected, "seed=" + SEED);
      assertTrue(Math.abs(bias) < .3 * coarse, "bias=" + bias / 800 + ", seed=" + SEED);
      double share = precise / 800 / expected;
      assertTrue(share < SHARES.get(rows), "share=" + share + ", seed=" + SEED);
    }
  }

  @ParameterizedTest
  @EnumSource(Quantization.class)
  void noRowIsOffByMoreThanItSays(Quantization rows) {
    int usual = 0;
    for (int round = 0; round < 60; round++) {
      int dimension = 1 + random.nextInt(400);
      boolean inner = random.nextBoolean();
      Coded coded = new Coded(dimension, 20, inner, rows);
      float[] from = vector(dimension);
      from[0] *= round;
      CodedQuery query = coded.near(from);
      double distance = Math.sqrt(square(query.rotated, coded.centroid));
      for (int i = 0; i < 20; i++) {
        double off = Math.abs(coded.precise(query, i) - coded.key(query, i));
        double most = coded.error(i) * distance;
        double rounding = 1e-5 * (Math.abs(coded.base(query)) + Math.abs(coded.key(query, i)));
        assertTrue(off <= most + rounding, "off=" + off + ", most=" + most + ", seed=" + SEED);
        usual += off <= 3 / Math.sqrt(coded.layout.padded()) * most + rounding ? 1 : 0;
      }
    }
    assertTrue(usual >= .97 * 60 * 20, "usual=" + usual + ", seed=" + SEED);
  }

  private static double square(float[] a, float[] b) {
    return new ScalarKernels().squaredDistance(a, b);
  }

  @ParameterizedTest
  @EnumSource(Quantization.class)
  void rowsAreDecodedAsTheyWereCoded(Quantization rows) {
    for (boolean inner : new boolean[] {true, false}) {
      Coded coded = new Coded(1 + random.nextInt(400), 20, inner, rows);
      float[] decoded = new float[coded.layout.padded()];
      for (int i = 0; i < 20; i++) {
        coded.layout.decodeRow(coded.rows, coded.row(i), coded.centroid, 0, inner, decoded);
        double length = coded.error(i) / (inner ? 1 : 2);
        double off = Math.sqrt(square(decoded, coded.vectors[i]));
        assertEquals(length, off, .02 * length + .05, "seed=" + SEED);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 384, 832})
  void simdAndScalarAgreeToTheBit(int dimension) {
    for (Quantization rows : Quantization.values()) {
      Coded coded = new Coded(dimension, 203, random.nextBoolean(), rows);
      CodedQuery query = coded.query(vector(dimension));
      CodeKernels scalar = new ScalarCodeKernels();
      CodeKernels simd = CodeKernels.best();
      assertEquals(coded.all(scalar, query, 203), coded.all(simd, query, 203), "seed=" + SEED);
      assertEquals(coded.all(scalar, query, 20), coded.all(simd, query, 20), "seed=" + SEED);
      for (int i = 0; i < 203; i++) {
        assertEquals(
            scalar.key(coded.rows, coded.layout, coded.row(i), query),
            simd.key(coded.rows, coded.layout, coded.row(i), query),
            "seed=" + SEED);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 384, 832})
  void rowKernelsOfEveryWidthAgreeToTheBit(int length) {
    MemorySegment rows = Arena.ofAuto().allocate(4L * length);
    float[] query = vector(length);
    for (int bits : new int[] {2, 4, 8}) {
      byte[] packed = new byte[length * bits / 8];
      random.nextBytes(packed);
      MemorySegment.copy(packed, 0, rows, ValueLayout.JAVA_BYTE, 0, packed.length);
      assertWidthsAgree(rows, bits, query);
    }
    MemorySegment.copy(vector(length), 0, rows, CodeLayout.FLOAT, 0, length);
    assertWidthsAgree(rows, 32, query);
    float expected = new ScalarCodeKernels().absoluteDistance(rows, 0, query);
    assertEquals(expected, NarrowRowKernels.absoluteDistance(rows, 0, query), "seed=" + SEED);
    assertEquals(expected, WideRowKernels.absoluteDistance(rows, 0, query), "seed=" + SEED);
    float[] whole = rows.asSlice(0, 4L * length).toArray(CodeLayout.FLOAT);
    assertEquals(expected, new ScalarKernels().absoluteDistance(query, whole), "seed=" + SEED);
  }

  private static void assertWidthsAgree(MemorySegment rows, int bits, float[] query) {
    float expected = new ScalarCodeKernels().dot(rows, 0, bits, query);
    assertEquals(expected, NarrowRowKernels.dot(rows, 0, bits, query), "seed=" + SEED);
    assertEquals(expected, WideRowKernels.dot(rows, 0, bits, query), "seed=" + SEED);
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
    float step = most > 0 ? 127.9f / most : 0;
    kernels.quantise(residual, step, 100, centroids, dimension, bytes, sums);
    return Arrays.toString(transformed)
        + Arrays.toString(planes)
        + Arrays.toString(residual)
        + Arrays.toString(bits)
        + first
        + Arrays.toString(bytes)
        + sums[CodeKernels.PRODUCT]
        + " "
        + sums[CodeKernels.CENTRE]
        + " "
        + sums[CodeKernels.LENGTH];
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

    Coded(int dimension, int count, boolean inner, Quantization quantization) {
      this.inner = inner;
      rotation = new Rotation(dimension, 3);
      layout = new CodeLayout(rotation.padded(), quantization);
      vectors = new float[count][];
      centroid = rotation.of(vector(dimension));
      Arena arena = Arena.ofAuto();
      int blockCount = CodeLayout.blocks(count);
      blocks = arena.allocate((long) blockCount * layout.blockBytes(), 64);
      rows = arena.allocate((long) count * layout.rowBytes(), 64);
      for (int b = 0; b < blockCount; b++) {
        layout.clear(blocks, (long) b * layout.blockBytes());
      }
      Code code = new Code(layout);
      for (int i = 0; i < count; i++) {
        vectors[i] = sum(centroid, rotation.of(vector(dimension)));
        code.encode(vectors[i], centroid, 0, inner);
        layout.put(blocks, (long) (i / 32) * layout.blockBytes(), i % 32, code, i);
        layout.putRow(rows, (long) i * layout.rowBytes(), code);
      }
    }

    long row(int i) {
      return (long) i * layout.rowBytes();
    }

    float error(int i) {
      return rows.get(CodeLayout.FLOAT, row(i) + layout.errorOffset());
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
      return CodeKernels.best().key(rows, layout, row(i), query) + base(query);
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
