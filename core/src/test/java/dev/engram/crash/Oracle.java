package dev.engram.crash;

import dev.engram.CheckReport;
import dev.engram.Engram;
import dev.engram.MemorySpace;
import dev.engram.VectorCollection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was acknowledged, kept outside the store, and what the reopened store says.
 *
 * @param acknowledged highest acknowledged transaction of each thread, by thread
 */
record Oracle(Map<Integer, Integer> acknowledged) {
  /** Reads the lines of a {@link Workload}. */
  static Oracle of(List<String> lines) {
    Map<Integer, Integer> highest = new HashMap<>();
    for (String line : lines) {
      List<String> parts = List.of(line.split(" ", -1));
      if (parts.size() == 3) {
        highest.merge(Integer.parseInt(parts.get(0)), Integer.parseInt(parts.get(1)), Math::max);
      }
    }
    return new Oracle(highest);
  }

  /** How the reopened store compares. */
  record Verdict(int acknowledged, int lost, int halves, int gaps, List<String> findings) {
    boolean clean() {
      return lost == 0 && halves == 0 && gaps == 0 && findings.isEmpty();
    }
  }

  /** Compares a reopened store with what was acknowledged, and checks it against itself. */
  Verdict judge(Engram engram, int threads) {
    Optional<MemorySpace> space = engram.findSpace(Workload.SPACE);
    int total = acknowledged.values().stream().mapToInt(n -> n + 1).sum();
    if (space.isEmpty()) {
      return new Verdict(total, total, 0, 0, findings(engram));
    }
    VectorCollection docs = engram.collection(Workload.DOCS);
    int lost = 0;
    int halves = 0;
    int gaps = 0;
    for (int thread = 0; thread < threads; thread++) {
      int found = 0;
      while (whole(space.get(), thread, found)) {
        found++;
      }
      lost += Math.max(0, acknowledged.getOrDefault(thread, -1) + 1 - found);
      halves += half(space.get(), docs, thread, found) ? 1 : 0;
      gaps += space.get().get(Workload.id(thread, found + 1, "a")).isPresent() ? 1 : 0;
    }
    return new Verdict(total, lost, halves, gaps, findings(engram));
  }

  private static List<String> findings(Engram engram) {
    CheckReport report = engram.check();
    return report.findings().stream().map(Object::toString).toList();
  }

  private static boolean whole(MemorySpace space, int thread, int number) {
    return space.get(Workload.id(thread, number, "a")).isPresent()
        && space.get(Workload.id(thread, number, "b")).isPresent()
        && space.neighbours(Workload.id(thread, number, "a")).size() == 1;
  }

  /** Whether parts of transaction {@code found} are there, or parts of an earlier one are not. */
  private static boolean half(MemorySpace space, VectorCollection docs, int thread, int found) {
    boolean partThere =
        space.get(Workload.id(thread, found, "a")).isPresent()
            || space.get(Workload.id(thread, found, "b")).isPresent()
            || docs.get(Workload.id(thread, found, "d")).isPresent();
    for (int number = 0; number < found; number++) {
      boolean lives = number >= found - Workload.LIFE;
      if (docs.get(Workload.id(thread, number, "d")).isPresent() != lives) {
        return true;
      }
    }
    return partThere;
  }
}
