package dev.engram.testing;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Changes encodings a little, in the ways in which decoders go wrong. Not thread-safe. */
final class Mutation {
  /** Most changes of one encoding. */
  private static final int CHANGES = 4;

  /** Longest that an encoding becomes by repeating a part of it. */
  private static final int REPEATED_BYTES = 1 << 16;

  /** Bytes at which something changes: signs, lengths and kinds of numbers. */
  private static final int[] EDGES = {0, 1, 2, 0x20, 0x7F, 0x80, 0x81, 0xC0, 0xFE, 0xFF};

  /** Numbers that are too large for a length, as forms write numbers. */
  private static final List<byte[]> BOMBS =
      List.of(
          hex("7fffffff"),
          hex("ffffff7f"),
          hex("ffffffff"),
          hex("80000000"),
          hex("00000080"),
          hex("7fffffffffffffff"),
          hex("8000000000000000"),
          hex("ffffffffffffffff"),
          hex("ffffffff07"),
          hex("ffffffffffffffff7f"),
          hex("ffffffffffffffffff01"),
          hex("80808080808080808001"),
          hex("ffffffffffffffffffffffff"));

  private final Random random;
  private final List<byte[]> valid;

  Mutation(Random random, List<byte[]> valid) {
    this.random = random;
    this.valid = valid;
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  /** One more input. */
  byte[] next() {
    byte[] bytes = any().clone();
    for (int left = 1 + random.nextInt(CHANGES); left > 0; left--) {
      bytes = changed(bytes);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes) {
    if (bytes.length == 0) {
      return random(1 + random.nextInt(16));
    }
    int at = random.nextInt(bytes.length);
    int length = random.nextInt(1 + Math.min(bytes.length - at, 64));
    return switch (random.nextInt(40)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> with(bytes, at, bytes[at] ^ (1 << random.nextInt(8)));
      case 8, 9, 10, 11 -> with(bytes, at, random.nextInt(256));
      case 12, 13, 14, 15 -> with(bytes, at, EDGES[random.nextInt(EDGES.length)]);
      case 16, 17, 18 -> Arrays.copyOf(bytes, at);
      case 19, 20, 21 -> replaced(bytes, at, length, new byte[0]);
      case 22, 23, 24 -> replaced(bytes, at, 0, random(1 + random.nextInt(16)));
      case 25, 26, 27 -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
      case 28, 29, 30 -> spliced(bytes, at);
      case 31, 32, 33 -> over(bytes, at, BOMBS.get(random.nextInt(BOMBS.size())));
      case 34, 35, 36 -> replaced(bytes, at, 1, BOMBS.get(random.nextInt(BOMBS.size())));
      case 37 -> replaced(bytes, at, 0, repeated(Arrays.copyOfRange(bytes, at, at + length)));
      case 38 -> replaced(bytes, at, length, new byte[length]);
      default -> random(random.nextInt(64));
    };
  }

  private byte[] any() {
    return valid.get(random.nextInt(valid.size()));
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }

  /** Its beginning, and an end of another one. */
  private byte[] spliced(byte[] bytes, int at) {
    byte[] other = any();
    int from = random.nextInt(other.length + 1);
    return replaced(bytes, at, bytes.length - at, Arrays.copyOfRange(other, from, other.length));
  }

  private static byte[] over(byte[] bytes, int at, byte[] part) {
    return replaced(bytes, at, Math.min(part.length, bytes.length - at), part);
  }

  private byte[] repeated(byte[] part) {
    if (part.length == 0) {
      return part;
    }
    byte[] all = new byte[part.length * (1 + random.nextInt(REPEATED_BYTES / part.length))];
    for (int i = 0; i < all.length; i++) {
      all[i] = part[i % part.length];
    }
    return all;
  }

  private static byte[] replaced(byte[] bytes, int at, int length, byte[] part) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + part.length);
    out.write(bytes, 0, at);
    out.write(part, 0, part.length);
    out.write(bytes, at + length, bytes.length - at - length);
    return out.toByteArray();
  }
}
