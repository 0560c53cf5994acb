package dev.engram.internal.graph;

import dev.engram.Synapse;

/**
 * How a strength changes at one event. Strength stays within 0 to 1. Long-term potentiation,
 * long-term depression and the adaptive rate are those of the store's specification, section 1.
 */
public final class Plasticity {
  private Plasticity() {}

  /** Long-term potentiation: w + r·(1 − w). */
  public static double potentiate(double weight, double rate) {
    return Math.clamp(weight + rate * (1 - weight), 0.0, 1.0);
  }

  /** Long-term depression: w·(1 − r); 0 below {@link Synapse#LEAST_STRENGTH}. */
  public static double depress(double weight, double rate) {
    return active(weight * (1 - rate));
  }

  /** A rate that is higher the weaker the synapse is: r·(0.5 + (1 − w)). */
  public static double adaptive(double rate, double weight) {
    return rate * (.5 + (1 - weight));
  }

  /** A strength, or 0 where it is too weak to count. */
  static double active(double weight) {
    return weight < Synapse.LEAST_STRENGTH ? 0 : Math.min(1, weight);
  }
}
