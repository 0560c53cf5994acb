package dev.engram.internal.crypto;

import dev.engram.EncryptionException;

/** Of a store that is not encrypted. A sealed value in it means that the file of keys is gone. */
final class PlainSealer implements Sealer {
  @Override
  public byte[] seal(int family, byte[] key, byte[] value) {
    return value;
  }

  @Override
  public byte[] open(int family, byte[] key, byte[] stored) {
    if (SealedLayout.isSealed(stored)) {
      throw new EncryptionException(
          "the store is encrypted and its file of keys is missing: family="
              + family
              + "; put engram.keys back, or restore the store from a backup");
    }
    return stored;
  }

  @Override
  public boolean isNewest(byte[] stored) {
    return true;
  }

  @Override
  public boolean encrypts() {
    return false;
  }
}
