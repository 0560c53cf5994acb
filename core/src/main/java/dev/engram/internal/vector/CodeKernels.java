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

  /** The inner product of signed bytes and floats; {@code length} is a multiple of 64. */
  float dot(MemorySegment rows, long from, float[] query, int length);

  /** The precise key of one row, without its base. */
  default float key(MemorySegment rows, CodeLayout layout, long row, CodedQuery query) {
    int padded = layout.padded();
    float product = dot(rows, row, query.rotated, padded) + .5f * query.sum;
    return rows.get(CodeLayout.FLOAT, row + padded)
        + rows.get(CodeLayout.FLOAT, row + padded + 4) * product;
  }
}
