package dev.engram;

import org.jspecify.annotations.Nullable;

/** A collection, space or alias of that name exists already. */
public final class ExistsException extends EngramException {
  private static final long serialVersionUID = 1L;

  public ExistsException(String message) {
    this(message, null);
  }

  public ExistsException(String message, @Nullable Throwable cause) {
    super(ErrorCode.ALREADY_EXISTS, message, cause);
  }
}
