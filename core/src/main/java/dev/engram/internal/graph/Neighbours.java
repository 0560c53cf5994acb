package dev.engram.internal.graph;

import dev.engram.Synapse.Tier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The synapses that touch one node, in both directions, strongest first by what they were when they
 * last changed. Immutable.
 */
public final class Neighbours {
  /** Of a node without synapses. */
  public static final Neighbours NONE = of(List.of(), 1);

  private static final int HEADER_BYTES = 160;
  private static final int ENTRY_BYTES = 21;

  private final int[] nodes;
  private final float[] weights;
  private final long[] since;
  private final int[] cycles;
  private final boolean[] longTerm;

  private Neighbours(int size) {
    nodes = new int[size];
    weights = new float[size];
    since = new long[size];
    cycles = new int[size];
    longTerm = new boolean[size];
  }

  /** A synapse seen from one end: the node at the other. */
  public record Link(int node, Strength strength, Tier tier) {}

  /**
   * Of some links.
   *
   * @param most that are kept: the strongest
   */
  public static Neighbours of(List<Link> links, int most) {
    List<Link> kept =
        links.stream()
            .sorted(Comparator.comparingDouble((Link link) -> link.strength().weight()).reversed())
            .limit(most)
            .toList();
    Neighbours all = new Neighbours(kept.size());
    for (int i = 0; i < kept.size(); i++) {
      all.set(i, kept.get(i));
    }
    return all;
  }

  private void set(int i, Link link) {
    nodes[i] = link.node();
    weights[i] = (float) link.strength().weight();
    since[i] = link.strength().sinceMillis();
    cycles[i] = (int) link.strength().cycle();
    longTerm[i] = link.tier() == Tier.LONG_TERM;
  }

  int size() {
    return nodes.length;
  }

  int node(int i) {
    return nodes[i];
  }

  /** What the strength is at most, now and of all that follow. */
  double most(int i) {
    return weights[i];
  }

  /** What the strength is now. */
  double weight(int i, Moment now) {
    return Strength.at(
        weights[i],
        now.millis() - since[i],
        now.cycle() - cycles[i],
        now.decayRate(),
        longTerm[i] ? Tier.LONG_TERM : Tier.SHORT_TERM);
  }

  /** Heap that they take, about. */
  public int bytes() {
    return HEADER_BYTES + ENTRY_BYTES * nodes.length;
  }

  @Override
  public String toString() {
    return "nodes=" + Arrays.toString(nodes) + ", weights=" + Arrays.toString(weights);
  }
}
