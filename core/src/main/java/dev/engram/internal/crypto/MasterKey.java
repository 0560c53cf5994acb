package dev.engram.internal.crypto;

import dev.engram.EncryptionException;
import dev.engram.spi.KeySource;
import java.util.Arrays;
import java.util.function.Function;

/** How a master key is used: asked for, checked, and overwritten. Static functions only. */
public final class MasterKey {
  private MasterKey() {}

  /**
   * Runs work with a key, which must not outlive it.
   *
   * @throws EncryptionException where there is no key of this id, or it has another size
   */
  public static <T> T use(KeySource source, String id, Function<byte[], T> work) {
    byte[] key = source.key(id);
    try {
      if (key.length != DataKeys.KEY_BYTES) {
        throw new EncryptionException(
            "the master key has another size: id="
                + id
                + ", bytes="
                + key.length
                + ", allowed="
                + DataKeys.KEY_BYTES);
      }
      return work.apply(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
