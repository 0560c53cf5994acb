package dev.engram;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What may be forgotten. Never what is pinned, and never what was used lately. Immutable.
 *
 * <ul>
 *   <li>Synapses that have become weaker than a bound.
 *   <li>Memories without synapses, and memories that were used seldom, unless used within {@link
 *       #unusedFor}.
 *   <li>When {@link #aggressive}: short-term synapses weaker than .3 that were not used for 7 days,
 *       and memories of fewer than 50 characters that were used fewer than 5 times and not for 14
 *       days.
 * </ul>
 */
public final class ForgetPolicy {
  private final double shortTermBelow;
  private final double longTermBelow;
  private final Duration unusedFor;
  private final long fewerAccessesThan;
  private final boolean aggressive;
  private final @Nullable Filter filter;

  private ForgetPolicy(
      double shortTermBelow,
      double longTermBelow,
      Duration unusedFor,
      long fewerAccessesThan,
      boolean aggressive,
      @Nullable Filter filter) {
    this.shortTermBelow = shortTermBelow;
    this.longTermBelow = longTermBelow;
    this.unusedFor = unusedFor;
    this.fewerAccessesThan = fewerAccessesThan;
    this.aggressive = aggressive;
    this.filter = filter;
  }

  /**
   * Synapses below .05 in the short term and below .025 in the long term; of memories that were not
   * used for 30 days those without synapses, and those used fewer than 3 times.
   */
  public static ForgetPolicy standard() {
    return new ForgetPolicy(.05, .025, Duration.ofDays(30), 3, false, null);
  }

  /** The {@link #standard} policy, and more; see above. */
  public static ForgetPolicy aggressive() {
    return new ForgetPolicy(.05, .025, Duration.ofDays(30), 3, true, null);
  }

  /** Synapses weaker than these, each 0 to 1. */
  public ForgetPolicy synapsesBelow(double shortTerm, double longTerm) {
    if (!(shortTerm >= 0 && shortTerm <= 1 && longTerm >= 0 && longTerm <= 1)) {
      throw new InvalidInputException(
          "invalid policy: shortTerm=" + shortTerm + ", longTerm=" + longTerm + ", allowed=0..1");
    }
    return new ForgetPolicy(shortTerm, longTerm, unusedFor, fewerAccessesThan, aggressive, filter);
  }

  /** Memories that were not used for so long; more than zero, so that nothing new is forgotten. */
  public ForgetPolicy unusedFor(Duration time) {
    Limits.checkPeriod("unusedFor", time);
    return new ForgetPolicy(
        shortTermBelow, longTermBelow, time, fewerAccessesThan, aggressive, filter);
  }

  /** Memories that were used less often than this. */
  public ForgetPolicy fewerAccessesThan(long accesses) {
    if (accesses < 0) {
      throw new InvalidInputException(
          "invalid policy: fewerAccessesThan=" + accesses + ", allowed >= 0");
    }
    return new ForgetPolicy(shortTermBelow, longTermBelow, unusedFor, accesses, aggressive, filter);
  }

  /** Only memories whose metadata match, and no synapses but theirs. */
  public ForgetPolicy where(Filter condition) {
    Filter both = filter == null ? condition : Filter.and(filter, condition);
    return new ForgetPolicy(
        shortTermBelow, longTermBelow, unusedFor, fewerAccessesThan, aggressive, both);
  }

  public double shortTermBelow() {
    return shortTermBelow;
  }

  public double longTermBelow() {
    return longTermBelow;
  }

  public Duration unusedFor() {
    return unusedFor;
  }

  public long fewerAccessesThan() {
    return fewerAccessesThan;
  }

  public boolean isAggressive() {
    return aggressive;
  }

  public Optional<Filter> filter() {
    return Optional.ofNullable(filter);
  }
}
