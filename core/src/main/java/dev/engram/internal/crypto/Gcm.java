package dev.engram.internal.crypto;

import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * AES in Galois/counter mode. Ciphers are kept for the next caller, since making one costs more
 * than sealing a row. Thread-safe.
 */
final class Gcm {
  private static final int TAG_BITS = 128;
  private static final int PLACES = 64;

  private final AtomicReferenceArray<@Nullable Cipher> spare = new AtomicReferenceArray<>(PLACES);

  /** A piece of an array. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Slice(byte[] bytes, int offset, int length) {
    static Slice of(byte[] bytes) {
      return new Slice(bytes, 0, bytes.length);
    }
  }

  /**
   * Encrypts into an array, the tag behind the ciphertext.
   *
   * @param nonce never used before with this key
   * @param checked what opening compares besides, in this order
   */
  void seal(SecretKey key, byte[] nonce, Slice value, byte[] to, int at, Slice... checked) {
    try {
      int _ = run(Cipher.ENCRYPT_MODE, key, nonce, value, to, at, checked);
    } catch (AEADBadTagException e) {
      throw new IllegalStateException("sealing compares nothing", e);
    }
  }

  /** Decrypts what {@link #seal} made; the slice holds ciphertext and tag. */
  byte[] open(SecretKey key, byte[] nonce, Slice sealed, Slice... checked)
      throws AEADBadTagException {
    byte[] value = new byte[sealed.length - SealedLayout.TAG_BYTES];
    int _ = run(Cipher.DECRYPT_MODE, key, nonce, sealed, value, 0, checked);
    return value;
  }

  private int run(
      int mode, SecretKey key, byte[] nonce, Slice in, byte[] to, int at, Slice... checked)
      throws AEADBadTagException {
    int place = (int) Thread.currentThread().threadId() & (PLACES - 1);
    try {
      Cipher kept = spare.getAndSet(place, null);
      Cipher cipher = kept == null ? Cipher.getInstance("AES/GCM/NoPadding") : kept;
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      for (Slice each : checked) {
        cipher.updateAAD(each.bytes, each.offset, each.length);
      }
      int written = cipher.doFinal(in.bytes, in.offset, in.length, to, at);
      spare.set(place, cipher);
      return written;
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }
}
