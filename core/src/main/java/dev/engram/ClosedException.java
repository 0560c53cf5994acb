package dev.engram;

import org.jspecify.annotations.Nullable;

/** A store, transaction or cursor was used after it was closed. */
public final class ClosedException extends EngramException {
  private static final long serialVersionUID = 1L;

  public ClosedException(String message) {
    this(message, null);
  }

  public ClosedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.CLOSED, message, cause);
  }
}
