package dev.engram.internal.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Spreading activation (Collins and Loftus, 1975): seeds are at 1; a node at a or more pushes a · w
 * · 0.7 along each of its synapses, whichever its direction; of what reaches a node the most
 * counts. Seeds may also begin lower than 1. One use; not thread-safe.
 */
public final class Spread {
  /** What is left of an activation after one synapse of strength 1. */
  public static final double DECAY = .7;

  /** No more nodes are reached, so that one question cannot take all memory. */
  public static final int MOST_NODES = 200_000;

  private static final int[] NO_PATH = {};

  private final Graph graph;
  private final Moment now;
  private final int limit;
  private final IntPredicate allowed;
  private final Ways ways = new Ways();
  private final Reach reach = new Reach();
  private final Reach seeds = new Reach();

  /** What reached the seeds from one another, by node; null where nobody asks. */
  private @Nullable Map<Integer, Activated> received;

  private final Leaders leaders;
  private int[] next = new int[64];
  private int nextSize;

  /** What is pushed must reach it: the threshold, or what cannot be among those returned. */
  private double least;

  /**
   * @param threshold from which on a node pushes, and is found
   * @param limit of the nodes that are returned
   */
  public Spread(Graph graph, Moment now, double threshold, int limit) {
    this(graph, now, threshold, limit, _ -> true);
  }

  /**
   * @param threshold from which on a node pushes, and is found
   * @param limit of the nodes that are returned
   * @param allowed the nodes that may be reached
   */
  public Spread(Graph graph, Moment now, double threshold, int limit, IntPredicate allowed) {
    this.graph = graph;
    this.now = now;
    this.least = threshold;
    this.limit = limit;
    this.allowed = allowed;
    this.leaders = new Leaders(limit);
  }

  /**
   * A node that was found.
   *
   * @param path from a seed to it, both included
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Activated(int node, double activation, int[] path) {}

  /**
   * Spreads.
   *
   * @param iterations synapses between a seed and a node at most
   * @return nodes that are no seeds, the most active first
   */
  public List<Activated> from(int[] nodes, int iterations) {
    for (int node : nodes) {
      seed(node, 1);
    }
    return spread(iterations);
  }

  /**
   * Spreads from seeds that are not all at 1, and finds them too where others reach them.
   *
   * @param activations of the nodes, above 0, at most 1
   * @return nodes that are no seeds, and what reached seeds from other seeds, not what came back to
   *     them; by node
   */
  public Map<Integer, Activated> from(int[] nodes, double[] activations, int iterations) {
    Map<Integer, Activated> found = new HashMap<>();
    received = found;
    for (int i = 0; i < nodes.length; i++) {
      seed(nodes[i], activations[i]);
    }
    spread(iterations).forEach(each -> found.put(each.node, each));
    return found;
  }

  private void seed(int node, double activation) {
    boolean _ = seeds.improve(node, activation, Ways.NONE);
    if (reach.value(node) < activation) {
      boolean _ = reach.improve(node, activation, ways.add(node, Ways.NONE));
      queue(node);
    }
  }

  private List<Activated> spread(int iterations) {
    for (int i = 0; i < iterations && nextSize > 0; i++) {
      iterate();
    }
    return best();
  }

  /** Each node pushes what it was worth when the iteration began: what comes meanwhile waits. */
  private void iterate() {
    int[] pushing = new int[nextSize];
    double[] values = new double[nextSize];
    int[] steps = new int[nextSize];
    int count = 0;
    for (int i = 0; i < nextSize; i++) {
      if (reach.take(next[i])) {
        pushing[count] = next[i];
        values[count] = reach.value(next[i]);
        steps[count++] = reach.step(next[i]);
      }
    }
    nextSize = 0;
    for (int i = 0; i < count && reach.size() < MOST_NODES; i++) {
      push(pushing[i], values[i], steps[i]);
    }
  }

  private void push(int node, double activation, int step) {
    Neighbours links = graph.of(node);
    double scale = activation * DECAY;
    for (int i = 0; i < links.size() && scale * links.most(i) >= least; i++) {
      double pushed = scale * links.weight(i, now);
      if (pushed >= least && allowed.test(links.node(i))) {
        arrive(links.node(i), pushed, step);
      }
    }
  }

  private void arrive(int node, double pushed, int step) {
    boolean seed = received != null && seeds.value(node) > 0;
    if (seed) {
      receive(node, pushed, step);
    }
    if (reach.value(node) < pushed) {
      boolean _ = reach.improve(node, pushed, ways.add(node, step));
      queue(node);
      if (!seed) {
        leaders.offer(node, pushed);
        least = Math.max(least, leaders.bound());
      }
    }
  }

  /** A seed is reached by what began at another one. */
  private void receive(int node, double pushed, int step) {
    Map<Integer, Activated> known = Objects.requireNonNull(received);
    Activated before = known.get(node);
    int[] path = ways.to(step);
    if (path[0] != node && (before == null || before.activation < pushed)) {
      int[] whole = Arrays.copyOf(path, path.length + 1);
      whole[path.length] = node;
      known.put(node, new Activated(node, pushed, whole));
    }
  }

  private void queue(int node) {
    if (nextSize == next.length) {
      next = Arrays.copyOf(next, 2 * nextSize);
    }
    next[nextSize++] = node;
  }

  private static final Comparator<Activated> BEST_FIRST =
      Comparator.comparingDouble(Activated::activation)
          .reversed()
          .thenComparingInt(Activated::node);

  private List<Activated> best() {
    PriorityQueue<Activated> best = new PriorityQueue<>(BEST_FIRST.reversed());
    reach.forEach((node, value) -> {
      if (value >= leaders.bound() && seeds.value(node) == 0) {
        best.add(new Activated(node, value, NO_PATH));
        if (best.size() > limit) {
          Activated _ = best.remove();
        }
      }
    });
    List<Activated> found = new ArrayList<>(best);
    found.sort(BEST_FIRST);
    found.replaceAll(
        each -> new Activated(each.node, each.activation, ways.to(reach.step(each.node))));
    return found;
  }
}
