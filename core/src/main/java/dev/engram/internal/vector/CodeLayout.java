package dev.engram.internal.vector;

import dev.engram.Quantization;
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
 *   code of each component, 2, 4, 8 or 32 bits                 padded * bits / 8 bytes
 *   add, scale, error                                          float32 each
 * </pre>
 *
 * Codes of 32 bits are float32, of the difference to the centroid. Others are signed integers, each
 * in so many bits of a byte, the lowest first: with p of them in a byte, byte j of 16 has those of
 * components j, 16 + j, … 16 (p - 1) + j of 16 p.
 *
 * @param padded components, a multiple of 64
 * @param rows what the codes of rows are
 */
record CodeLayout(int padded, Quantization rows) {
  /** Vectors in a block. */
  static final int LANES = 32;

  /** Bytes of codes that are packed together. */
  static final int CHUNK = 16;

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

  /** Bits of a component in a row. */
  int bits() {
    return rows.bits();
  }

  /** Whether rows hold components as they are. */
  boolean isWhole() {
    return rows == Quantization.NONE;
  }

  /** The largest code of a component, which is not whole. */
  int greatest() {
    return (1 << (bits() - 1)) - 1;
  }

  int rowBytes() {
    return errorOffset() + Float.BYTES;
  }

  /** Where the factors of a row begin, with add. */
  int factorOffset() {
    return padded / 8 * bits();
  }

  int rowScaleOffset() {
    return factorOffset() + Float.BYTES;
  }

  int errorOffset() {
    return rowScaleOffset() + Float.BYTES;
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
  void putRow(MemorySegment rowMemory, long row, Code code) {
    if (isWhole()) {
      MemorySegment.copy(code.residual, 0, rowMemory, FLOAT, row, padded);
    } else {
      pack(code.bytes, rowMemory, row);
    }
    rowMemory.set(FLOAT, row + factorOffset(), code.preciseAdd);
    rowMemory.set(FLOAT, row + rowScaleOffset(), code.preciseScale);
    rowMemory.set(FLOAT, row + errorOffset(), code.preciseError);
  }

  private void pack(byte[] codes, MemorySegment to, long row) {
    if (bits() == Byte.SIZE) {
      MemorySegment.copy(codes, 0, to, ValueLayout.JAVA_BYTE, row, padded);
      return;
    }
    int mask = (1 << bits()) - 1;
    int parts = Byte.SIZE / bits();
    for (int i = 0; i < padded; i += CHUNK * parts) {
      for (int j = i; j < i + CHUNK; j++) {
        int packed = 0;
        for (int part = 0; part < parts; part++) {
          packed |= (codes[j + CHUNK * part] & mask) << (bits() * part);
        }
        to.set(ValueLayout.JAVA_BYTE, row + i / parts + j - i, (byte) packed);
      }
    }
  }

  /**
   * The rotated vector of a precise row.
   *
   * @param at where its centroid begins
   * @param inner whether it was coded for inner products, else for squared distances
   */
  void decodeRow(
      MemorySegment rowMemory, long row, float[] centroids, int at, boolean inner, float[] out) {
    float scale = rowMemory.get(FLOAT, row + rowScaleOffset());
    float ratio = inner ? -scale : -.5f * scale;
    unpack(rowMemory, row, out);
    for (int i = 0; i < padded; i++) {
      out[i] = centroids[at + i] + ratio * out[i];
    }
  }

  /** What the codes of a row stand for. */
  private void unpack(MemorySegment rowMemory, long row, float[] out) {
    if (isWhole()) {
      MemorySegment.copy(rowMemory, FLOAT, row, out, 0, padded);
      return;
    }
    int i = 0;
    for (long at = row; i < padded; at += CHUNK) {
      for (int left = Integer.SIZE - bits(); left >= Integer.SIZE - Byte.SIZE; left -= bits()) {
        for (int j = 0; j < CHUNK; j++) {
          int code = rowMemory.get(ValueLayout.JAVA_BYTE, at + j);
          out[i++] = ((code << left) >> (Integer.SIZE - bits())) + .5f;
        }
      }
    }
  }
}
