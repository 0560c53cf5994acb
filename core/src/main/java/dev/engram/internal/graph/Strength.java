package dev.engram.internal.graph;

import dev.engram.Synapse;
import dev.engram.Synapse.Tier;

/**
 * A strength that fades: what it was at its last change, and when that was. What it is at a moment
 * is a function of these alone, so it does not matter how often it is looked at.
 *
 * <pre>
 *   short-term   w · (1 − d)^c · R            R = e^(−days / (30 w))
 *   long-term    w · (1 − d/10)^c · (1 − (1 − R) / 10)   R = e^(−days / (180 w))
 * </pre>
 *
 * with the decay rate d and the cycles c of sleep since; R is Ebbinghaus' curve, by which what was
 * strong is kept longer. Below {@link Synapse#LEAST_STRENGTH} it is 0.
 *
 * @param weight at its last change, 0 to 1
 * @param sinceMillis when that was
 * @param cycle of the space at that time
 */
public record Strength(double weight, long sinceMillis, long cycle) {
  private static final double DAY_MILLIS = 86_400_000;
  private static final double SHORT_TERM_DAYS = 30;
  private static final double LONG_TERM_DAYS = 180;

  /** The share of what a short-term synapse loses that a long-term one does. */
  private static final double LONG_TERM_SHARE = .1;

  /** What it is at a moment; 0 where it is too weak to count. */
  public double at(Moment now, Tier tier) {
    return at(weight, now.millis() - sinceMillis, now.cycle() - cycle, now.decayRate(), tier);
  }

  /**
   * What a strength has become.
   *
   * @param weight at its last change
   * @param millis since then; less than 0, as of a clock that was set back, counts as 0
   * @param cycles since then
   * @param decayRate of a short-term synapse
   */
  static double at(double weight, long millis, long cycles, double decayRate, Tier tier) {
    boolean shortTerm = tier == Tier.SHORT_TERM;
    double worn = weight;
    if (cycles > 0) {
      worn *= Math.pow(1 - (shortTerm ? 1 : LONG_TERM_SHARE) * decayRate, (double) cycles);
    }
    if (millis > 0 && worn > 0) {
      double days = millis / DAY_MILLIS;
      double kept = Math.exp(-days / ((shortTerm ? SHORT_TERM_DAYS : LONG_TERM_DAYS) * weight));
      worn *= shortTerm ? kept : 1 - LONG_TERM_SHARE * (1 - kept);
    }
    return Plasticity.active(worn);
  }

  /** Strengthened now. */
  public Strength potentiated(Moment now, Tier tier, double rate) {
    return at(now, Plasticity.potentiate(at(now, tier), rate));
  }

  /** Weakened now. */
  public Strength depressed(Moment now, Tier tier, double rate) {
    return at(now, Plasticity.depress(at(now, tier), rate));
  }

  /** Of the same strength, to fade from now on as the other tier's do. */
  public Strength moved(Moment now, Tier from) {
    return at(now, at(now, from));
  }

  private static Strength at(Moment now, double weight) {
    return new Strength(weight, now.millis(), now.cycle());
  }
}
