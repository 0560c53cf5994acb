package dev.engram.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What searches with one effort gave.
 *
 * @param queriesPerSecond of one client, the median of some rounds
 * @param p50Micros of all rounds, as {@code p99Micros}
 */
record Point(
    double effort, double recall, double queriesPerSecond, double p50Micros, double p99Micros) {
  /** The fastest that reaches a recall. */
  static Optional<Point> fastest(List<Point> points, double recall) {
    return points.stream()
        .filter(point -> point.recall >= recall)
        .max(Comparator.comparingDouble(Point::queriesPerSecond));
  }
}
