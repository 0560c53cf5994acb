package dev.engram.bench;

import java.util.List;

/**
 * What searches with one effort gave.
 *
 * @param queriesPerSecond of one client, the median of some rounds
 * @param p50Micros of all rounds, as {@code p99Micros}
 */
record Point(
    double effort, double recall, double queriesPerSecond, double p50Micros, double p99Micros) {
  /**
   * The speed at which a sweep reaches a recall: that of its fastest point with at least this
   * recall, or between two points on the line of the logarithm of their speeds, so that a sweep of
   * few points is not at a disadvantage. 0 where it never does.
   */
  static double speedAt(List<Point> points, double recall) {
    double best = 0;
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      if (point.recall >= recall) {
        double between = i == 0 ? 0 : between(points.get(i - 1), point, recall);
        best = Math.max(best, Math.max(point.queriesPerSecond, between));
      }
    }
    return best;
  }

  private static double between(Point low, Point high, double recall) {
    if (low.recall >= recall) {
      return 0;
    }
    double share = (recall - low.recall) / (high.recall - low.recall);
    double from = Math.log(low.queriesPerSecond);
    return Math.exp(from + share * (Math.log(high.queriesPerSecond) - from));
  }
}
