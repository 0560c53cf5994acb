package dev.engram.internal.format;

import dev.engram.CorruptStoreException;
import java.util.zip.CRC32C;

/**
 * The envelope of every value in the store.
 *
 * <pre>
 *   +---------+-----------------+-----------------------------------------+
 *   | version | payload         | CRC32C of key, version, payload (4, BE) |
 *   |  1 byte | 0 or more bytes |                                         |
 *   +---------+-----------------+-----------------------------------------+
 * </pre>
 *
 * The key is part of the checksum, so that a value that turns up under another key is damage too.
 */
public final class Frame {
  /** Bytes that a frame adds to its payload. */
  public static final int OVERHEAD_BYTES = 5;

  private Frame() {}

  /** Starts a frame: the payload is written to the returned writer. */
  public static ByteWriter start(int version, int capacityBytes) {
    return new ByteWriter(capacityBytes + OVERHEAD_BYTES).u8(version);
  }

  /** Ends a frame that {@link #start} began, and returns its bytes. */
  public static byte[] seal(byte[] key, ByteWriter started) {
    started.i32(checksum(key, started.array(), 0, started.size()));
    return started.toBytes();
  }

  /**
   * Checks a frame.
   *
   * @param what names the value in errors
   * @return a reader of the payload
   * @throws CorruptStoreException where the checksum or the version is wrong
   */
  public static ByteReader open(byte[] key, byte[] value, int version, String what) {
    if (value.length < OVERHEAD_BYTES) {
      throw new CorruptStoreException(
          "damaged " + what + ": bytes=" + value.length + ", least=" + OVERHEAD_BYTES);
    }
    int body = value.length - Integer.BYTES;
    int sum = new ByteReader(value, body, Integer.BYTES, what).i32();
    int computed = checksum(key, value, 0, body);
    if (sum != computed) {
      throw new CorruptStoreException(
          "damaged %s: checksum=%08x, computed=%08x".formatted(what, sum, computed));
    }
    int stored = version(value);
    if (stored != version) {
      throw new CorruptStoreException(
          "unreadable "
              + what
              + ": version="
              + stored
              + ", known="
              + version
              + otherVersion(stored, version));
    }
    return new ByteReader(value, 1, body - 1, what);
  }

  private static String otherVersion(int stored, int known) {
    return stored > known
        ? "; a newer Engram wrote it, open it with that"
        : "; an older Engram wrote it, of before the first release";
  }

  /** The version that a frame says it has, unchecked; 0 of nothing. */
  public static int version(byte[] value) {
    return value.length == 0 ? 0 : value[0] & 0xFF;
  }

  private static int checksum(byte[] key, byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(key, 0, key.length);
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
