package dev.engram;

import org.jspecify.annotations.Nullable;

/** Another transaction changed the same thing first; nothing was written, retry. */
public final class ConflictException extends EngramException {
  private static final long serialVersionUID = 1L;

  public ConflictException(String message) {
    this(message, null);
  }

  public ConflictException(String message, @Nullable Throwable cause) {
    super(ErrorCode.CONFLICT, message, cause);
  }
}
