package dev.engram.internal.transfer;

import dev.engram.spi.KeySource;
import java.security.SecureRandom;

/** A key for one temporary file, that is kept nowhere. Thread-safe. */
final class DraftKey implements KeySource {
  private static final String ID = "draft";
  private static final int KEY_BYTES = 32;

  private final byte[] key = new byte[KEY_BYTES];

  DraftKey(SecureRandom random) {
    random.nextBytes(key);
  }

  @Override
  public String current() {
    return ID;
  }

  @Override
  public byte[] key(String id) {
    return key.clone();
  }
}
