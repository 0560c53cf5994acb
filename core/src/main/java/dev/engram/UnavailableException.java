package dev.engram;

import org.jspecify.annotations.Nullable;

/** An embedder or another outside service failed after its retries. */
public final class UnavailableException extends EngramException {
  private static final long serialVersionUID = 1L;

  public UnavailableException(String message) {
    this(message, null);
  }

  public UnavailableException(String message, @Nullable Throwable cause) {
    super(ErrorCode.UNAVAILABLE, message, cause);
  }
}
