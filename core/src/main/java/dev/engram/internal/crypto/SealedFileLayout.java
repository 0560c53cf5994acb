package dev.engram.internal.crypto;

import dev.engram.CorruptStoreException;
import dev.engram.EncryptionException;
import dev.engram.MismatchException;
import dev.engram.internal.crypto.Gcm.Slice;
import dev.engram.internal.format.ByteReader;
import dev.engram.internal.format.ByteWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A sealed file, such as an encrypted export.
 *
 * <pre>
 *   header:
 *     magic "EGXF" (4) | version (1) | bytes of the header from here to the checksum (4)
 *     id of the master key (text) | salt (16)
 *     AES-256-GCM of the key of the file (32), with its tag (16)
 *     CRC32C of everything before (4)
 *   chunks, each: AES-256-GCM of 65,536 bytes, fewer in the last one, with its tag (16)
 * </pre>
 *
 * The key of the file is drawn for it, and wrapped under a key that is derived from the master key
 * and the salt, which is drawn too: neither seals anything else. The nonce of the wrapped key is
 * zero, and it is bound to everything before it. The nonce of a chunk is three zero bytes, 1 for
 * the last chunk and 0 for others, and its number from 0 (8): a chunk opens only in its place, and
 * the last one only as the last. A file has at least one chunk, and only the first may be empty.
 * Every version has the magic, the length and the checksum of the header where they are.
 */
public final class SealedFileLayout {
  /** Bytes of a chunk, but for the last one. */
  public static final int CHUNK_BYTES = 1 << 16;

  /** Most chunks of a file, which is 2^48 bytes; far below what a key may seal. */
  static final long MAX_CHUNKS = 1L << 32;

  static final int SEALED_CHUNK_BYTES = CHUNK_BYTES + SealedLayout.TAG_BYTES;

  /** Bytes before the part of the header whose length they say. */
  static final int START_BYTES = Integer.BYTES + 1 + Integer.BYTES;

  /** Most bytes of that part, so that no file can ask for memory. */
  static final int MAX_HEADER_BYTES = 1 << 13;

  private static final int BEGINNING = 16;
  private static final int MAGIC = 0x45475846;
  private static final int VERSION = 1;
  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int LAST_AT = 3;
  private static final int WRAPPED_BYTES = DataKeys.KEY_BYTES + SealedLayout.TAG_BYTES;
  private static final String PURPOSE = "engram file 1";
  private static final String WHAT = "header of an encrypted file";

  private SealedFileLayout() {}

  /**
   * What a header says without a master key.
   *
   * @param masterKey the id of the key that opens the file
   * @param bound what the wrapped key is bound to
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Header(String masterKey, byte[] salt, byte[] bound, byte[] wrapped) {}

  /** The bytes by which a file is told, which stay to be read. */
  public static byte[] beginning(BufferedInputStream in) throws IOException {
    in.mark(BEGINNING);
    byte[] beginning = in.readNBytes(BEGINNING);
    in.reset();
    return beginning;
  }

  /** Whether a file that begins so is a sealed one, of this version or another. */
  public static boolean isSealed(byte[] beginning) {
    // Every version is a byte that is in no text, so that a text may begin as the magic does.
    return beginning.length > Integer.BYTES
        && ByteBuffer.wrap(beginning).getInt() == MAGIC
        && beginning[Integer.BYTES] > 0
        && beginning[Integer.BYTES] < '\t';
  }

  /** A key for a file that is to be written. */
  static byte[] drawKey(SecureRandom random) {
    byte[] key = new byte[DataKeys.KEY_BYTES];
    random.nextBytes(key);
    return key;
  }

  /** The header of a file, its key wrapped under a master key. */
  static byte[] header(byte[] fileKey, String masterKeyId, byte[] master, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    ByteWriter out = new ByteWriter(256).i32(MAGIC).u8(VERSION).i32(0);
    out.text(masterKeyId).raw(salt);
    int length = out.size() + WRAPPED_BYTES - START_BYTES;
    if (length > MAX_HEADER_BYTES) {
      throw new EncryptionException(
          "the id of the master key is too long: bytes="
              + masterKeyId.length()
              + ", header="
              + length
              + ", most="
              + MAX_HEADER_BYTES);
    }
    out.setI32(Integer.BYTES + 1, length);
    byte[] wrapped = new byte[WRAPPED_BYTES];
    SecretKey wrapping = Hkdf.aes(master, salt, PURPOSE);
    Slice bound = new Slice(out.array(), 0, out.size());
    new Gcm().seal(wrapping, new byte[NONCE_BYTES], Slice.of(fileKey), wrapped, 0, bound);
    out.raw(wrapped);
    return out.i32(checksum(out.array(), out.size())).toBytes();
  }

  /**
   * How many bytes of the header follow its start, the checksum included.
   *
   * @throws DamagedFileException where it is damaged
   */
  static int remaining(byte[] start) throws DamagedFileException {
    if (start.length < START_BYTES || !isSealed(start)) {
      throw damaged("bytes=" + start.length);
    }
    int length = ByteBuffer.wrap(start).getInt(Integer.BYTES + 1);
    if (length < WRAPPED_BYTES || length > MAX_HEADER_BYTES) {
      throw damaged("headerBytes=" + length);
    }
    return length + Integer.BYTES;
  }

  /**
   * A whole header.
   *
   * @throws DamagedFileException where it is damaged
   * @throws MismatchException where it has another version
   */
  static Header parse(byte[] header) throws DamagedFileException {
    int body = header.length - Integer.BYTES;
    if (body < START_BYTES + WRAPPED_BYTES
        || ByteBuffer.wrap(header).getInt(body) != checksum(header, body)) {
      throw damaged("bytes=" + header.length);
    }
    requireVersion(header[Integer.BYTES]);
    try {
      ByteReader in = new ByteReader(header, START_BYTES, body - START_BYTES, WHAT);
      String masterKey = in.text();
      byte[] salt = in.raw(SALT_BYTES);
      byte[] wrapped = in.raw(WRAPPED_BYTES);
      in.end();
      return new Header(masterKey, salt, Arrays.copyOf(header, body - WRAPPED_BYTES), wrapped);
    } catch (CorruptStoreException e) {
      throw new DamagedFileException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void requireVersion(int version) {
    if (version != VERSION) {
      throw new MismatchException(
          "the encrypted file has another version: file="
              + version
              + ", supported="
              + VERSION
              + "; use the version of Engram that wrote it");
    }
  }

  /**
   * The key of a file.
   *
   * @throws EncryptionException where the master key is not the one
   */
  static SecretKey unwrap(Header header, byte[] master) {
    SecretKey wrapping = Hkdf.aes(master, header.salt, PURPOSE);
    try {
      byte[] key =
          new Gcm()
              .open(
                  wrapping,
                  new byte[NONCE_BYTES],
                  Slice.of(header.wrapped),
                  Slice.of(header.bound));
      return secret(key);
    } catch (AEADBadTagException e) {
      throw new EncryptionException(
          "the master key does not open the file: id="
              + header.masterKey
              + "; give the one that it was encrypted with",
          e);
    }
  }

  /** A key as the cipher takes it; the array is overwritten. */
  static SecretKey secret(byte[] key) {
    try {
      return new SecretKeySpec(key, "AES");
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  static byte[] nonce(long chunk, boolean last) {
    byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putLong(Integer.BYTES, chunk).array();
    nonce[LAST_AT] = (byte) (last ? 1 : 0);
    return nonce;
  }

  private static DamagedFileException damaged(String why) {
    return new DamagedFileException("the " + WHAT + " is damaged or cut short: " + why, null);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
