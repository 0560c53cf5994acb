package dev.engram;

import org.jspecify.annotations.Nullable;

/** The caller cancelled a long operation; what was committed before stays. */
public final class CancelledException extends EngramException {
  private static final long serialVersionUID = 1L;

  public CancelledException(String message) {
    this(message, null);
  }

  public CancelledException(String message, @Nullable Throwable cause) {
    super(ErrorCode.CANCELLED, message, cause);
  }
}
