package dev.engram.internal.graph;

import dev.engram.Synapse.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The synapses that touch one node, in both directions, strongest first by what they were when they
 * last changed. Immutable.
 */
public final class Neighbours {
  /** Of a node without synapses. */
  public static final Neighbours NONE = of(List.of(), 1);

  private static final int HEADER_BYTES = 160;
  private static final int ENTRY_BYTES = 25;
  private static final int LONG_TERM = 1;
  private static final int INCOMING = 2;

  private final int[] nodes;
  private final float[] weights;
  private final long[] since;
  private final int[] cycles;
  private final byte[] flags;

  /** The same relation is the same object, of whichever synapse it is. */
  private final String[] relations;

  private Neighbours(int size) {
    nodes = new int[size];
    weights = new float[size];
    since = new long[size];
    cycles = new int[size];
    flags = new byte[size];
    relations = new String[size];
  }

  /**
   * A synapse seen from one end.
   *
   * @param node at the other end
   * @param incoming whether it leads from there to here
   */
  public record Link(int node, Strength strength, Tier tier, String relation, boolean incoming) {}

  /**
   * A synapse as it is now.
   *
   * @param node at the other end
   * @param incoming whether it leads from there to here
   */
  public record Step(int node, String relation, boolean incoming, double weight) {}

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
    int tier = link.tier() == Tier.LONG_TERM ? LONG_TERM : 0;
    flags[i] = (byte) (tier | (link.incoming() ? INCOMING : 0));
    relations[i] = link.relation().intern();
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
        (flags[i] & LONG_TERM) != 0 ? Tier.LONG_TERM : Tier.SHORT_TERM);
  }

  /** The strongest synapse to a node; null where there is none any more. */
  public @Nullable Step to(int node, Moment now) {
    Step strongest = null;
    for (int i = 0; i < nodes.length; i++) {
      if (nodes[i] == node && (strongest == null || most(i) > strongest.weight)) {
        Step step = step(i, now);
        boolean stronger = strongest == null || step.weight > strongest.weight;
        strongest = step.weight > 0 && stronger ? step : strongest;
      }
    }
    return strongest;
  }

  /** The synapses of a relation that have not faded away. */
  public List<Step> of(String relation, Moment now) {
    List<Step> found = new ArrayList<>();
    for (int i = 0; i < nodes.length; i++) {
      if (relations[i].equals(relation) && weight(i, now) > 0) {
        found.add(step(i, now));
      }
    }
    return found;
  }

  private Step step(int i, Moment now) {
    return new Step(nodes[i], relations[i], (flags[i] & INCOMING) != 0, weight(i, now));
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
