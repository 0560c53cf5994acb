package dev.engram;

import org.jspecify.annotations.Nullable;

/**
 * The root of every error that Engram throws on purpose. Unchecked; carries a stable {@link
 * ErrorCode}. A message says what failed, the name and value of what was wrong, and what to do; it
 * never holds user content or keys.
 */
public abstract sealed class EngramException extends RuntimeException
    permits CancelledException,
        ClosedException,
        ConflictException,
        CorruptStoreException,
        DeniedException,
        DivergedException,
        EncryptionException,
        ExistsException,
        InvalidInputException,
        MismatchException,
        NotArchivedException,
        NotFoundException,
        OutcomeUnknownException,
        OverloadedException,
        ReadOnlyException,
        StaleViewException,
        StorageException,
        StoreLockedException,
        UnavailableException,
        UnsupportedFeatureException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  EngramException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The stable code of this kind of error. */
  public final ErrorCode code() {
    return code;
  }
}
