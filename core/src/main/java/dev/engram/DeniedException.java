package dev.engram;

import org.jspecify.annotations.Nullable;

/** An outside service does not let the caller in, or not do this; nothing was changed. */
public final class DeniedException extends EngramException {
  private static final long serialVersionUID = 1L;

  public DeniedException(String message) {
    this(message, null);
  }

  public DeniedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.DENIED, message, cause);
  }
}
