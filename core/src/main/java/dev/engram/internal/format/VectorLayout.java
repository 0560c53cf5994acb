package dev.engram.internal.format;

/** A row of {@code vectors}: a varint count and the components as little-endian float32. */
public final class VectorLayout {
  private static final int VERSION = 1;

  private VectorLayout() {}

  public static byte[] encode(byte[] key, float[] vector) {
    ByteWriter out = Frame.start(VERSION, 4 + vector.length * Float.BYTES);
    return Frame.seal(key, out.varint(vector.length).floats(vector));
  }

  public static float[] decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "vector row");
    float[] vector = in.floats((int) Math.min(Integer.MAX_VALUE, in.varint()));
    in.end();
    return vector;
  }
}
