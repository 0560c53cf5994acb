package dev.engram.internal.vector;

/**
 * The codes of one vector: one bit a component to scan and a row to rank what the scan found. A
 * workspace that is filled again for each vector; one thread at a time.
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
 * so that a query is quantised once and not once for each centroid. The estimate takes ρ = u · ‖r‖²
 * / ⟨r, u⟩ for r: with e = r - ρ, which is orthogonal to r, a distance is off by 2⟨e, q - c⟩, a
 * product by ⟨e, q - c⟩. So ‖e‖ says how far at most, and how far usually.
 *
 * <p>Codes of rows are cut off where that gives the shortest e, so that few bits are not spent on
 * the largest components.
 */
final class Code {
  /** What is added to the largest code to be cut to it. */
  private static final float CUT = .999f;

  /** No row is surer than this share of its squares, for the rounding of sums. */
  private static final double ROUNDING = 1e-6;

  /** One bit a component: whether the residual is not negative. */
  final long[] bits;

  /** The codes of a row that is not whole. */
  final byte[] bytes;

  /** The difference to the centroid. */
  final float[] residual;

  float add;
  float scale;

  /** The scale times the number of bits that are set. */
  float tilt;

  float preciseAdd;
  float preciseScale;

  /** How far a key of the row may be off, for a query at distance 1 from the centroid. */
  float preciseError;

  private final CodeLayout layout;
  private final float[] sums = new float[CodeKernels.SUMS + 4 * CodeKernels.ACCUMULATORS];
  private final CodeKernels kernels = CodeKernels.best();

  Code(CodeLayout layout) {
    this.layout = layout;
    this.bits = new long[layout.words()];
    this.bytes = new byte[layout.padded()];
    this.residual = new float[layout.padded()];
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
    encodeRow(centroids, at, squares, along, inner);
  }

  private void encodeRow(float[] centroids, int at, double squares, double along, boolean inner) {
    double ratio = 1;
    double centre = along;
    double error = ROUNDING * squares;
    if (!layout.isWhole()) {
      kernels.quantise(residual, step(squares), layout.greatest(), centroids, at, bytes, sums);
      double product = sums[CodeKernels.PRODUCT];
      ratio = product > 0 ? squares / product : 0;
      centre = ratio * sums[CodeKernels.CENTRE];
      error += Math.max(0, ratio * ratio * sums[CodeKernels.LENGTH] - squares);
    }
    preciseAdd = (float) add(squares, along, centre, inner);
    preciseScale = (float) (inner ? -ratio : -2 * ratio);
    preciseError = (float) ((inner ? 1 : 2) * Math.sqrt(error));
  }

  /** Codes for each unit of a component; so many that none is cut off, or more. */
  private float step(double squares) {
    float most = sums[CodeKernels.LARGEST];
    double best = fineness() * Math.sqrt(layout.padded() / squares);
    return most > 0 ? (float) Math.max((layout.greatest() + CUT) / most, best) : 0;
  }

  /** Codes for each deviation that give the best estimates, where it pays to cut off. */
  private double fineness() {
    return switch (layout.rows()) {
      case BITS_2 -> 1.005;
      case BITS_4 -> 2.99;
      case BITS_8, NONE -> 0;
    };
  }

  private static double add(double squares, double along, double shift, boolean inner) {
    return inner ? shift - along : squares + 2 * shift;
  }
}
