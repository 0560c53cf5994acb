package dev.engram;

import org.jspecify.annotations.Nullable;

/**
 * The store that is followed went on from a commit that the follower has left behind; nothing was
 * changed, and the follower has to be made anew.
 */
public final class DivergedException extends EngramException {
  private static final long serialVersionUID = 1L;

  public DivergedException(String message) {
    this(message, null);
  }

  public DivergedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.DIVERGED, message, cause);
  }
}
