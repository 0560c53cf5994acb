package dev.engram;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a store must hold: plain maps, no durability, no indexes. Not thread-safe. */
final class StoreModel {
  /** A vector of three components. */
  record Point(float x, float y, float z) {
    static Point of(float[] vector) {
      return new Point(vector[0], vector[1], vector[2]);
    }

    float[] vector() {
      return new float[] {x, y, z};
    }
  }

  /** A record, as the model keeps it. */
  record Row(Point point, String text, long colour, Optional<Instant> expiresAt) {
    float[] vector() {
      return point.vector();
    }

    boolean lives(Instant now) {
      return expiresAt.isEmpty() || now.isBefore(expiresAt.get());
    }

    Row coloured(long newColour) {
      return new Row(point, text, newColour, expiresAt);
    }
  }

  /** A synapse from one memory to another. */
  record Pair(RecordId from, RecordId to) {}

  final Map<String, Map<RecordId, Row>> collections = new TreeMap<>();

  /** In the order of learning, so that a seed replays. */
  final Map<RecordId, String> memories = new LinkedHashMap<>();

  final Set<Pair> synapses = new HashSet<>();

  Map<RecordId, Row> live(String collection, Instant now, Predicate<Row> condition) {
    Map<RecordId, Row> found = new HashMap<>();
    collections
        .get(collection)
        .forEach((id, row) -> {
          if (row.lives(now) && condition.test(row)) {
            found.put(id, row);
          }
        });
    return found;
  }

  Set<RecordId> memoriesOf(String text) {
    return memories.entrySet().stream()
        .filter(e -> e.getValue().equals(text))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  Set<RecordId> memoriesWith(String word) {
    Set<RecordId> found = new HashSet<>();
    memories.forEach((id, text) -> {
      if (List.of(text.split(" ")).contains(word)) {
        found.add(id);
      }
    });
    return found;
  }

  /** Memories that synapses lead to from some, over so many at most, those included. */
  Set<RecordId> reachedFrom(Set<RecordId> some, int hops) {
    Set<RecordId> reached = new HashSet<>(some);
    for (int i = 0; i < hops; i++) {
      for (RecordId id : Set.copyOf(reached)) {
        synapsesOf(id).forEach(pair -> reached.addAll(Set.of(pair.from(), pair.to())));
      }
    }
    return reached;
  }

  Set<Pair> synapsesOf(RecordId id) {
    Set<Pair> found = new HashSet<>(synapses);
    found.removeIf(pair -> !pair.from().equals(id) && !pair.to().equals(id));
    return found;
  }

  void forget(RecordId id) {
    memories.remove(id);
    synapses.removeAll(synapsesOf(id));
  }

  static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (double) (a[i] - b[i]);
    }
    return sum;
  }

  static List<Double> nearest(Iterable<Row> rows, float[] query, int limit) {
    List<Double> distances = new ArrayList<>();
    rows.forEach(row -> distances.add(squaredDistance(row.vector(), query)));
    return distances.stream().sorted().limit(limit).toList();
  }
}
