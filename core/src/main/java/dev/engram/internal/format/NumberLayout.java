package dev.engram.internal.format;

/** A counter in {@code meta}, or the commit a key stands for: numbers of 8 bytes each. */
public final class NumberLayout {
  private static final int VERSION = 1;

  private NumberLayout() {}

  public static byte[] encode(byte[] key, long... numbers) {
    ByteWriter out = Frame.start(VERSION, numbers.length * Long.BYTES);
    for (long number : numbers) {
      out.i64(number);
    }
    return Frame.seal(key, out);
  }

  /** Reads exactly as many numbers as were written. */
  public static long[] decode(byte[] key, byte[] value, int count) {
    return read(Frame.open(key, value, VERSION, "number row"), count);
  }

  /** Reads all numbers. */
  public static long[] decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "number row");
    return read(in, in.remaining() / Long.BYTES);
  }

  private static long[] read(ByteReader in, int count) {
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = in.i64();
    }
    in.end();
    return numbers;
  }
}
