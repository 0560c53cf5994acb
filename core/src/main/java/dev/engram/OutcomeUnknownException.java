package dev.engram;

import org.jspecify.annotations.Nullable;

/** A commit met an I/O error: it may be present after reopening. Retry with its idempotency key. */
public final class OutcomeUnknownException extends EngramException {
  private static final long serialVersionUID = 1L;

  public OutcomeUnknownException(String message) {
    this(message, null);
  }

  public OutcomeUnknownException(String message, @Nullable Throwable cause) {
    super(ErrorCode.OUTCOME_UNKNOWN, message, cause);
  }
}
