package dev.engram.internal.recall;

/** Some instants, in milliseconds since the epoch. For one thread. */
public interface Moments {
  /** Whether an instant is one of them. */
  boolean has(long millis);

  /**
   * Whether one of them may lie between two instants, both included; false only where none does.
   */
  boolean mayLieBetween(long firstMillis, long lastMillis);

  /**
   * Those of a time.
   *
   * @param from the first
   * @param until the first that is too late
   */
  static Moments between(long from, long until) {
    return new Moments() {
      @Override
      public boolean has(long millis) {
        return millis >= from && millis < until;
      }

      @Override
      public boolean mayLieBetween(long firstMillis, long lastMillis) {
        return lastMillis >= from && firstMillis < until;
      }
    };
  }
}
