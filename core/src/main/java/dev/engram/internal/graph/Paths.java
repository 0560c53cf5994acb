package dev.engram.internal.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Path recall: what a memory leads to. The relevance of a node is that of the node before it · w ·
 * 0.8^(steps to the node before it); of the paths to a node the best is kept. One use; not
 * thread-safe.
 */
public final class Paths {
  private static final double STEP = .8;

  private final Graph graph;
  private final Moment now;
  private final double least;
  private final int longest;
  private final Map<Integer, Path> best = new HashMap<>();

  /**
   * @param least relevance from which on a node is found and leads on
   * @param longest synapses on a path
   */
  public Paths(Graph graph, Moment now, double least, int longest) {
    this.graph = graph;
    this.now = now;
    this.least = least;
    this.longest = longest;
  }

  /**
   * A path.
   *
   * @param nodes from the source to the node that was found
   * @param strength the product of the synapses' strengths
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Path(int[] nodes, double relevance, double strength) {
    /** The node that was found. */
    public int end() {
      return nodes[nodes.length - 1];
    }

    private Path to(int node, double weight) {
      int[] longer = Arrays.copyOf(nodes, nodes.length + 1);
      longer[nodes.length] = node;
      double faded = relevance * weight * Math.pow(STEP, nodes.length - 1);
      return new Path(longer, faded, strength * weight);
    }

    private boolean visits(int node) {
      return Arrays.stream(nodes).anyMatch(each -> each == node);
    }
  }

  /** What a source leads to, the most relevant first. */
  public List<Path> from(int source) {
    List<Path> ends = List.of(new Path(new int[] {source}, 1, 1));
    for (int step = 0; step < longest && !ends.isEmpty(); step++) {
      ends = longer(ends);
    }
    List<Path> found = new ArrayList<>(best.values());
    found.sort(Comparator.comparingDouble(Path::relevance).reversed().thenComparingInt(Path::end));
    return found;
  }

  private List<Path> longer(List<Path> ends) {
    Map<Integer, Path> improved = new HashMap<>();
    for (Path end : ends) {
      Neighbours links = graph.of(end.end());
      for (int i = 0; i < links.size() && best.size() < Spread.MOST_NODES; i++) {
        if (end.to(links.node(i), links.most(i)).relevance < least) {
          break;
        }
        Path path = end.to(links.node(i), links.weight(i, now));
        if (path.relevance >= least && !end.visits(links.node(i)) && isBest(path)) {
          best.put(path.end(), path);
          improved.put(path.end(), path);
        }
      }
    }
    return List.copyOf(improved.values());
  }

  private boolean isBest(Path path) {
    Path known = best.get(path.end());
    return known == null || known.relevance < path.relevance;
  }
}
