package dev.engram;

/** Stable names of what can go wrong, the same in Java, on the command line and over the wire. */
public enum ErrorCode {
  /** An argument is outside its contract; nothing was changed. */
  INVALID_INPUT("invalid-input"),
  /** The named collection, space, record or file does not exist. */
  NOT_FOUND("not-found"),
  /** The name or record exists already. */
  ALREADY_EXISTS("already-exists"),
  /** Another transaction changed the same thing first; retry. */
  CONFLICT("conflict"),
  /** Another process or another open store holds the directory. */
  LOCKED("locked"),
  /** The store, transaction or cursor was closed before this call. */
  CLOSED("closed"),
  /** Stored bytes fail their checksum or their structure. */
  CORRUPT("corrupt"),
  /** The operating system refused a read or a write; nothing was acknowledged. */
  STORAGE("storage"),
  /** A commit met an I/O error; it may or may not be there after reopening. */
  OUTCOME_UNKNOWN("outcome-unknown"),
  /** A bounded queue stayed full for longer than the caller may wait; nothing was changed. */
  OVERLOADED("overloaded"),
  /** A view is being rebuilt and cannot answer yet. */
  STALE_VIEW("stale-view"),
  /** The stored configuration or embedder differs from the one given. */
  MISMATCH("mismatch"),
  /**
   * A key is missing or wrong, or plain text would leave an encrypted store; nothing was changed.
   */
  ENCRYPTION("encryption"),
  /** The store is a follower, which takes no writes until it is promoted; nothing was changed. */
  READ_ONLY("read-only"),
  /** What is followed left the follower's history behind; the follower has to be made anew. */
  DIVERGED("diverged"),
  /** The commit is in the store, but not in the archive that it was to wait for. */
  NOT_ARCHIVED("not-archived"),
  /** The caller cancelled the operation. */
  CANCELLED("cancelled"),
  /** This build or this store does not offer what was asked. */
  UNSUPPORTED("unsupported"),
  /** An outside service does not let the caller in, or not do this; nothing was changed. */
  DENIED("denied"),
  /** An embedder or another outside service failed. */
  UNAVAILABLE("unavailable");

  private final String text;

  ErrorCode(String text) {
    this.text = text;
  }

  /** The code as it is written on the command line, in JSON and in documents. */
  public String text() {
    return text;
  }
}
