package dev.engram.cli;

import org.jspecify.annotations.Nullable;

/** A failure of the command line itself, such as a file that cannot be read; exit code 1. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
