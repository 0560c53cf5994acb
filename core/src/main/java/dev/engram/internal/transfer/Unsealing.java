package dev.engram.internal.transfer;

import dev.engram.EncryptionException;
import dev.engram.Import;
import dev.engram.internal.crypto.SealedFileLayout;
import dev.engram.internal.crypto.SealedInput;
import dev.engram.spi.KeySource;
import dev.engram.spi.TransferFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What opens an encrypted file.
 *
 * @param keys null where there are none
 * @param secret whether the store is encrypted, so that nothing of it may lie about as plain text
 */
record Unsealing(@Nullable KeySource keys, boolean secret) {
  static Unsealing of(TransferStore store, Import how) {
    KeySource own = store.keys().orElse(null);
    return new Unsealing(how.encryption().orElse(own), own != null);
  }

  static boolean isSealed(BufferedInputStream in) throws IOException {
    return SealedFileLayout.isSealed(SealedFileLayout.beginning(in));
  }

  /** What a file holds; null where it is not encrypted, and then nothing was read. */
  @Nullable SealedInput open(BufferedInputStream in) throws IOException {
    if (!isSealed(in)) {
      return null;
    }
    if (keys == null) {
      throw new EncryptionException(
          "the import is encrypted and no key is given: masterKey="
              + SealedInput.masterKeyOf(in)
              + "; give the keyring that has it");
    }
    return SealedInput.open(in, keys);
  }

  /** Refuses a form that would leave an encrypted file as plain text beside an encrypted store. */
  void require(TransferFormat format) {
    if (secret && format.leavesPlainFiles()) {
      throw new EncryptionException(
          "the form would write a temporary file that is not encrypted: form="
              + format.name()
              + "; use another form, or allow plain text");
    }
  }
}
