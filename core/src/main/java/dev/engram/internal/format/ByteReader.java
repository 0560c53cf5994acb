package dev.engram.internal.format;

import dev.engram.CorruptStoreException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote. Every read is bounds-checked: short or absurd input is a
 * {@link CorruptStoreException} that names what was being read, never an array index error and
 * never an allocation larger than the input. Not thread-safe.
 */
public final class ByteReader {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private final String what;
  private int position;

  /** Reads the whole array; {@code what} names it in errors. */
  public ByteReader(byte[] bytes, String what) {
    this(bytes, 0, bytes.length, what);
  }

  public ByteReader(byte[] bytes, int offset, int length, String what) {
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
    this.what = what;
  }

  public int u8() {
    need(1);
    return bytes[position++] & 0xFF;
  }

  public int i32() {
    need(Integer.BYTES);
    int value = (int) INT.get(bytes, position);
    position += Integer.BYTES;
    return value;
  }

  public long i64() {
    need(Long.BYTES);
    long value = (long) LONG.get(bytes, position);
    position += Long.BYTES;
    return value;
  }

  public double f64() {
    return Double.longBitsToDouble(i64());
  }

  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        return value;
      }
    }
    throw damaged("a varint is longer than ten bytes");
  }

  /** A count or length: a varint that cannot exceed the bytes that are left. */
  public int length() {
    long value = varint();
    if (value < 0 || value > remaining()) {
      throw damaged("length=" + value + " exceeds the " + remaining() + " bytes left");
    }
    return (int) value;
  }

  public String text() {
    int length = length();
    String value = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  public byte[] block() {
    return raw(length());
  }

  public byte[] raw(int length) {
    need(length);
    byte[] value = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return value;
  }

  public float[] floats(int count) {
    if (count < 0 || count > remaining() / Float.BYTES) {
      throw damaged("count=" + count + " floats exceed the " + remaining() + " bytes left");
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) FLOAT.get(bytes, position);
      position += Float.BYTES;
    }
    return values;
  }

  public int remaining() {
    return end - position;
  }

  public int position() {
    return position;
  }

  /** Fails unless everything was read: trailing bytes mean that writer and reader disagree. */
  public void end() {
    if (remaining() != 0) {
      throw damaged(remaining() + " unexpected bytes at the end");
    }
  }

  /** An error that names what is being read and where. */
  public CorruptStoreException damaged(String why) {
    return new CorruptStoreException("damaged " + what + ": offset=" + position + ": " + why);
  }

  private void need(int count) {
    if (count < 0 || count > remaining()) {
      throw damaged("needs " + count + " bytes, has " + remaining());
    }
  }
}
