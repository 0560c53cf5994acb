package dev.engram.internal.graph;

/**
 * What keeps a memory in working memory: .4 · recency + .4 · strength + .2 · ln(accesses + 1). The
 * strength is .8 at entry and grows by .1 with each further access, to 1.
 */
public final class Retention {
  private static final double RECENCY = .4;
  private static final double STRENGTH = .4;
  private static final double USE = .2;
  private static final double AT_ENTRY = .8;
  private static final double PER_ACCESS = .1;

  private Retention() {}

  /**
   * How well a memory is kept; the lowest goes first.
   *
   * @param millis since it was used last
   * @param timeMillis after which it goes anyway; recency falls from 1 to 0 meanwhile
   * @param accesses since it entered, that one included
   */
  public static double of(long millis, long timeMillis, long accesses) {
    double recency = 1 - Math.clamp((double) millis / (double) timeMillis, 0, 1);
    double strength = Math.min(1, AT_ENTRY + PER_ACCESS * (accesses - 1));
    return RECENCY * recency + STRENGTH * strength + USE * Math.log(accesses + 1.0);
  }
}
