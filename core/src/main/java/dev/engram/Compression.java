package dev.engram;

/**
 * How the store compresses its files.
 *
 * @param codec the algorithm
 * @param level its level; 0 is the codec's default; only {@link Codec#ZSTD} has others, 1 to 19
 */
public record Compression(Codec codec, int level) {
  /** The algorithms that the store can read and write. */
  public enum Codec {
    NONE,
    LZ4,
    ZSTD
  }

  /** No compression. */
  public static final Compression NONE = new Compression(Codec.NONE, 0);

  /** LZ4: the default, fast both ways. */
  public static final Compression LZ4 = new Compression(Codec.LZ4, 0);

  public Compression {
    if (level < 0 || level > 19 || (level > 0 && codec != Codec.ZSTD)) {
      throw new InvalidInputException(
          "invalid compression: codec="
              + codec
              + ", level="
              + level
              + "; levels are for ZSTD, 1..19");
    }
  }

  /** Zstandard at a level from 1 (fast) to 19 (small). */
  public static Compression zstd(int level) {
    return new Compression(Codec.ZSTD, level);
  }
}
