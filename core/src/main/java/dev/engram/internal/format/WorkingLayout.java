package dev.engram.internal.format;

/**
 * A row of {@code working}: a memory in its space's working memory.
 *
 * <pre>
 *   entered (8) | last access (8) | accesses since it entered (varint)
 * </pre>
 */
public final class WorkingLayout {
  private static final int VERSION = 1;

  private WorkingLayout() {}

  /**
   * What is held of a memory in working memory.
   *
   * @param enteredAt milliseconds since the epoch
   * @param lastAccessed milliseconds since the epoch
   * @param accesses since it entered, that one included
   */
  public record Held(long enteredAt, long lastAccessed, long accesses) {}

  public static byte[] encode(byte[] key, Held held) {
    ByteWriter out = Frame.start(VERSION, 24);
    out.i64(held.enteredAt()).i64(held.lastAccessed()).varint(held.accesses());
    return Frame.seal(key, out);
  }

  public static Held decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "working memory row");
    Held held = new Held(in.i64(), in.i64(), in.varint());
    in.end();
    return held;
  }
}
