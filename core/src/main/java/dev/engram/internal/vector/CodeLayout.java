package dev.engram.internal.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How codes of vectors lie in memory and in files. Little-endian.
 *
 * <p>A <b>block</b> holds 32 vectors, interleaved so that a register holds the same 64 components
 * of several of them:
 *
 * <pre>
 *   word 0 of vectors 0 … 31 | word 1 of vectors 0 … 31 | …    8 bytes each, padded / 64 words
 *   add of vectors 0 … 31                                      float32 each
 *   scale of vectors 0 … 31                                    float32 each
 *   tilt of vectors 0 … 31                                     float32 each
 *   ordinals of vectors 0 … 31                                 int32 each
 * </pre>
 *
 * An empty place has add = +∞ and ordinal -1. A <b>row</b> holds one vector more precisely:
 *
 * <pre>
 *   int8 of each component                                     padded bytes
 *   add, scale                                                 float32 each
 * </pre>
 */
record CodeLayout(int padded) {
  /** Vectors in a block. */
  static final int LANES = 32;

  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Words of 64 components. */
  int words() {
    return padded / 64;
  }

  int addOffset() {
    return words() * LANES * Long.BYTES;
  }

  int scaleOffset() {
    return addOffset() + LANES * Float.BYTES;
  }

  int tiltOffset() {
    return scaleOffset() + LANES * Float.BYTES;
  }

  int ordinalOffset() {
    return tiltOffset() + LANES * Float.BYTES;
  }

  int blockBytes() {
    return ordinalOffset() + LANES * Integer.BYTES;
  }

  int rowBytes() {
    return padded + 2 * Float.BYTES;
  }

  static int blocks(int vectors) {
    return (vectors + LANES - 1) / LANES;
  }

  /** Marks every place of a block as empty. */
  void clear(MemorySegment codes, long block) {
    codes.asSlice(block, blockBytes()).fill((byte) 0);
    for (int lane = 0; lane < LANES; lane++) {
      codes.set(FLOAT, block + addOffset() + 4L * lane, Float.POSITIVE_INFINITY);
      codes.set(INT, block + ordinalOffset() + 4L * lane, -1);
    }
  }

  /** Writes one vector's bits, factors and ordinal into a place of a block. */
  void put(MemorySegment codes, long block, int lane, Code code, int ordinal) {
    for (int word = 0; word < words(); word++) {
      codes.set(LONG, block + (long) (word * LANES + lane) * Long.BYTES, code.bits[word]);
    }
    codes.set(FLOAT, block + addOffset() + 4L * lane, code.add);
    codes.set(FLOAT, block + scaleOffset() + 4L * lane, code.scale);
    codes.set(FLOAT, block + tiltOffset() + 4L * lane, code.tilt);
    codes.set(INT, block + ordinalOffset() + 4L * lane, ordinal);
  }

  /** Copies one place of a block into another. */
  void copy(MemorySegment from, long block, int lane, MemorySegment to, long toBlock, int toLane) {
    for (int word = 0; word < words(); word++) {
      long at = (long) (word * LANES + lane) * Long.BYTES;
      long toAt = (long) (word * LANES + toLane) * Long.BYTES;
      to.set(LONG, toBlock + toAt, from.get(LONG, block + at));
    }
    for (int field = addOffset(); field < blockBytes(); field += 4 * LANES) {
      to.set(INT, toBlock + field + 4L * toLane, from.get(INT, block + field + 4L * lane));
    }
  }

  int ordinal(MemorySegment codes, long block, int lane) {
    return codes.get(INT, block + ordinalOffset() + 4L * lane);
  }

  /** Writes one vector's precise row. */
  void putRow(MemorySegment rows, long row, Code code) {
    MemorySegment.copy(code.bytes, 0, rows, ValueLayout.JAVA_BYTE, row, padded);
    rows.set(FLOAT, row + padded, code.preciseAdd);
    rows.set(FLOAT, row + padded + 4, code.preciseScale);
  }

  /**
   * The rotated vector of a precise row.
   *
   * @param at where its centroid begins
   * @param inner whether it was coded for inner products, else for squared distances
   */
  void decodeRow(
      MemorySegment rows, long row, float[] centroids, int at, boolean inner, float[] out) {
    float scale = rows.get(FLOAT, row + padded + 4);
    float ratio = inner ? -scale : -.5f * scale;
    for (int i = 0; i < padded; i++) {
      out[i] = centroids[at + i] + ratio * (rows.get(ValueLayout.JAVA_BYTE, row + i) + .5f);
    }
  }
}
