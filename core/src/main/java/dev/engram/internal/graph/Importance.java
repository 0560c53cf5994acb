package dev.engram.internal.graph;

/** How important a memory is, 0 to 1: it halves towards a floor unless it is used or pinned. */
public final class Importance {
  private Importance() {}

  /**
   * What an importance has become: floor + (i − floor) · 2^(−t / half-life). One that was below the
   * floor stays what it was.
   *
   * @param importance when it was set
   * @param millis since then
   */
  public static double at(double importance, long millis, long halfLifeMillis, double floor) {
    if (importance <= floor || millis <= 0) {
      return importance;
    }
    return floor + (importance - floor) * Math.pow(2, -(double) millis / (double) halfLifeMillis);
  }
}
