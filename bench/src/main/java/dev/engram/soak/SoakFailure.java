package dev.engram.soak;

import java.util.List;

/** The store does not hold what it must, or answers wrong. */
final class SoakFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SoakFailure(String what) {
    super(what);
  }

  SoakFailure(String what, Throwable cause) {
    super(what, cause);
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new SoakFailure(otherwise);
    }
  }

  /** Fails where anything differs. */
  static void requireNone(List<String> differences, String where) {
    require(differences.isEmpty(), where + ":\n  " + String.join("\n  ", differences));
  }
}
