package dev.engram;

import org.jspecify.annotations.Nullable;

/**
 * A store is encrypted and its key is missing or wrong; or it is not, and a key was given; or
 * something would leave it as plain text without being allowed to. Nothing was changed.
 */
public final class EncryptionException extends EngramException {
  private static final long serialVersionUID = 1L;

  public EncryptionException(String message) {
    this(message, null);
  }

  public EncryptionException(String message, @Nullable Throwable cause) {
    super(ErrorCode.ENCRYPTION, message, cause);
  }
}
