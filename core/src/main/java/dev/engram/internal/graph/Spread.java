package dev.engram.internal.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Spreading activation (Collins and Loftus, 1975): seeds are at 1; a node at a or more pushes a · w
 * · 0.7 along each of its synapses, whichever its direction; of what reaches a node the most
 * counts. One use; not thread-safe.
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
  private final Reach reach = new Reach();
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
    this.graph = graph;
    this.now = now;
    this.least = threshold;
    this.limit = limit;
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
  public List<Activated> from(int[] seeds, int iterations) {
    for (int seed : seeds) {
      boolean _ = reach.improve(seed, 1, seed);
      queue(seed);
    }
    for (int i = 0; i < iterations && nextSize > 0; i++) {
      iterate();
    }
    return best();
  }

  /** Each node pushes what it was worth when the iteration began: what comes meanwhile waits. */
  private void iterate() {
    int[] pushing = new int[nextSize];
    double[] values = new double[nextSize];
    int count = 0;
    for (int i = 0; i < nextSize; i++) {
      if (reach.take(next[i])) {
        pushing[count] = next[i];
        values[count++] = reach.value(next[i]);
      }
    }
    nextSize = 0;
    for (int i = 0; i < count && reach.size() < MOST_NODES; i++) {
      push(pushing[i], values[i]);
    }
  }

  private void push(int node, double activation) {
    Neighbours links = graph.of(node);
    double scale = activation * DECAY;
    for (int i = 0; i < links.size() && scale * links.most(i) >= least; i++) {
      double pushed = scale * links.weight(i, now);
      if (pushed >= least && reach.improve(links.node(i), pushed, node)) {
        queue(links.node(i));
        leaders.offer(links.node(i), pushed);
        least = Math.max(least, leaders.bound());
      }
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
    reach.forEach((node, value, origin) -> {
      boolean seed = origin == node;
      if (!seed && value >= leaders.bound()) {
        best.add(new Activated(node, value, NO_PATH));
        if (best.size() > limit) {
          Activated _ = best.remove();
        }
      }
    });
    List<Activated> found = new ArrayList<>(best);
    found.sort(BEST_FIRST);
    found.replaceAll(each -> new Activated(each.node, each.activation, path(each.node)));
    return found;
  }

  private int[] path(int node) {
    List<Integer> path = new ArrayList<>(List.of(node));
    int at = node;
    // Each step leads to a higher activation; the bound guards against rounding.
    while (reach.origin(at) != at && path.size() <= reach.size()) {
      at = reach.origin(at);
      path.add(at);
    }
    return path.reversed().stream().mapToInt(Integer::intValue).toArray();
  }
}
