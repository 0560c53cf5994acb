package dev.engram.internal.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Digests of what the user gave, by which rows are keyed: SHA-256, cut. */
public final class Digest {
  /** Bytes of a digest in a key. */
  public static final int KEY_BYTES = 16;

  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(Digest::newSha256);

  private Digest() {}

  /** The first 16 bytes of SHA-256. */
  public static byte[] of(byte[] content) {
    return Arrays.copyOf(SHA256.get().digest(content), KEY_BYTES);
  }

  /** The first 16 bytes of SHA-256 of the UTF-8 bytes. */
  public static byte[] of(String content) {
    return of(content.getBytes(StandardCharsets.UTF_8));
  }

  /** The first 8 bytes of SHA-256 of the UTF-8 bytes, as a big-endian number. */
  public static long longOf(String content) {
    return ByteBuffer.wrap(of(content)).getLong();
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
