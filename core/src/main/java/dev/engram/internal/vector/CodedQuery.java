package dev.engram.internal.vector;

/**
 * A rotated query, quantised to four bits a component for the scan: component ≈ low + delta · n, n
 * from 0 to 15, as four planes of one bit each. A workspace; one thread at a time.
 */
final class CodedQuery {
  static final int PLANES = 4;

  final float[] rotated;

  /** Plane p of word w at {@code PLANES * w + p}. */
  final long[] planes;

  float delta;
  float low;

  /** The sum of all components. */
  float sum;

  /**
   * How far the estimate of ⟨u, q⟩ may be off: so much better is every vector taken to be, so that
   * long residuals, whose estimates are less certain, are not lost.
   */
  float slack;

  private final CodeKernels kernels = CodeKernels.best();

  CodedQuery(int padded) {
    this.rotated = new float[padded];
    this.planes = new long[padded / 64 * PLANES];
  }

  /** Quantises what {@link #rotated} holds. */
  void quantise() {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    double total = 0;
    for (float component : rotated) {
      least = Math.min(least, component);
      most = Math.max(most, component);
      total += component;
    }
    sum = (float) total;
    low = least;
    delta = (most - least) / ((1 << PLANES) - 1);
    kernels.planes(rotated, low, delta > 0 ? 1 / delta : 0, planes);
  }
}
