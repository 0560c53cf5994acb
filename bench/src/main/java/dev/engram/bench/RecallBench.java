package dev.engram.bench;

import dev.engram.Association;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.Recall;
import dev.engram.RecallProfile;
import dev.engram.RecordId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * How long a recall with all arms takes in one large space, and how often it finds the memory that
 * the question was made of.
 */
final class RecallBench {
  private static final int LIMIT = 10;
  private static final int WARM_UP = 300;
  private static final double MUST_P99_MILLIS = 20;
  private static final double AIM_P99_MILLIS = 10;
  private static final double MUST_FOUND = 0.95;
  private static final int TURNS_PER_SYNAPSE = 4;
  private static final double LEAST_STRENGTH = .1;
  private static final int ASSOCIATED_AT_ONCE = 1_000;

  private final int turns;
  private final int questions;
  private final boolean vectors;
  private final Talk talk;
  private final Report report = new Report();

  /**
   * @param vectors whether memories and questions have vectors
   */
  RecallBench(int turns, int questions, boolean vectors) {
    this.turns = turns;
    this.questions = questions;
    this.vectors = vectors;
    this.talk = new Talk(turns);
  }

  Report run() throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.make("recall")) {
      EngramConfig config = EngramConfig.at(folder.path()).createIfMissing(true);
      try (Engram engram = Engram.open(vectors ? config.embedder(new WordEmbedder()) : config)) {
        MemorySpace space = engram.space("talk");
        learn(space);
        observe(
            space, new Way("recall beside the upkeep of its views", RecallProfile.CONVERSATION));
        rest();
        measure(space, ways(""));
        associate(space);
        rest();
        measure(space, ways(", associated"));
      }
    }
    return report;
  }

  /** A way to ask. */
  private record Way(String name, RecallProfile profile) {}

  private void measure(MemorySpace space, List<Way> ways) {
    ways.forEach(way -> ask(space, way, WARM_UP));
    ways.forEach(way -> measure(space, way));
  }

  private List<Way> ways(String more) {
    String arms = (vectors ? "words, vectors" : "words") + more;
    return List.of(
        new Way("recall as a conversation, " + arms, RecallProfile.CONVERSATION),
        new Way("recall as notes, " + arms, RecallProfile.NOTES));
  }

  private void learn(MemorySpace space) {
    long began = System.nanoTime();
    long count = space.learnAll(talk.learnings(), Progress.NONE);
    double seconds = Measured.seconds(began);
    assert count == turns;
    report.add("engram", "learn", "memories/s", turns / seconds, Map.of("memories", turns));
    System.err.printf(Locale.ROOT, "learned %,d in %.1f s%n", turns, seconds);
    long first = System.nanoTime();
    ask(space, ways("").getFirst(), 1);
    report.add("engram", "first recall", "ms", (System.nanoTime() - first) / 1e6, Map.of());
  }

  /** One synapse for every fourth turn, to any other. */
  private void associate(MemorySpace space) {
    Random random = new Random(turns);
    long began = System.nanoTime();
    List<Association> batch = new ArrayList<>();
    for (long turn = 0; turn < turns - 1; turn += TURNS_PER_SYNAPSE) {
      long other = (turn + 1 + random.nextInt(turns - 1)) % turns;
      batch.add(
          Association.of(RecordId.of(turn), RecordId.of(other))
              .withStrength(LEAST_STRENGTH + (1 - LEAST_STRENGTH) * random.nextDouble()));
      if (batch.size() == ASSOCIATED_AT_ONCE) {
        space.associate(batch);
        batch.clear();
      }
    }
    space.associate(batch);
    double seconds = Measured.seconds(began);
    System.err.printf(
        Locale.ROOT, "associated %,d in %.1f s%n", turns / TURNS_PER_SYNAPSE, seconds);
  }

  /** Waits until views have done what they do in the background after many writes. */
  private void rest() {
    double seconds = Measured.untilIdle();
    report.add("engram", "until the background rests", "s", seconds, Map.of());
    System.err.printf(Locale.ROOT, "at rest after %.0f s%n", seconds);
  }

  private void measure(MemorySpace space, Way way) {
    Run run = observe(space, way);
    report.atMost(way.name + ": p99, ms", MUST_P99_MILLIS, AIM_P99_MILLIS, run.millis(.99));
    report.atLeast(way.name + ": asked memory among 10", MUST_FOUND, 1, run.found());
  }

  private Run observe(MemorySpace space, Way way) {
    Run run = ask(space, way, questions);
    double p50 = run.millis(0.5);
    double p99 = run.millis(0.99);
    Map<String, Object> params =
        Map.of("memories", turns, "questions", questions, "limit", LIMIT, "found", run.found());
    report.add("engram", way.name + ": p50", "ms", p50, params);
    report.add("engram", way.name + ": p99", "ms", p99, params);
    report.add("engram", way.name + ": p50 of CPU", "ms", run.cpuMillis(0.5), params);
    report.add("engram", way.name + ": p99 of CPU", "ms", run.cpuMillis(0.99), params);
    report.add("engram", way.name + ": longest", "ms", run.millis(1), params);
    return run;
  }

  /**
   * Nanoseconds of some questions, by the clock and of the processor, each ascending, and the share
   * of those whose memory was found.
   */
  private record Run(List<Long> nanos, List<Long> cpu, double found) {
    double millis(double share) {
      return at(nanos, share);
    }

    double cpuMillis(double share) {
      return at(cpu, share);
    }

    private static double at(List<Long> ascending, double share) {
      return ascending.get((int) Math.ceil(share * ascending.size()) - 1) / 1e6;
    }
  }

  private Run ask(MemorySpace space, Way way, int count) {
    Random random = new Random(count);
    Long[] nanos = new Long[count];
    Long[] cpu = new Long[count];
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    int found = 0;
    for (int i = 0; i < count; i++) {
      Talk.Asked asked = talk.ask(random);
      Recall recall = Recall.about(asked.question()).limit(LIMIT).profile(way.profile);
      long cpuBegan = threads.getCurrentThreadCpuTime();
      long began = System.nanoTime();
      var hits = space.recall(recall);
      nanos[i] = System.nanoTime() - began;
      cpu[i] = threads.getCurrentThreadCpuTime() - cpuBegan;
      RecordId wanted = RecordId.of(asked.turn());
      found += hits.stream().anyMatch(hit -> hit.memory().id().equals(wanted)) ? 1 : 0;
    }
    Arrays.sort(nanos);
    Arrays.sort(cpu);
    return new Run(List.of(nanos), List.of(cpu), (double) found / count);
  }
}
