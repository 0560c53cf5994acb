package dev.engram.spi;

/**
 * Where master keys come from: a {@link dev.engram.Keyring}, or a key management service. A master
 * key wraps the data keys of stores, and those of files that leave them. It is asked for when a
 * store is opened, its keys are rotated or wrapped anew, and for each file that is exported,
 * imported, shipped to an archive or read from one, or that holds the commits of a backup: keep it
 * within reach while a store is archived. Thread-safe.
 */
public interface KeySource {
  /**
   * The id of the key that new stores are encrypted with. An id is no secret: stores say it.
   *
   * @throws dev.engram.EncryptionException where there is no key, or it may not be used
   */
  String current();

  /**
   * A key of 32 bytes, in an array of its own, which the caller overwrites.
   *
   * @throws dev.engram.EncryptionException where there is no key of this id
   */
  byte[] key(String id);
}
