package dev.engram.internal.text;

/** Carries what a filter or visitor of the caller threw past the handlers of damaged data. */
final class CallerFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallerFailure(Throwable cause) {
    super(cause);
  }
}
