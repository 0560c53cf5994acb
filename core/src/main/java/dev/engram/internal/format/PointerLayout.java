package dev.engram.internal.format;

/**
 * A row of {@code ids} or {@code content}: which ordinal, of which epoch, the digest stands for:
 * epoch (4) | ordinal (4).
 */
public final class PointerLayout {
  private static final int VERSION = 1;

  private PointerLayout() {}

  /** Which record a digest stands for. */
  public record Pointer(int epoch, int ordinal) {
    /** The key of the record's row. */
    public byte[] recordKey(int collection) {
      return Keys.record(collection, epoch, ordinal);
    }
  }

  public static byte[] encode(byte[] key, Pointer pointer) {
    return Frame.seal(key, Frame.start(VERSION, 8).i32(pointer.epoch()).i32(pointer.ordinal()));
  }

  public static Pointer decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "pointer row");
    Pointer pointer = new Pointer(in.i32(), in.i32());
    in.end();
    return pointer;
  }
}
