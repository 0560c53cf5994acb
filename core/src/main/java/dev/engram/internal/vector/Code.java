package dev.engram.internal.vector;

/**
 * The codes of one vector: one bit a component to scan and eight bits to rank what the scan found.
 * A workspace that is filled again for each vector; one thread at a time.
 *
 * <p>RaBitQ (Gao and Long, SIGMOD 2024; extended to more bits by Gao et al., SIGMOD 2025). Of a
 * vector o in the partition of centroid c the residual r = o - c is coded. For a query q the key,
 * which is smaller for a better match, is estimated without bias as
 *
 * <pre>
 *   key ≈ add + base + scale · ⟨u, q⟩        u = code - (its middle)
 *   squared distance:    base = ‖q - c‖²   scale = -2‖r‖² / ⟨r, u⟩
 *                        add  = ‖r‖² + 2‖r‖² ⟨c, u⟩ / ⟨r, u⟩
 *   minus inner product: base = -⟨q, c⟩    scale = -‖r‖² / ⟨r, u⟩
 *                        add  = -⟨r, c⟩ + ‖r‖² ⟨c, u⟩ / ⟨r, u⟩
 * </pre>
 *
 * so that a query is quantised once and not once for each centroid.
 */
final class Code {
  /** The greatest magnitude of eight bits, which is cut to 127. */
  private static final float GREATEST = 127.999f;

  /** One bit a component: whether the residual is not negative. */
  final long[] bits;

  /** Eight bits a component, less 128. */
  final byte[] bytes;

  float add;
  float scale;

  /** The scale times the number of bits that are set. */
  float tilt;

  float preciseAdd;
  float preciseScale;

  private final float[] residual;
  private final float[] sums = new float[CodeKernels.SUMS + 4 * CodeKernels.ACCUMULATORS];
  private final CodeKernels kernels = CodeKernels.best();

  Code(int padded) {
    this.bits = new long[padded / 64];
    this.bytes = new byte[padded];
    this.residual = new float[padded];
  }

  /**
   * Codes a vector.
   *
   * @param vector rotated
   * @param centroids rotated centroids, one after the other
   * @param at where the vector's centroid begins
   * @param inner whether keys are minus inner products, else squared distances
   */
  void encode(float[] vector, float[] centroids, int at, boolean inner) {
    kernels.residual(vector, centroids, at, residual, bits, sums);
    double squares = sums[CodeKernels.SQUARES];
    double along = sums[CodeKernels.ALONG];
    double ratio = squares > 0 ? squares / (sums[CodeKernels.MAGNITUDES] / 2) : 0;
    add = (float) add(squares, along, ratio * sums[CodeKernels.SIGNED] / 2, inner);
    scale = (float) (inner ? -ratio : -2 * ratio);
    int ones = 0;
    for (long word : bits) {
      ones += Long.bitCount(word);
    }
    tilt = scale * ones;
    encodeBytes(centroids, at, squares, along, inner);
  }

  /** The largest component gets the largest magnitude, so that none is cut off. */
  private void encodeBytes(float[] centroids, int at, double squares, double along, boolean inner) {
    float most = sums[CodeKernels.LARGEST];
    kernels.quantise(residual, most > 0 ? GREATEST / most : 0, centroids, at, bytes, sums);
    double product = sums[CodeKernels.PRODUCT];
    double ratio = product > 0 ? squares / product : 0;
    preciseAdd = (float) add(squares, along, ratio * sums[CodeKernels.CENTRE], inner);
    preciseScale = (float) (inner ? -ratio : -2 * ratio);
  }

  private static double add(double squares, double along, double shift, boolean inner) {
    return inner ? shift - along : squares + 2 * shift;
  }
}
