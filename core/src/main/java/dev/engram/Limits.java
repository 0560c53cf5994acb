package dev.engram;

/** Every limit on what a caller may give, in one place. Exceeding one is an invalid input. */
public final class Limits {
  /** Longest record id, in UTF-8 bytes. */
  public static final int MAX_ID_BYTES = 64 * 1024;

  /** Longest name of a collection, space or alias, in UTF-8 bytes. */
  public static final int MAX_NAME_BYTES = 255;

  /** Longest text of a record or memory, in UTF-8 bytes. */
  public static final int MAX_TEXT_BYTES = 16 * 1024 * 1024;

  /** Most components of a vector. */
  public static final int MAX_DIMENSION = 8_192;

  /** Deepest nesting of metadata values and of filters. */
  public static final int MAX_DEPTH = 32;

  /** Largest metadata of one record, encoded, in bytes. */
  public static final int MAX_METADATA_BYTES = 1024 * 1024;

  /**
   * Most values of one {@code in} condition, and most operands of one {@code and} or {@code or}.
   */
  public static final int MAX_FILTER_VALUES = 65_536;

  /** Longest filter in text form, in characters. */
  public static final int MAX_FILTER_CHARS = 1024 * 1024;

  /** Most results of one search or recall. */
  public static final int MAX_RESULTS = 1_000_000;

  /**
   * Most changes in one transaction: of a record, a synapse, or a collection. To replace a text or
   * a vector counts twice, as the old one goes.
   */
  public static final int MAX_TRANSACTION_CHANGES = 1_000_000;

  /** Largest transaction, encoded, in bytes. */
  public static final long MAX_TRANSACTION_BYTES = 256L * 1024 * 1024;

  /** Longest idempotency key, in UTF-8 bytes. */
  public static final int MAX_IDEMPOTENCY_KEY_BYTES = 1_024;

  private Limits() {}
}
