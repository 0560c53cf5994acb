package dev.engram.internal.format;

/**
 * The times of what a memory tells of, milliseconds since the epoch; {@link #UNKNOWN} where nobody
 * said.
 *
 * @param occurredAt when it happened
 * @param validFrom from when on it holds
 * @param validUntil the first moment at which it does not hold any more
 */
public record Times(long occurredAt, long validFrom, long validUntil) {
  /** Nobody said when. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  /** Nobody said anything. */
  public static final Times NONE = new Times(UNKNOWN, UNKNOWN, UNKNOWN);

  /** Whether it holds only for a time. */
  public boolean isLimited() {
    return validFrom != UNKNOWN || validUntil != UNKNOWN;
  }

  /** Whether it holds at a moment. */
  public boolean holdsAt(long millis) {
    return (validFrom == UNKNOWN || validFrom <= millis)
        && (validUntil == UNKNOWN || millis < validUntil);
  }

  /** The same, to hold no longer than that. */
  public Times until(long millis) {
    return new Times(occurredAt, validFrom, millis);
  }
}
