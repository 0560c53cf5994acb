package dev.engram;

import org.jspecify.annotations.Nullable;

/** The store is a follower, which takes no writes until it is promoted; nothing was changed. */
public final class ReadOnlyException extends EngramException {
  private static final long serialVersionUID = 1L;

  public ReadOnlyException(String message) {
    this(message, null);
  }

  public ReadOnlyException(String message, @Nullable Throwable cause) {
    super(ErrorCode.READ_ONLY, message, cause);
  }
}
