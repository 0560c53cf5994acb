package dev.engram;

import org.jspecify.annotations.Nullable;

/** The stored configuration or embedder differs from the one given. */
public final class MismatchException extends EngramException {
  private static final long serialVersionUID = 1L;

  public MismatchException(String message) {
    this(message, null);
  }

  public MismatchException(String message, @Nullable Throwable cause) {
    super(ErrorCode.MISMATCH, message, cause);
  }
}
