package dev.engram.cli;

import dev.engram.ErrorCode;

/** The exit codes, which scripts may rely on. */
final class ExitCode {
  static final int OK = 0;
  static final int ERROR = 1;
  static final int USAGE = 2;
  static final int NOT_FOUND = 3;

  /** Of a measure: a budget is missed. */
  static final int MISSED = 3;

  static final int CONFLICT = 4;
  static final int CORRUPT = 5;

  private ExitCode() {}

  static int of(ErrorCode code) {
    return switch (code) {
      case NOT_FOUND -> NOT_FOUND;
      case ALREADY_EXISTS, CONFLICT, LOCKED -> CONFLICT;
      case CORRUPT -> CORRUPT;
      default -> ERROR;
    };
  }
}
