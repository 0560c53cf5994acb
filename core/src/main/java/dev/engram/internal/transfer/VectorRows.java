package dev.engram.internal.transfer;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metadata;
import dev.engram.RecordId;
import dev.engram.spi.TransferItem.Dates;
import dev.engram.spi.TransferItem.Entry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Rows of little-endian numbers, as machine-learning tools have them. Static functions only. */
final class VectorRows {
  private VectorRows() {}

  /** The record of a row: its id is the row's number, from 0. */
  static Entry entry(long row, float[] vector) {
    return new Entry(
        Optional.of(RecordId.of(row)),
        Optional.empty(),
        Optional.of(vector),
        Metadata.empty(),
        Optional.empty(),
        Dates.NONE,
        Optional.empty());
  }

  static byte[] bytes(float[] vector) {
    byte[] bytes = new byte[vector.length * Float.BYTES];
    buffer(bytes).asFloatBuffer().put(vector);
    return bytes;
  }

  static float[] floats(byte[] bytes) {
    float[] vector = new float[bytes.length / Float.BYTES];
    buffer(bytes).asFloatBuffer().get(vector);
    return vector;
  }

  static byte[] bytes(int number) {
    byte[] bytes = new byte[Integer.BYTES];
    buffer(bytes).putInt(number);
    return bytes;
  }

  static int number(byte[] bytes) {
    return buffer(bytes).getInt();
  }

  /** So many bytes, or none at the end of the file. */
  static byte[] read(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != 0 && bytes.length != length) {
      throw new EOFException("a row has " + bytes.length + " bytes of " + length);
    }
    return bytes;
  }

  static int checkDimension(long dimension) {
    if (dimension < 1 || dimension > Limits.MAX_DIMENSION) {
      throw new InvalidInputException(
          "cannot read the import: dimension="
              + dimension
              + ", allowed=1.."
              + Limits.MAX_DIMENSION);
    }
    return (int) dimension;
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
