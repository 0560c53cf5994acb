package dev.engram.bench;

import dev.engram.Activated;
import dev.engram.Activation;
import dev.engram.Association;
import dev.engram.ConsolidationReport;
import dev.engram.Dynamics;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.ForgetPolicy;
import dev.engram.ForgetPreview;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Stats;
import dev.engram.Synapse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The memory graph: learning, associating, activation, a preview of forgetting and consolidation in
 * one store. Degrees follow a power law of mean 20, hubs are capped, strengths are uniform in .1 to
 * 1. Checked in its run: memories and synapses are counted, and activation is compared with a plain
 * computation.
 */
final class MemoryBench {
  private static final int BATCH = 1_000;
  private static final int SYNAPSES_EACH = 10;
  private static final int MOST_DEGREE = 1_000;
  private static final int ACTIVATIONS = 20_000;
  private static final int CHECKED = 50;

  private final int memories;
  private final boolean quick;
  private final Report report = new Report();
  private final PowerLawGraph graph;

  MemoryBench(int memories, boolean quick) {
    this.memories = memories;
    this.quick = quick;
    this.graph = new PowerLawGraph(memories, SYNAPSES_EACH * memories, MOST_DEGREE, 7);
  }

  Report run() throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.make("memory")) {
      warmUp(folder.path().resolve("warm"));
      Path store = folder.path().resolve("store");
      try (Engram engram = Engram.open(EngramConfig.at(store))) {
        MemorySpace space = engram.space("s");
        // It would consolidate by itself, and strengths would not be those that were given.
        space.dynamics(Dynamics.standard().shortTermLimit(2L * graph.size()));
        learn(engram, space);
        associate(engram, space);
        activate(engram, space);
        preview(space);
        consolidate(space);
      }
    }
    return report;
  }

  private void warmUp(Path store) throws IOException {
    int few = Math.min(memories, 20_000);
    PowerLawGraph small = new PowerLawGraph(few, SYNAPSES_EACH * few, MOST_DEGREE, 3);
    try (Engram engram = Engram.open(EngramConfig.at(store))) {
      MemorySpace space = engram.space("s");
      space.learnAll(texts(few).iterator(), Progress.NONE);
      associateAll(space, small);
      for (int i = 0; i < few; i++) {
        List<Activated> _ = space.activate(activation(i));
      }
      ConsolidationReport _ = space.consolidate();
    }
  }

  private void learn(Engram engram, MemorySpace space) {
    List<Learning> texts = texts(memories);
    long began = System.nanoTime();
    space.learnAll(texts.iterator(), Progress.NONE);
    Measured.require(
        engram.awaitViews(engram.lastCommit(), Duration.ofMinutes(5)), "the views lag");
    double rate = memories / Measured.seconds(began);
    Measured.require(space.count() == memories, "memories are missing");
    report.add("engram", "learn, batched, all views", "1/s", rate, Map.of("memories", memories));
    report.atLeast("learn, batched, 1/s", 30_000, 100_000, rate);
  }

  private void associate(Engram engram, MemorySpace space) {
    long began = System.nanoTime();
    associateAll(space, graph);
    Measured.require(
        engram.awaitViews(engram.lastCommit(), Duration.ofMinutes(5)), "the views lag");
    double rate = graph.size() / Measured.seconds(began);
    Measured.require(
        engram.stats().families().getOrDefault("st_edges", 0L) >= .9 * graph.size(),
        "synapses are missing");
    report.add("engram", "associate, batched", "1/s", rate, Map.of("synapses", graph.size()));
    report.atLeast("associate, batched, 1/s", 40_000, 100_000, rate);
  }

  private static void associateAll(MemorySpace space, PowerLawGraph edges) {
    List<Association> batch = new ArrayList<>(BATCH);
    for (int i = 0; i < edges.size(); i++) {
      batch.add(
          Association.of(RecordId.of(edges.from(i)), RecordId.of(edges.to(i)))
              .withStrength(edges.strength(i)));
      if (batch.size() == BATCH || i + 1 == edges.size()) {
        List<Synapse> _ = space.associate(batch);
        batch.clear();
      }
    }
  }

  private void activate(Engram engram, MemorySpace space) {
    SplittableRandom random = new SplittableRandom(11);
    int[] seeds = random.ints(ACTIVATIONS, 0, memories).toArray();
    check(space, seeds);
    long filled = System.nanoTime();
    for (int node = 0; node < memories; node++) {
      List<Activated> _ = space.activate(activation(node).hops(1));
    }
    report.add(
        "engram", "reading all synapses into the cache", "s", Measured.seconds(filled), Map.of());
    int rounds = quick ? 1 : 3;
    double[] rates = new double[rounds];
    double[] p99 = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      long[] nanos = new long[seeds.length];
      long began = System.nanoTime();
      for (int i = 0; i < seeds.length; i++) {
        long start = System.nanoTime();
        List<Activated> _ = space.activate(activation(seeds[i]));
        nanos[i] = System.nanoTime() - start;
      }
      rates[round] = seeds.length / Measured.seconds(began);
      Arrays.sort(nanos);
      p99[round] = nanos[(int) (.99 * nanos.length)] / 1e6;
    }
    Arrays.sort(rates);
    Arrays.sort(p99);
    Map<String, Object> params = Map.of("threshold", .1, "hops", 3, "results", 10);
    report.add("engram", "activate", "1/s", rates[rounds / 2], params);
    report.add("engram", "activate, p99", "ms", p99[rounds / 2], params);
    report.atLeast("activate, 1/s", 10_000, 30_000, rates[rounds / 2]);
    report.atMost("activate, p99, ms", 2, 2, p99[rounds / 2]);
    cache(engram.stats().synapses());
  }

  private void cache(Stats.CacheStats stats) {
    // A synapse is held at both of its ends.
    double each = (double) stats.bytes() / graph.size() * memories / stats.entries();
    report.add("engram", "cache of synapses", "MB", stats.bytes() / 1e6, Map.of());
    report.add("engram", "cache of synapses, hits", "share", stats.hitRatio(), Map.of());
    report.atMost("heap of a cached synapse, bytes", 100, 100, each);
  }

  /** Compares some with a plain computation over the edges. */
  private void check(MemorySpace space, int[] seeds) {
    List<List<PowerLawGraph.Link>> links = graph.links();
    for (int i = 0; i < CHECKED; i++) {
      double[] expected = PlainSpread.of(links, seeds[i], .1, 3, 10);
      double[] found =
          space.activate(activation(seeds[i])).stream()
              .mapToDouble(Activated::activation)
              .toArray();
      for (int j = 0; j < Math.max(expected.length, found.length); j++) {
        Measured.require(
            j < found.length && j < expected.length && Math.abs(found[j] - expected[j]) < .01,
            "activation differs: expected="
                + Arrays.toString(expected)
                + ", found="
                + Arrays.toString(found));
      }
    }
  }

  /** Of some synapses and no memory: all were learned just now. */
  private void preview(MemorySpace space) {
    ForgetPolicy policy = ForgetPolicy.standard().synapsesBelow(.2, .1);
    long began = System.nanoTime();
    ForgetPreview found = space.preview(policy);
    double seconds = Measured.seconds(began);
    double weak = IntStream.range(0, graph.size()).filter(i -> graph.strength(i) < .2).count();
    // Fading adds some, and of two synapses between the same memories one is left.
    Measured.require(
        found.memories() == 0 && found.shortTerm() > .9 * weak && found.shortTerm() < 1.02 * weak,
        "another number of synapses would be forgotten: expected=" + weak + ", found=" + found);
    report.add(
        "engram", "preview of forgetting", "s", seconds, Map.of("synapses", found.shortTerm()));
    report.atMost("preview of forgetting, s", 5, 5, seconds);
  }

  private void consolidate(MemorySpace space) {
    space.dynamics(space.dynamics().batch(2_000));
    long began = System.nanoTime();
    ConsolidationReport done = space.consolidate();
    double seconds = Measured.seconds(began);
    Measured.require(done.shortTermBefore() > 0, "nothing was consolidated");
    double perMillion = seconds * 1e6 / done.shortTermBefore();
    report.add(
        "engram",
        "consolidate",
        "s",
        seconds,
        Map.of(
            "synapses", done.shortTermBefore(),
            "promoted", done.promoted(),
            "weakened", done.weakened()));
    report.atMost("consolidate 1 M changed synapses, s", 20, 20, perMillion);
  }

  private static Activation activation(int node) {
    return Activation.of(RecordId.of(node)).limit(10);
  }

  private static List<Learning> texts(int count) {
    return IntStream.range(0, count).mapToObj(MemoryBench::learning).toList();
  }

  /** Sixty characters. */
  private static Learning learning(int i) {
    String text = String.format("memory %08d about subject %06d and some more words", i, i % 9_973);
    return Learning.of((text + " ".repeat(60)).substring(0, 60).strip() + i % 7)
        .withId(RecordId.of(i));
  }
}
