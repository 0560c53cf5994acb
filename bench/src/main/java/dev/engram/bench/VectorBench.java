package dev.engram.bench;

import dev.engram.internal.vector.FlatVectorIndex;
import dev.engram.internal.vector.Hits;
import dev.engram.internal.vector.PartitionedVectorIndex;
import dev.engram.internal.vector.SegmentStore;
import dev.engram.internal.vector.Selection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The vector index beside Lucene's HNSW and brute force: one process, one thread for queries, the
 * same vectors and the same true neighbours. Every speed is shown with the recall of the same run.
 */
final class VectorBench {
  private static final int NEIGHBOURS = 10;
  private static final int ROUNDS = 5;
  private static final double[] RECALLS = {.8, .9, .95, .98, .99, .999};
  private static final int[] BEAMS = {0, 10, 30, 60, 120, 250, 500};
  private static final double MUST_QUERIES = 1.5;
  private static final double AIM_QUERIES = 2.5;
  private static final double MUST_BUILD = 8;
  private static final double AIM_BUILD = 20;

  private final Vectors data;
  private final Report report = new Report();
  private final List<Set<Integer>> truth = new ArrayList<>();

  VectorBench(Vectors data) {
    this.data = data;
  }

  /** A search of one kind for the nearest of one query. */
  @FunctionalInterface
  interface Searching {
    int[] nearest(float[] query) throws IOException;
  }

  /** A point of a sweep. */
  private record Point(double recall, double queriesPerSecond) {}

  Report run() throws IOException {
    bruteForce();
    List<Point> engram = new ArrayList<>();
    double engramBuild = engram(engram);
    List<Point> lucene = new ArrayList<>();
    double luceneBuild;
    try (LuceneVectors peer = new LuceneVectors(data.metric())) {
      luceneBuild = lucene(peer, lucene);
    }
    for (double recall : new double[] {.95, .99}) {
      double own = speedAt(engram, recall);
      double peer = speedAt(lucene, recall);
      report.atLeast(
          String.format(Locale.ROOT, "queries/s at recall %.2f / Lucene HNSW", recall),
          recall == .95 ? MUST_QUERIES : 1.2,
          recall == .95 ? AIM_QUERIES : 2,
          peer == 0 ? 0 : own / peer);
    }
    report.atLeast(
        "build, vectors/s / Lucene HNSW", MUST_BUILD, AIM_BUILD, engramBuild / luceneBuild);
    return report;
  }

  private void bruteForce() throws IOException {
    FlatVectorIndex exact = new FlatVectorIndex(data.dimension(), data.metric());
    for (int i = 0; i < data.base().length; i++) {
      exact.put(i, data.base()[i]);
    }
    long started = System.nanoTime();
    for (float[] query : data.queries()) {
      Set<Integer> nearest = new HashSet<>();
      Hits hits = exact.search(query, NEIGHBOURS, Selection.ALL, 1);
      Arrays.stream(hits.ordinals()).forEach(nearest::add);
      truth.add(nearest);
    }
    add("brute", "queries, one thread", data.queries().length / seconds(started), 1);
  }

  /** Fills the index as a store does, then sweeps; returns vectors a second. */
  private double engram(List<Point> points) throws IOException {
    PartitionedVectorIndex index =
        new PartitionedVectorIndex(
            data.dimension(), data.metric(), SegmentStore.inMemory(), this::originals, 1);
    long started = System.nanoTime();
    for (int i = 0; i < data.base().length; i++) {
      index.put(i, data.base()[i]);
      if (index.isFull()) {
        index.flush(false);
      }
    }
    index.filled();
    double rate = data.base().length / seconds(started);
    add("engram", "build, one thread, caught up and tidied", rate, 1);
    for (double recall : RECALLS) {
      points.add(
          measure(
              "engram",
              String.format(Locale.ROOT, "queries, wanted recall %.3f", recall),
              q -> index.search(q, NEIGHBOURS, Selection.ALL, recall).ordinals()));
    }
    return rate;
  }

  private List<float @Nullable []> originals(int[] ordinals) {
    List<float @Nullable []> vectors = new ArrayList<>(ordinals.length);
    for (int ordinal : ordinals) {
      vectors.add(data.base()[ordinal]);
    }
    return vectors;
  }

  private double lucene(LuceneVectors peer, List<Point> points) throws IOException {
    long started = System.nanoTime();
    peer.build(data.base());
    double rate = data.base().length / seconds(started);
    add("lucene", "build, one thread, merged into one segment", rate, 1);
    for (int beam : BEAMS) {
      points.add(
          measure(
              "lucene",
              "queries, candidates " + (NEIGHBOURS + beam),
              q -> peer.nearest(q, NEIGHBOURS, NEIGHBOURS + beam)));
    }
    return rate;
  }

  /** Recall, then the median speed of some rounds. */
  private Point measure(String engine, String what, Searching searching) throws IOException {
    int found = 0;
    for (int i = 0; i < data.queries().length; i++) {
      for (int ordinal : searching.nearest(data.queries()[i])) {
        found += truth.get(i).contains(ordinal) ? 1 : 0;
      }
    }
    double recall = (double) found / (NEIGHBOURS * data.queries().length);
    double[] rates = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long started = System.nanoTime();
      for (float[] query : data.queries()) {
        int[] _ = searching.nearest(query);
      }
      rates[round] = data.queries().length / seconds(started);
    }
    Arrays.sort(rates);
    add(engine, what, rates[ROUNDS / 2], recall);
    return new Point(recall, rates[ROUNDS / 2]);
  }

  private void add(String engine, String what, double perSecond, double recall) {
    String shown = recall == 1 ? what : String.format(Locale.ROOT, "%s: recall %.4f", what, recall);
    report.add(engine, shown, "/s", perSecond, Map.of("recall", recall, "data", data.name()));
  }

  /** The fastest point that reaches a recall; 0 where none does. */
  private static double speedAt(List<Point> points, double recall) {
    return points.stream()
        .filter(point -> point.recall >= recall)
        .mapToDouble(Point::queriesPerSecond)
        .max()
        .orElse(0);
  }

  private static double seconds(long startedNanos) {
    return (System.nanoTime() - startedNanos) / 1e9;
  }
}
