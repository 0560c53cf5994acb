package dev.engram.internal.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing byte buffer. Fixed-width integers are big-endian, so that keys sort as numbers; lengths
 * and counts are unsigned LEB128 varints; text is a varint length and UTF-8. Not thread-safe.
 */
public final class ByteWriter {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int size;

  public ByteWriter() {
    this(64);
  }

  public ByteWriter(int capacityBytes) {
    bytes = new byte[Math.max(8, capacityBytes)];
  }

  public ByteWriter u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
    return this;
  }

  public ByteWriter i32(int value) {
    room(Integer.BYTES);
    INT.set(bytes, size, value);
    size += Integer.BYTES;
    return this;
  }

  public ByteWriter i64(long value) {
    room(Long.BYTES);
    LONG.set(bytes, size, value);
    size += Long.BYTES;
    return this;
  }

  public ByteWriter f64(double value) {
    return i64(Double.doubleToRawLongBits(value));
  }

  /** An unsigned LEB128 varint: seven bits a byte, lowest first. */
  public ByteWriter varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  /** A varint length and the UTF-8 bytes of the text. */
  public ByteWriter text(String value) {
    return block(value.getBytes(StandardCharsets.UTF_8));
  }

  /** A varint length and the bytes. */
  public ByteWriter block(byte[] value) {
    return varint(value.length).raw(value, 0, value.length);
  }

  public ByteWriter raw(byte[] value) {
    return raw(value, 0, value.length);
  }

  public ByteWriter raw(byte[] value, int offset, int length) {
    room(length);
    System.arraycopy(value, offset, bytes, size, length);
    size += length;
    return this;
  }

  /** The components as little-endian float32, without a length. */
  public ByteWriter floats(float[] values) {
    room(Math.multiplyExact(values.length, Float.BYTES));
    for (float value : values) {
      FLOAT.set(bytes, size, value);
      size += Float.BYTES;
    }
    return this;
  }

  /** Overwrites four bytes that were written before. */
  public void setI32(int offset, int value) {
    INT.set(bytes, offset, value);
  }

  /** The backing array; only the first {@link #size} bytes count. */
  public byte[] array() {
    return bytes;
  }

  public int size() {
    return size;
  }

  /** Forgets what was written and keeps the memory. */
  public void clear() {
    size = 0;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void room(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      long doubled = Math.min(2L * bytes.length, Integer.MAX_VALUE - 8);
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
    }
  }
}
