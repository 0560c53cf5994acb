package dev.engram;

import org.jspecify.annotations.Nullable;

/** The named collection, space, record or file does not exist. */
public final class NotFoundException extends EngramException {
  private static final long serialVersionUID = 1L;

  public NotFoundException(String message) {
    this(message, null);
  }

  public NotFoundException(String message, @Nullable Throwable cause) {
    super(ErrorCode.NOT_FOUND, message, cause);
  }
}
