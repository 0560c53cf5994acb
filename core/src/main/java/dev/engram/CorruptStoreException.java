package dev.engram;

import org.jspecify.annotations.Nullable;

/** Stored bytes are damaged, truncated or of an unknown version. */
public final class CorruptStoreException extends EngramException {
  private static final long serialVersionUID = 1L;

  public CorruptStoreException(String message) {
    this(message, null);
  }

  public CorruptStoreException(String message, @Nullable Throwable cause) {
    super(ErrorCode.CORRUPT, message, cause);
  }
}
