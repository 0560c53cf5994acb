package dev.engram.internal.graph;

/** How much a memory counts for having been used lately. */
public final class Recency {
  private static final long HOUR = 3_600_000L;
  private static final long DAY = 24 * HOUR;

  private Recency() {}

  /**
   * 1.5 within an hour, 1.2 within a day, 1 within a week, else .8.
   *
   * @param idleMillis since it was used
   */
  public static double of(long idleMillis) {
    if (idleMillis < HOUR) {
      return 1.5;
    }
    if (idleMillis < DAY) {
      return 1.2;
    }
    return idleMillis < 7 * DAY ? 1 : .8;
  }
}
