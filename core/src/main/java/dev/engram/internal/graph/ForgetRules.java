package dev.engram.internal.graph;

import dev.engram.ForgetPolicy;
import dev.engram.ForgetPreview.Reason;
import dev.engram.Synapse.Tier;
import java.util.Optional;
import java.util.function.IntSupplier;

/** What a policy allows to be forgotten, of one synapse or memory at a time. Immutable. */
public record ForgetRules(ForgetPolicy policy) {
  private static final long DAY_MILLIS = 86_400_000L;
  private static final double MINOR_WEIGHT = .3;
  private static final long MINOR_SYNAPSE_MILLIS = 7 * DAY_MILLIS;
  private static final long MINOR_MEMORY_MILLIS = 14 * DAY_MILLIS;
  private static final long MINOR_ACCESSES = 5;
  private static final int MINOR_CHARACTERS = 50;

  /**
   * Whether a synapse is pruned.
   *
   * @param weight now
   * @param idleMillis since it was strengthened
   */
  public boolean prunes(double weight, Tier tier, long idleMillis) {
    if (tier == Tier.LONG_TERM) {
      return weight == 0 || weight < policy.longTermBelow();
    }
    boolean minor =
        policy.isAggressive() && weight < MINOR_WEIGHT && idleMillis > MINOR_SYNAPSE_MILLIS;
    return minor || weight == 0 || weight < policy.shortTermBelow();
  }

  /**
   * What is known of a memory.
   *
   * @param idleMillis since it was used
   * @param accesses times it was used
   * @param connected whether it has a synapse that is not pruned
   * @param pinned never forgotten
   */
  public record Use(long idleMillis, long accesses, boolean connected, boolean pinned) {}

  /**
   * Why a memory is forgotten; empty where it is not.
   *
   * @param characters of its text, asked for only where that matters
   */
  public Optional<Reason> reason(Use use, IntSupplier characters) {
    if (use.pinned) {
      return Optional.empty();
    }
    if (use.idleMillis > policy.unusedFor().toMillis()) {
      if (!use.connected) {
        return Optional.of(Reason.ISOLATED);
      }
      if (use.accesses < policy.fewerAccessesThan()) {
        return Optional.of(Reason.UNUSED);
      }
    }
    boolean minor =
        policy.isAggressive()
            && use.idleMillis > MINOR_MEMORY_MILLIS
            && use.accesses < MINOR_ACCESSES
            && characters.getAsInt() < MINOR_CHARACTERS;
    return minor ? Optional.of(Reason.MINOR) : Optional.empty();
  }
}
