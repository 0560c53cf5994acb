package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Compares kernels with the scalar ones, whose answers they must give to the bit. */
final class KernelAnswers {
  private static final CodeKernels SCALAR = new ScalarCodeKernels();
  private static final int ROWS = 64;

  private KernelAnswers() {}

  static float[] vector(SplittableRandom random, int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextDouble(-1, 1);
    }
    return vector;
  }

  /** Scans coded vectors and ranks the first of them by both. */
  static void agree(
      CodeKernels kernels,
      CodeLayout layout,
      MemorySegment blocks,
      MemorySegment rows,
      CodedQuery query) {
    same("scan", scanned(kernels, layout, blocks, query), scanned(SCALAR, layout, blocks, query));
    for (int i = 0; i < ROWS; i++) {
      long row = (long) i * layout.rowBytes();
      float key = kernels.key(rows, layout, row, query);
      same("key", key, SCALAR.key(rows, layout, row, query));
    }
  }

  private static List<Float> scanned(
      CodeKernels kernels, CodeLayout layout, MemorySegment blocks, CodedQuery query) {
    int count = (int) (blocks.byteSize() / layout.blockBytes());
    Candidates all = new Candidates();
    all.begin(count * CodeLayout.LANES);
    kernels.scan(blocks, layout, 0, count, query, 0, 0, Selection.Every.ORDINAL, all);
    Float[] keys = new Float[all.size()];
    for (int i = 0; i < all.size(); i++) {
      keys[(int) all.place(i)] = all.key(i);
    }
    return List.of(keys);
  }

  /** Transforms, quantises and codes a rotated vector by both. */
  static void agree(CodeKernels kernels, float[] vector, float[] centroid) {
    same("encode", encoded(kernels, vector, centroid), encoded(SCALAR, vector, centroid));
  }

  private static String encoded(CodeKernels kernels, float[] vector, float[] centroid) {
    int padded = vector.length;
    float[] transformed = vector.clone();
    kernels.hadamard(transformed, 0, Integer.highestOneBit(padded));
    long[] planes = new long[padded / 64 * CodedQuery.PLANES];
    kernels.planes(vector, -4, 15 / 8f, planes);
    float[] residual = new float[padded];
    long[] bits = new long[padded / 64];
    byte[] bytes = new byte[padded];
    float[] sums = new float[CodeKernels.SUMS + 4 * CodeKernels.ACCUMULATORS];
    kernels.residual(vector, centroid, 0, residual, bits, sums);
    String said = Arrays.toString(Arrays.copyOf(sums, CodeKernels.SUMS));
    kernels.quantise(residual, 127 / sums[CodeKernels.LARGEST], 127, centroid, 0, bytes, sums);
    return said
        + Arrays.toString(Arrays.copyOf(sums, CodeKernels.CENTRE + 1))
        + Arrays.toString(transformed)
        + Arrays.toString(planes)
        + Arrays.toString(bits)
        + Arrays.toString(bytes);
  }

  /**
   * Stops a benchmark whose figures would not count.
   *
   * @throws IllegalStateException where two answers differ
   */
  static void same(String what, Object answer, Object expected) {
    if (!answer.equals(expected)) {
      throw new IllegalStateException("kernels disagree: what=" + what);
    }
  }
}
