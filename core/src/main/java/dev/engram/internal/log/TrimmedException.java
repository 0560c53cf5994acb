package dev.engram.internal.log;

/** A replay asked for commits that the log no longer holds: rebuild from the state instead. */
public final class TrimmedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrimmedException(long wanted, long found) {
    super("the log is trimmed: wanted=" + wanted + ", first=" + found);
  }
}
