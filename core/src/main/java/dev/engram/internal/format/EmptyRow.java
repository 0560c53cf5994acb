package dev.engram.internal.format;

/** A row that only its key says anything of: a frame without a payload. */
public final class EmptyRow {
  private static final int VERSION = 1;

  private EmptyRow() {}

  public static byte[] encode(byte[] key) {
    return Frame.seal(key, Frame.start(VERSION, 0));
  }

  /** Checks the frame. */
  public static void check(byte[] key, byte[] value, String what) {
    Frame.open(key, value, VERSION, what).end();
  }
}
