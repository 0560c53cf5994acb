package dev.engram;

import org.jspecify.annotations.Nullable;

/** An argument is outside its contract; the store is unchanged. */
public final class InvalidInputException extends EngramException {
  private static final long serialVersionUID = 1L;

  public InvalidInputException(String message) {
    this(message, null);
  }

  public InvalidInputException(String message, @Nullable Throwable cause) {
    super(ErrorCode.INVALID_INPUT, message, cause);
  }
}
