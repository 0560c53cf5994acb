package dev.engram.internal.graph;

/** How synapses change their strength. Strength stays within 0 to 1. */
public final class Plasticity {
  /** The strength of a new synapse. */
  public static final double INITIAL_WEIGHT = 0.1;

  /** The default learning rate. */
  public static final double LEARNING_RATE = 0.1;

  private Plasticity() {}

  /** Long-term potentiation: w + r·(1 − w). */
  public static double potentiate(double weight, double rate) {
    return Math.clamp(weight + rate * (1 - weight), 0.0, 1.0);
  }
}
