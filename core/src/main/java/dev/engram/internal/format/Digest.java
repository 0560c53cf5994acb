package dev.engram.internal.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Digests of what the user gave, by which rows are keyed: SHA-256, cut. */
public final class Digest {
  /** Bytes of a digest in a key. */
  public static final int KEY_BYTES = 16;

  private static final int BUFFER_BYTES = 64 * 1024;

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

  /** SHA-256 of bytes, in hexadecimal. */
  public static String hex(byte[] content) {
    return HexFormat.of().formatHex(SHA256.get().digest(content));
  }

  /** SHA-256 of a file's bytes, in hexadecimal. */
  public static String hex(Path file) throws IOException {
    MessageDigest digest = newSha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 to be fed with bytes; each call gives another one. */
  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
