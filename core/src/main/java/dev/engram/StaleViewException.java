package dev.engram;

import org.jspecify.annotations.Nullable;

/** A view failed or is being rebuilt and cannot answer yet; commits are not affected. */
public final class StaleViewException extends EngramException {
  private static final long serialVersionUID = 1L;

  public StaleViewException(String message) {
    this(message, null);
  }

  public StaleViewException(String message, @Nullable Throwable cause) {
    super(ErrorCode.STALE_VIEW, message, cause);
  }
}
