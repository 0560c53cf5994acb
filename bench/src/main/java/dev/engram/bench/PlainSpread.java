package dev.engram.bench;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Spreading activation as it is defined, without regard to time. */
final class PlainSpread {
  private PlainSpread() {}

  /** The highest activations that a seed gives to others, descending. */
  static double[] of(
      List<List<PowerLawGraph.Link>> links, int seed, double threshold, int hops, int limit) {
    Map<Integer, Double> now = new HashMap<>(Map.of(seed, 1.0));
    for (int hop = 0; hop < hops; hop++) {
      Map<Integer, Double> next = new HashMap<>(now);
      now.forEach((node, activation) -> {
        for (PowerLawGraph.Link link : links.get(node)) {
          double pushed = .7 * activation * link.strength();
          if (pushed >= threshold) {
            next.merge(link.node(), pushed, Math::max);
          }
        }
      });
      now = next;
    }
    return now.entrySet().stream()
        .filter(entry -> entry.getKey() != seed)
        .map(Map.Entry::getValue)
        .sorted(Comparator.reverseOrder())
        .limit(limit)
        .mapToDouble(Double::doubleValue)
        .toArray();
  }
}
