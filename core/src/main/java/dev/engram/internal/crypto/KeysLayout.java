package dev.engram.internal.crypto;

import dev.engram.CorruptStoreException;
import dev.engram.EncryptionException;
import dev.engram.MismatchException;
import dev.engram.internal.crypto.DataKeys.DataKey;
import dev.engram.internal.crypto.Gcm.Slice;
import dev.engram.internal.format.ByteReader;
import dev.engram.internal.format.ByteWriter;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;

/**
 * The file of keys of an encrypted store. In version 1 ids grow by one from 1; in version 2, which
 * is written where keys were removed, they only grow.
 *
 * <pre>
 *   magic "EGKF" (4) | version (1)
 *   id of the keys (16) | id of the master key (text) | salt (16)
 *   count (varint), then each data key, the last of which seals:
 *     id (4) | created (8, milliseconds since the epoch)
 *     AES-256-GCM of the key (32), with its tag (16)
 *   check (16): the tag of everything before
 *   CRC32C of everything before (4)
 * </pre>
 *
 * A data key is wrapped under a key that is derived from the master key and the salt, which is
 * drawn each time the file is written; its nonce is its place in the file, and it is bound to the
 * id of the keys, to its own and to its time. The check is under the same key, with a nonce of
 * {@code FF}: it tells a wrong master key and a file that was altered on purpose; the checksum
 * tells damage, without a key.
 */
public final class KeysLayout {
  /** Largest file that is read, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int MAGIC = 0x45474B46;
  private static final int ALL = 1;
  private static final int SOME = 2;
  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int WRAPPED_BYTES = DataKeys.KEY_BYTES + SealedLayout.TAG_BYTES;
  private static final String PURPOSE = "engram keys 1";
  private static final String WHAT = "file of keys";

  private KeysLayout() {}

  /** A data key as the file tells it: not the key. */
  public record Listed(int id, long createdAt) {}

  /**
   * What the file says without a master key.
   *
   * @param masterKey the id of the key that opens it
   * @param keys the last one seals
   */
  public record Contents(String masterKey, List<Listed> keys) {}

  /** The file, its data keys wrapped under a master key. */
  public static byte[] encode(
      DataKeys keys, String masterKeyId, byte[] masterKey, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    SecretKey wrapping = Hkdf.aes(masterKey, salt, PURPOSE);
    Gcm gcm = new Gcm();
    ByteWriter out = new ByteWriter(256).i32(MAGIC).u8(version(keys));
    out.i64(keys.id().getMostSignificantBits()).i64(keys.id().getLeastSignificantBits());
    out.text(masterKeyId).raw(salt).varint(keys.all().size());
    int place = 0;
    for (DataKey key : keys.all()) {
      byte[] wrapped = new byte[WRAPPED_BYTES];
      Slice bound = bound(keys.id(), key.id(), key.createdAt());
      gcm.seal(wrapping, nonce(place++), Slice.of(key.bytes()), wrapped, 0, bound);
      out.i32(key.id()).i64(key.createdAt()).raw(wrapped);
    }
    byte[] check = new byte[SealedLayout.TAG_BYTES];
    Slice before = new Slice(out.array(), 0, out.size());
    gcm.seal(wrapping, checkNonce(), Slice.of(new byte[0]), check, 0, before);
    out.raw(check);
    return out.i32(checksum(out.array(), out.size())).toBytes();
  }

  private static int version(DataKeys keys) {
    return keys.current().id() == keys.all().size() ? ALL : SOME;
  }

  /**
   * What the file says without a key.
   *
   * @throws CorruptStoreException where it is damaged
   * @throws MismatchException where it has another version
   */
  public static Contents contents(byte[] file) {
    Parsed parsed = parse(file);
    List<Listed> listed =
        parsed.keys.stream().map(each -> new Listed(each.id, each.createdAt)).toList();
    return new Contents(parsed.masterKey, listed);
  }

  /**
   * The data keys.
   *
   * @throws EncryptionException where the master key is not the one
   * @throws CorruptStoreException where the file is damaged
   */
  public static DataKeys unwrap(byte[] file, byte[] masterKey) {
    Parsed parsed = parse(file);
    SecretKey wrapping = Hkdf.aes(masterKey, parsed.salt, PURPOSE);
    Gcm gcm = new Gcm();
    List<DataKey> keys = new ArrayList<>();
    try {
      byte[] _ =
          gcm.open(
              wrapping, checkNonce(), Slice.of(parsed.check), new Slice(file, 0, parsed.checked));
      for (Wrapped each : parsed.keys) {
        Slice bound = bound(parsed.id, each.id, each.createdAt);
        byte[] key = gcm.open(wrapping, nonce(keys.size()), Slice.of(each.bytes), bound);
        keys.add(new DataKey(each.id, each.createdAt, key));
      }
    } catch (AEADBadTagException e) {
      throw new EncryptionException(
          "the master key does not open the store: id="
              + parsed.masterKey
              + "; give the one that it was encrypted with",
          e);
    }
    return new DataKeys(parsed.id, keys);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Wrapped(int id, long createdAt, byte[] bytes) {}

  /**
   * @param checked how many bytes of the file the check is of
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Parsed(
      UUID id, String masterKey, byte[] salt, List<Wrapped> keys, int checked, byte[] check) {}

  private static Parsed parse(byte[] file) {
    ByteReader in = opened(file);
    int version = version(in);
    UUID id = new UUID(in.i64(), in.i64());
    String masterKey = in.text();
    byte[] salt = in.raw(SALT_BYTES);
    int count = in.length();
    if (count < 1 || count > DataKeys.MAX_KEYS) {
      throw in.damaged("keys=" + count + ", allowed=1.." + DataKeys.MAX_KEYS);
    }
    List<Wrapped> keys = new ArrayList<>();
    int last = 0;
    for (int i = 1; i <= count; i++) {
      Wrapped key = new Wrapped(in.i32(), in.i64(), in.raw(WRAPPED_BYTES));
      if (key.id <= last || (version == ALL && key.id != i)) {
        throw in.damaged("key=" + key.id + ", after=" + last + ", version=" + version);
      }
      last = key.id;
      keys.add(key);
    }
    int checked = in.position();
    byte[] check = in.raw(SealedLayout.TAG_BYTES);
    in.end();
    return new Parsed(id, masterKey, salt, keys, checked, check);
  }

  private static ByteReader opened(byte[] file) {
    int body = file.length - Integer.BYTES;
    if (body < Integer.BYTES + 1
        || new ByteReader(file, WHAT).i32() != MAGIC
        || new ByteReader(file, body, Integer.BYTES, WHAT).i32() != checksum(file, body)) {
      throw new CorruptStoreException(
          "damaged "
              + WHAT
              + ": bytes="
              + file.length
              + "; put back a copy of engram.keys, such as that of a backup of the store");
    }
    return new ByteReader(file, Integer.BYTES, body - Integer.BYTES, WHAT);
  }

  private static int version(ByteReader in) {
    int version = in.u8();
    if (version != ALL && version != SOME) {
      throw new MismatchException(
          "the "
              + WHAT
              + " has another version: stored="
              + version
              + ", supported="
              + ALL
              + ".."
              + SOME
              + "; use the version of Engram that made it");
    }
    return version;
  }

  private static Slice bound(UUID id, int keyId, long createdAt) {
    return Slice.of(
        new ByteWriter(28)
            .i64(id.getMostSignificantBits())
            .i64(id.getLeastSignificantBits())
            .i32(keyId)
            .i64(createdAt)
            .toBytes());
  }

  private static byte[] nonce(int place) {
    return ByteBuffer.allocate(NONCE_BYTES).putInt(NONCE_BYTES - Integer.BYTES, place).array();
  }

  private static byte[] checkNonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    Arrays.fill(nonce, (byte) 0xFF);
    return nonce;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
