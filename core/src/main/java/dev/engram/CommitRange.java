package dev.engram;

import java.time.Instant;
import java.util.Optional;

/**
 * Which commits of the log one wants to hear of: the newest of those that are in all bounds.
 * Immutable; every method returns a changed copy.
 *
 * @param from lowest LSN
 * @param to highest LSN
 * @param since none that are earlier
 * @param until none that are later
 * @param limit how many at most, from 1 to {@link Limits#MAX_RESULTS}
 */
public record CommitRange(
    long from, long to, Optional<Instant> since, Optional<Instant> until, int limit) {
  public CommitRange {
    if (limit < 1 || limit > Limits.MAX_RESULTS) {
      throw new InvalidInputException(
          "invalid range: limit=" + limit + ", allowed=1.." + Limits.MAX_RESULTS);
    }
  }

  /** The newest ones. */
  public static CommitRange newest(int limit) {
    return new CommitRange(1, Long.MAX_VALUE, Optional.empty(), Optional.empty(), limit);
  }

  /** Only from an LSN on. */
  public CommitRange from(long lsn) {
    return new CommitRange(lsn, to, since, until, limit);
  }

  /** Only up to an LSN. */
  public CommitRange to(long lsn) {
    return new CommitRange(from, lsn, since, until, limit);
  }

  /** None that are earlier. */
  public CommitRange since(Instant instant) {
    return new CommitRange(from, to, Optional.of(instant), until, limit);
  }

  /** None that are later. */
  public CommitRange until(Instant instant) {
    return new CommitRange(from, to, since, Optional.of(instant), limit);
  }
}
