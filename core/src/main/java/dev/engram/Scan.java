package dev.engram;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One page of a walk over a collection. The order is fixed by the ids alone, so that a walk over
 * many pages, also across restarts, meets every record that is there throughout exactly once.
 * Immutable; the limit is 100.
 */
public final class Scan {
  private final @Nullable String after;
  private final int limit;
  private final @Nullable Filter filter;

  private Scan(@Nullable String after, int limit, @Nullable Filter filter) {
    if (limit < 1 || limit > Limits.MAX_RESULTS) {
      throw new InvalidInputException(
          "invalid scan: limit=" + limit + ", allowed=1.." + Limits.MAX_RESULTS);
    }
    this.after = after;
    this.limit = limit;
    this.filter = filter;
  }

  /** From the start. */
  public static Scan first() {
    return new Scan(null, 100, null);
  }

  /** After the page whose {@link Page#next} this is. */
  public Scan after(String cursor) {
    return new Scan(cursor, limit, filter);
  }

  public Scan limit(int newLimit) {
    return new Scan(after, newLimit, filter);
  }

  public Scan where(Filter condition) {
    return new Scan(after, limit, filter == null ? condition : Filter.and(filter, condition));
  }

  public Optional<String> cursor() {
    return Optional.ofNullable(after);
  }

  public int limit() {
    return limit;
  }

  public Optional<Filter> filter() {
    return Optional.ofNullable(filter);
  }
}
