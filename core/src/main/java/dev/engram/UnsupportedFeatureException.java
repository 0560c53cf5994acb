package dev.engram;

import org.jspecify.annotations.Nullable;

/** This build or this store does not offer what was asked. */
public final class UnsupportedFeatureException extends EngramException {
  private static final long serialVersionUID = 1L;

  public UnsupportedFeatureException(String message) {
    this(message, null);
  }

  public UnsupportedFeatureException(String message, @Nullable Throwable cause) {
    super(ErrorCode.UNSUPPORTED, message, cause);
  }
}
