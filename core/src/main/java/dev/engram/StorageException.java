package dev.engram;

import org.jspecify.annotations.Nullable;

/** The operating system refused a read or a write, or the store stopped after such an error. */
public final class StorageException extends EngramException {
  private static final long serialVersionUID = 1L;

  public StorageException(String message) {
    this(message, null);
  }

  public StorageException(String message, @Nullable Throwable cause) {
    super(ErrorCode.STORAGE, message, cause);
  }
}
