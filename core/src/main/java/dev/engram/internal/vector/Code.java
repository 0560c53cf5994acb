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
  /** Magnitudes of eight bits, just not 128. */
  private static final float MAGNITUDES = 127.999f;

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
    double squares = 0;
    double sum = 0;
    double centre = 0;
    double along = 0;
    int ones = 0;
    float most = 0;
    for (int word = 0; word < bits.length; word++) {
      long set = 0;
      for (int i = 64 * word; i < 64 * word + 64; i++) {
        float c = centroids[at + i];
        float r = vector[i] - c;
        residual[i] = r;
        squares += r * r;
        sum += Math.abs(r);
        most = Math.max(most, Math.abs(r));
        along += r * c;
        centre += r >= 0 ? c : -c;
        set |= (r >= 0 ? 1L : 0L) << (i & 63);
      }
      bits[word] = set;
      ones += Long.bitCount(set);
    }
    double ratio = sum > 0 ? squares / (sum / 2) : 0;
    add = (float) add(squares, along, ratio * centre / 2, inner);
    scale = (float) (inner ? -ratio : -2 * ratio);
    tilt = scale * ones;
    encodeBytes(centroids, at, most, squares, along, inner);
  }

  /** The largest component gets the largest magnitude, so that none is cut off. */
  private void encodeBytes(
      float[] centroids, int at, float most, double squares, double along, boolean inner) {
    float step = most > 0 ? MAGNITUDES / most : 0;
    double product = 0;
    double centre = 0;
    for (int i = 0; i < residual.length; i++) {
      float r = residual[i];
      int magnitude = Math.min((int) (step * Math.abs(r)), 127);
      int code = r >= 0 ? magnitude : -1 - magnitude;
      bytes[i] = (byte) code;
      float u = code + .5f;
      product += r * u;
      centre += centroids[at + i] * u;
    }
    double ratio = product > 0 ? squares / product : 0;
    preciseAdd = (float) add(squares, along, ratio * centre, inner);
    preciseScale = (float) (inner ? -ratio : -2 * ratio);
  }

  private static double add(double squares, double along, double shift, boolean inner) {
    return inner ? shift - along : squares + 2 * shift;
  }
}
