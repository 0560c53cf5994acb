package dev.engram;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Memories from which activation spreads along synapses, in both directions: each is at 1, and what
 * is at a pushes a · w · 0.7 over a synapse of strength w. Immutable; from .1 on activation spreads
 * and is found, over 3 synapses at most.
 */
public final class Activation {
  private final List<RecordId> seeds;
  private final double threshold;
  private final int hops;
  private final @Nullable Integer limit;

  private Activation(List<RecordId> seeds, double threshold, int hops, @Nullable Integer limit) {
    this.seeds = List.copyOf(seeds);
    this.threshold = threshold;
    this.hops = hops;
    this.limit = limit;
  }

  /** From one memory. */
  public static Activation of(RecordId seed) {
    return of(List.of(seed));
  }

  /** From 1 to {@link Limits#MAX_SEEDS} memories. */
  public static Activation of(List<RecordId> seeds) {
    if (seeds.isEmpty() || seeds.size() > Limits.MAX_SEEDS) {
      throw new InvalidInputException(
          "invalid activation: seeds=" + seeds.size() + ", allowed=1.." + Limits.MAX_SEEDS);
    }
    return new Activation(seeds, .1, 3, null);
  }

  /** From which activation on a memory pushes, and is found; above 0 to 1. */
  public Activation threshold(double activation) {
    if (!(activation > 0 && activation <= 1)) {
      throw new InvalidInputException(
          "invalid activation: threshold=" + activation + ", allowed: above 0, at most 1");
    }
    return new Activation(seeds, activation, hops, limit);
  }

  /** Synapses between a seed and what is found, at most; 1 to {@link Limits#MAX_HOPS}. */
  public Activation hops(int most) {
    if (most < 1 || most > Limits.MAX_HOPS) {
      throw new InvalidInputException(
          "invalid activation: hops=" + most + ", allowed=1.." + Limits.MAX_HOPS);
    }
    return new Activation(seeds, threshold, most, limit);
  }

  /** Memories that are found at most; {@link Dynamics#recallLimit} unless given. */
  public Activation limit(int memories) {
    if (memories < 1 || memories > Limits.MAX_RESULTS) {
      throw new InvalidInputException(
          "invalid activation: limit=" + memories + ", allowed=1.." + Limits.MAX_RESULTS);
    }
    return new Activation(seeds, threshold, hops, memories);
  }

  public List<RecordId> seeds() {
    return seeds;
  }

  public double threshold() {
    return threshold;
  }

  public int hops() {
    return hops;
  }

  /** The limit that was given. */
  public OptionalInt limit() {
    return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
  }
}
