package dev.engram.internal.format;

/** What a name stands for, in {@code config}: alias (1: 0 or 1) | collection (4) | name (text). */
public final class NameLayout {
  private static final int VERSION = 1;

  private NameLayout() {}

  /** A name or alias of a collection. */
  public record Name(String name, int collection, boolean alias) {}

  public static byte[] encode(byte[] key, Name name) {
    ByteWriter out = Frame.start(VERSION, 16 + name.name().length());
    return Frame.seal(key, out.u8(name.alias() ? 1 : 0).i32(name.collection()).text(name.name()));
  }

  public static Name decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "name row");
    boolean alias = in.u8() == 1;
    int collection = in.i32();
    Name name = new Name(in.text(), collection, alias);
    in.end();
    return name;
  }
}
