package dev.engram;

import org.jspecify.annotations.Nullable;

/** The directory is open already; the message names the process that holds it. */
public final class StoreLockedException extends EngramException {
  private static final long serialVersionUID = 1L;

  public StoreLockedException(String message) {
    this(message, null);
  }

  public StoreLockedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.LOCKED, message, cause);
  }
}
