package dev.engram.internal.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Derives keys from keys: HKDF with SHA-256 (RFC 5869). Static functions only. */
final class Hkdf {
  private Hkdf() {}

  /** An AES key of 256 bits; another one for each salt and each purpose. */
  static SecretKey aes(byte[] key, byte[] salt, String purpose) {
    try {
      byte[] info = purpose.getBytes(StandardCharsets.US_ASCII);
      byte[] derived =
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addIKM(key)
                      .addSalt(salt)
                      .thenExpand(info, DataKeys.KEY_BYTES));
      try {
        return new SecretKeySpec(derived, "AES");
      } finally {
        Arrays.fill(derived, (byte) 0);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HKDF", e);
    }
  }
}
