package dev.engram;

import org.jspecify.annotations.Nullable;

/** A bounded queue stayed full for too long; nothing was written, retry later. */
public final class OverloadedException extends EngramException {
  private static final long serialVersionUID = 1L;

  public OverloadedException(String message) {
    this(message, null);
  }

  public OverloadedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.OVERLOADED, message, cause);
  }
}
