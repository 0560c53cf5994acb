package dev.engram.internal.crypto;

/**
 * What a value is before it goes to the disk, and what it was when it comes back. Thread-safe.
 *
 * <p>Rows are named by the code of their family and their key, which are not secret; a value opens
 * only in the row for which it was sealed.
 */
public sealed interface Sealer permits KeySealer, PlainSealer {
  /** Of a store that is not encrypted: values are what they are. */
  Sealer PLAIN = new PlainSealer();

  /** A value as it is stored. */
  byte[] seal(int family, byte[] key, byte[] value);

  /**
   * A value as it was given.
   *
   * @throws dev.engram.CorruptStoreException where it was altered, or belongs to another row or
   *     store
   * @throws dev.engram.EncryptionException where it is sealed and there are no keys
   */
  byte[] open(int family, byte[] key, byte[] stored);

  /** Whether a stored value is as it would be stored now: not under an older data key. */
  boolean isNewest(byte[] stored);

  /** Whether stored values are encrypted. */
  boolean encrypts();
}
