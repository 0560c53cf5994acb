package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/**
 * The arithmetic of coded vectors. The implementations give the same bits for the same input: the
 * operations are the same, in the same order, without fused multiply-add. Stateless and
 * thread-safe. Does not check its arguments beyond the bounds of memory.
 */
sealed interface CodeKernels permits ScalarCodeKernels, SimdCodeKernels {
  /** Accumulators of a precise inner product. */
  int ACCUMULATORS = 32;

  /** The fastest kernels that this process can run. */
  static CodeKernels best() {
    return BestKernels.CODES;
  }

  /**
   * Estimates the key of every vector of some blocks and offers those below the bound.
   *
   * @param codes memory that holds the blocks
   * @param from where they begin, in bytes
   * @param blocks how many they are
   * @param base what is added to every key
   * @param firstPlace the place of the first vector; the others follow
   * @param allowed asked for the ordinals of keys below the bound
   */
  void scan(
      MemorySegment codes,
      CodeLayout layout,
      long from,
      int blocks,
      CodedQuery query,
      float base,
      long firstPlace,
      IntPredicate allowed,
      ScanSink out);

  /** Where {@link #residual} leaves the sum of the squares of the residual's components. */
  int SQUARES = 0;

  /** The sum of their magnitudes. */
  int MAGNITUDES = 1;

  /** The sum of their products with those of the centroid. */
  int ALONG = 2;

  /** The sum of the centroid's components with the signs of the residual's. */
  int SIGNED = 3;

  /** The largest magnitude. */
  int LARGEST = 4;

  /** Where {@link #quantise} leaves the sum of the products of residual and code. */
  int PRODUCT = 0;

  /** The sum of the products of centroid and code. */
  int CENTRE = 1;

  /** The sum of the squares of what the codes stand for. */
  int LENGTH = 2;

  /** So many sums; behind them is room for the accumulators of four. */
  int SUMS = 5;

  /**
   * Takes a centroid from a vector.
   *
   * @param vector as many components as the residual, a multiple of 64
   * @param at where the centroid begins
   * @param residual the difference
   * @param bits a bit for each component of it that is not negative
   * @param sums see {@link #SQUARES} to {@link #LARGEST}
   */
  void residual(
      float[] vector, float[] centroids, int at, float[] residual, long[] bits, float[] sums);

  /**
   * Makes bytes of a residual: the code of a component r is the whole part of step · |r|, or the
   * greatest, with all bits turned over where r is negative; it stands for code + ½.
   *
   * @param greatest at most 127
   * @param at where the centroid begins
   * @param sums see {@link #PRODUCT} to {@link #LENGTH}
   */
  void quantise(
      float[] residual,
      float step,
      int greatest,
      float[] centroids,
      int at,
      byte[] bytes,
      float[] sums);

  /**
   * Quantises the components of a query to four bits: n = the whole part of (component - low) ·
   * inverse + ½, 0 to 15.
   *
   * @param query as many components as there are bits in a plane
   * @param planes bit p of the n of word w at {@code PLANES * w + p}
   */
  void planes(float[] query, float low, float inverse, long[] planes);

  /**
   * The Walsh-Hadamard transform of a part of an array, not normalised, in place.
   *
   * @param length a power of two, 64 or more
   */
  void hadamard(float[] v, int from, int length);

  /**
   * The inner product of the codes of a row, as {@link CodeLayout} packs them, and floats.
   *
   * @param bits of a code: 2, 4, 8 or 32
   * @param query a multiple of 64 components
   */
  float dot(MemorySegment rows, long from, int bits, float[] query);

  /**
   * The sum of the absolute differences of a row that is whole and floats, as many as 64 times n.
   */
  float absoluteDistance(MemorySegment rows, long from, float[] query);

  /** The precise key of one row, without its base. */
  default float key(MemorySegment rows, CodeLayout layout, long row, CodedQuery query) {
    float half = layout.isWhole() ? 0 : .5f * query.sum;
    float product = dot(rows, row, layout.bits(), query.rotated) + half;
    long factors = row + layout.factorOffset();
    return rows.get(CodeLayout.FLOAT, factors)
        + rows.get(CodeLayout.FLOAT, factors + Float.BYTES) * product;
  }
}
