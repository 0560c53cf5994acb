package dev.engram;

/**
 * A commit is in the store, as durable there as any, but not in the archive that it was to wait for
 * ({@link Archiving#synchronous}). It need not be repeated: it is archived once the target takes
 * it.
 */
public final class NotArchivedException extends EngramException {
  private static final long serialVersionUID = 1L;

  private final transient CommitId commit;

  public NotArchivedException(CommitId commit, String message) {
    super(ErrorCode.NOT_ARCHIVED, message, null);
    this.commit = commit;
  }

  /** The commit that is in the store. */
  public CommitId commit() {
    return commit;
  }
}
