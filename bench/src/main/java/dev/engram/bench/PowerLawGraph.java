package dev.engram.bench;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A random graph whose degrees follow a power law: ends are drawn with probability in proportion to
 * (i + 10)^-0.5, so that a few nodes have many edges, up to a cap. No edge comes twice. Immutable.
 */
final class PowerLawGraph {
  private static final double STRETCH = 2;

  private final int nodes;
  private final int[] from;
  private final int[] to;
  private final double[] strengths;

  /** An edge seen from one of its ends. */
  record Link(int node, double strength) {}

  PowerLawGraph(int nodes, int edges, int mostDegree, long seed) {
    this.nodes = nodes;
    this.from = new int[edges];
    this.to = new int[edges];
    this.strengths = new double[edges];
    SplittableRandom random = new SplittableRandom(seed);
    int[] degrees = new int[nodes];
    Set<Long> known = new HashSet<>(2 * edges);
    for (int i = 0; i < edges; ) {
      int a = draw(random);
      int b = draw(random);
      boolean free = a != b && degrees[a] < mostDegree && degrees[b] < mostDegree;
      if (free && known.add((long) a << 32 | b)) {
        degrees[a]++;
        degrees[b]++;
        from[i] = a;
        to[i] = b;
        strengths[i++] = .1 + .9 * random.nextDouble();
      }
    }
  }

  private int draw(SplittableRandom random) {
    return (int) (nodes * Math.pow(random.nextDouble(), STRETCH));
  }

  int size() {
    return from.length;
  }

  int from(int edge) {
    return from[edge];
  }

  int to(int edge) {
    return to[edge];
  }

  double strength(int edge) {
    return strengths[edge];
  }

  /** The edges of each node, in both directions. */
  List<List<Link>> links() {
    List<List<Link>> links = new ArrayList<>(nodes);
    for (int i = 0; i < nodes; i++) {
      links.add(new ArrayList<>(4));
    }
    for (int i = 0; i < from.length; i++) {
      links.get(from[i]).add(new Link(to[i], strengths[i]));
      links.get(to[i]).add(new Link(from[i], strengths[i]));
    }
    return links;
  }
}
