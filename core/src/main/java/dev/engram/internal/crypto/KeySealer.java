package dev.engram.internal.crypto;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.engram.CorruptStoreException;
import dev.engram.internal.crypto.DataKeys.DataKey;
import dev.engram.internal.crypto.Gcm.Slice;
import dev.engram.internal.crypto.SealedLayout.Salt;
import dev.engram.internal.format.ByteWriter;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;

/**
 * Seals values under the newest of a store's data keys, and opens those of all.
 *
 * <p><b>No nonce is used twice with a key.</b> Each opening of a store, and each new data key,
 * draws a salt and derives a key of its own from it; the nonces of that key are counted. So it
 * needs no memory of the past: neither a crash nor going back to an old copy of the store can make
 * it count again under a key that was used. The salt comes from the system's randomness whatever
 * randomness the store was given.
 */
public final class KeySealer implements Sealer {
  /** After so many values a key is derived anew, far below what one may seal. */
  static final long MAX_VALUES = 1L << 32;

  /** Derived keys that are held; a store has one for each time that it was opened and written. */
  private static final int MAX_DERIVED = 4_096;

  private static final String PURPOSE = "engram value 1";

  private final Gcm gcm = new Gcm();
  private final SecureRandom random;
  private final long maxValues;
  private final Cache<Salt, SecretKey> derived =
      Caffeine.newBuilder().maximumSize(MAX_DERIVED).executor(Runnable::run).build();
  private volatile DataKeys keys;
  private volatile Writer writer;

  public KeySealer(DataKeys keys, SecureRandom random) {
    this(keys, random, MAX_VALUES);
  }

  KeySealer(DataKeys keys, SecureRandom random, long maxValues) {
    this.random = random;
    this.maxValues = maxValues;
    this.keys = keys;
    this.writer = drawn(keys);
  }

  /** A derived key, and how many values it has sealed. */
  private record Writer(Salt salt, SecretKey key, AtomicLong used) {}

  /** Seals under the newest of these keys from now on; they hold all that it had before. */
  public synchronized void use(DataKeys more) {
    keys = more;
    writer = drawn(more);
  }

  private Writer drawn(DataKeys of) {
    Salt salt = new Salt(of.current().id(), random.nextLong(), random.nextInt());
    return new Writer(salt, derive(of.current(), salt), new AtomicLong());
  }

  private synchronized Writer after(Writer full) {
    if (writer.salt.equals(full.salt)) {
      writer = drawn(keys);
    }
    return writer;
  }

  private static SecretKey derive(DataKey key, Salt salt) {
    return Hkdf.aes(key.bytes(), salt.bytes(), PURPOSE);
  }

  @Override
  public byte[] seal(int family, byte[] key, byte[] value) {
    Writer used = writer;
    long counter = used.used.incrementAndGet();
    while (counter > maxValues) {
      used = after(used);
      counter = used.used.incrementAndGet();
    }
    byte[] sealed = SealedLayout.begin(used.salt, counter, value.length);
    gcm.seal(
        used.key,
        SealedLayout.nonce(sealed),
        Slice.of(value),
        sealed,
        SealedLayout.HEADER_BYTES,
        place(family),
        new Slice(sealed, 0, SealedLayout.HEADER_BYTES),
        Slice.of(key));
    return sealed;
  }

  @Override
  public byte[] open(int family, byte[] key, byte[] stored) {
    if (!SealedLayout.isSealed(stored) || stored.length < SealedLayout.OVERHEAD_BYTES) {
      throw damaged(family, "it is not sealed, bytes=" + stored.length);
    }
    Slice sealed =
        new Slice(stored, SealedLayout.HEADER_BYTES, stored.length - SealedLayout.HEADER_BYTES);
    try {
      return gcm.open(
          key(family, SealedLayout.salt(stored)),
          SealedLayout.nonce(stored),
          sealed,
          place(family),
          new Slice(stored, 0, SealedLayout.HEADER_BYTES),
          Slice.of(key));
    } catch (AEADBadTagException e) {
      throw damaged(family, "it was altered, or sealed for another row or store");
    }
  }

  private SecretKey key(int family, Salt salt) {
    Writer own = writer;
    if (own.salt.equals(salt)) {
      return own.key;
    }
    DataKey of = keys.find(salt.keyId());
    if (of == null) {
      throw damaged(family, "there is no data key of its id, key=" + salt.keyId());
    }
    return derived.get(salt, each -> derive(of, each));
  }

  /** What is the same for all rows of a family. */
  private Slice place(int family) {
    DataKeys of = keys;
    return Slice.of(
        new ByteWriter(17)
            .i64(of.id().getMostSignificantBits())
            .i64(of.id().getLeastSignificantBits())
            .u8(family)
            .toBytes());
  }

  private static CorruptStoreException damaged(int family, String why) {
    return new CorruptStoreException(
        "a sealed value cannot be opened: family="
            + family
            + ", why="
            + why
            + "; restore the store from a backup");
  }

  /**
   * The id of the data key under which a stored value is sealed.
   *
   * @throws CorruptStoreException where it is not sealed
   */
  public static int keyIdOf(byte[] stored) {
    if (!SealedLayout.isSealed(stored) || stored.length < SealedLayout.OVERHEAD_BYTES) {
      throw new CorruptStoreException(
          "a value of an encrypted store is not sealed: bytes="
              + stored.length
              + "; restore the store from a backup");
    }
    return SealedLayout.salt(stored).keyId();
  }

  @Override
  public boolean isNewest(byte[] stored) {
    return SealedLayout.isSealed(stored)
        && stored.length >= SealedLayout.OVERHEAD_BYTES
        && SealedLayout.salt(stored).keyId() == writer.salt.keyId();
  }

  @Override
  public boolean encrypts() {
    return true;
  }

  /** Overwrites the data keys and lets go what was derived; call it when nothing is read more. */
  public void clear() {
    keys.clear();
    derived.invalidateAll();
  }
}
