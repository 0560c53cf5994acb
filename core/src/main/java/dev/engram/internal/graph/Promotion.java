package dev.engram.internal.graph;

/** Which short-term synapses are ready for the long term: three signs of five must be there. */
public final class Promotion {
  private static final int NEEDED = 3;
  private static final int ACTIVATIONS = 3;
  private static final int ACCESSES = 5;
  private static final long RECENT_MILLIS = 7 * 86_400_000L;
  private static final long SETTLED_MILLIS = 3_600_000L;

  private Promotion() {}

  /**
   * What is known of a synapse.
   *
   * @param weight now
   * @param activations times it was strengthened
   * @param idleMillis since it was last strengthened
   * @param ageMillis since it was made
   * @param accesses of the memory at its end that was accessed less
   */
  public record Signs(
      double weight, long activations, long idleMillis, long ageMillis, long accesses) {}

  /**
   * Whether it is ready.
   *
   * @param threshold of the weight
   */
  public static boolean isDue(Signs signs, double threshold) {
    int found = signs.weight >= threshold ? 1 : 0;
    found += signs.activations >= ACTIVATIONS ? 1 : 0;
    found += signs.idleMillis <= RECENT_MILLIS ? 1 : 0;
    found += signs.ageMillis >= SETTLED_MILLIS ? 1 : 0;
    found += signs.accesses >= ACCESSES ? 1 : 0;
    return found >= NEEDED;
  }
}
