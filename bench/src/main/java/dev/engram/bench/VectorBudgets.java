package dev.engram.bench;

import dev.engram.bench.PeerRun.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the vector index is held to, beside the best peer that reaches the same recall. */
final class VectorBudgets {
  private static final double LEAST_RECALL = .95;

  /** A filtered search may take so many times an unfiltered one, or so long. */
  private static final double FILTERED_RATIO = 2;

  private static final double FILTERED_MICROS = 500;

  private final Report report;

  VectorBudgets(Report report) {
    this.report = report;
  }

  /** Adds a budget for each thing that Engram was measured in; for the ratios, with a peer. */
  void hold(List<Outcome> outcomes) {
    Optional<Outcome> own =
        outcomes.stream().filter(outcome -> outcome.name().equals("engram")).findAny();
    List<Outcome> peers =
        outcomes.stream()
            .filter(outcome -> !outcome.name().equals("engram") && !outcome.name().equals("brute"))
            .toList();
    own.ifPresent(engram -> {
      queries(engram, peers, .95, 1.5, 2.5);
      queries(engram, peers, .99, 1.2, 2);
      build(engram, peers);
      latency(engram);
      filters(engram);
    });
  }

  private void queries(
      Outcome engram, List<Outcome> peers, double recall, double must, double aim) {
    double best = 0;
    String whose = "";
    for (Outcome peer : peers) {
      double rate = speed(peer, recall);
      if (rate > best) {
        best = rate;
        whose = peer.name();
      }
    }
    if (best > 0) {
      String name = String.format(Locale.ROOT, "queries/s at recall %.2f / %s", recall, whose);
      report.atLeast(name, must, aim, speed(engram, recall) / best);
    }
  }

  private static double speed(Outcome outcome, double recall) {
    return Point.speedAt(outcome.points(), recall);
  }

  /** An index whose recall is never enough is no peer, however fast it is made. */
  private void build(Outcome engram, List<Outcome> peers) {
    peers.stream()
        .filter(peer -> speed(peer, LEAST_RECALL) > 0)
        .max((a, b) -> Double.compare(a.buildPerSecond(), b.buildPerSecond()))
        .ifPresent(best ->
            report.atLeast(
                "build, vectors/s / " + best.name(),
                8,
                20,
                engram.buildPerSecond() / best.buildPerSecond()));
  }

  private void latency(Outcome engram) {
    Point working = engram.working();
    if (working != null) {
      report.atMost("p99 of one client at recall .95, ms", 1, .5, working.p99Micros() / 1e3);
    }
  }

  private void filters(Outcome engram) {
    Point working = engram.working();
    if (working == null || engram.filtered().isEmpty()) {
      return;
    }
    double recall = 1;
    double latency = 0;
    double allowed = Math.max(FILTERED_RATIO * working.p50Micros(), FILTERED_MICROS);
    for (Point point : engram.filtered().values()) {
      recall = Math.min(recall, point.recall());
      latency = Math.max(latency, point.p50Micros() / allowed);
    }
    report.atLeast("recall with a filter, the least", LEAST_RECALL, .98, recall);
    report.atMost("latency with a filter / max(2 x without, 0.5 ms)", 1, .5, latency);
  }
}
