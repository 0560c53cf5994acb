package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** What holds whatever happens to memories. Replays with {@code -Dengram.seed=}. */
class MemoryPropertyTest {
  private static final int STEPS = 400;
  private static final double EXACT = 1e-9;

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final long seed = Long.getLong("engram.seed", System.nanoTime());
  private final Random random = new Random(seed);

  /** Who is there, and who was forgotten by which operation. */
  private final Set<RecordId> there = new HashSet<>();

  private final Map<RecordId, Set<RecordId>> forgottenBy = new HashMap<>();
  private int learned;

  @RepeatedTest(3)
  void nothingResurrectsAndNoSynapseIsInTwoTiers() {
    EngramConfig config = EngramConfig.at(directory).clock(clock);
    Engram engram = Engram.open(config);
    int step = 0;
    try {
      engram.space("s").dynamics(Dynamics.standard().batch(7).consolidationThreshold(.3));
      for (; step < STEPS; step++) {
        if (random.nextInt(80) == 0) {
          engram.close();
          engram = Engram.open(config);
        }
        change(engram.space("s"));
        if (step % 20 == 19) {
          compare(engram);
        }
      }
      compare(engram);
    } catch (Throwable e) {
      throw new AssertionError("seed=" + seed + ", step=" + step + ": " + e.getMessage(), e);
    } finally {
      engram.close();
    }
  }

  private void change(MemorySpace space) {
    switch (random.nextInt(20)) {
      case 0 -> assertTrue(space.sleep().cycle() > 0);
      case 1 -> consolidate(space);
      case 2 -> assertTrue(space.consolidateSchemas().patterns() >= 0);
      case 3 -> assertTrue(space.reconsolidate(some(5)) >= 0);
      case 4 -> assertTrue(space.compete(some(2), some(3)) >= 0);
      case 5 -> forget(space);
      case 6 -> undo(space);
      case 7 -> forgetOne(space);
      case 8, 9 -> assertTrue(space.hebbian(some(4)) >= 0);
      case 10, 11 -> clock.pass(Duration.ofMinutes(random.nextInt(60 * 24 * 9)));
      case 12, 13, 14, 15 -> learn(space);
      case 16 -> some(1).forEach(space::access);
      case 17 -> recall(space);
      default -> associate(space);
    }
  }

  private List<RecordId> some(int most) {
    List<RecordId> sorted = new ArrayList<>(there);
    sorted.sort((a, b) -> a.toString().compareTo(b.toString()));
    List<RecordId> some = new ArrayList<>();
    for (int i = 0; i < most && !sorted.isEmpty(); i++) {
      some.add(sorted.remove(random.nextInt(sorted.size())));
    }
    return some;
  }

  private void learn(MemorySpace space) {
    RecordId id = RecordId.of("m" + learned++);
    Memory _ = space.learn(Learning.of("a memory of kind " + learned).withId(id));
    there.add(id);
  }

  private void associate(MemorySpace space) {
    List<RecordId> ends = some(2);
    if (ends.size() == 2) {
      double strength = .01 + .99 * random.nextDouble();
      String relation = random.nextBoolean() ? Synapse.RELATED : "NEXT";
      Association association = Association.of(ends.getFirst(), ends.getLast(), relation);
      List<Synapse> _ = space.associate(List.of(association.withStrength(strength)));
    }
  }

  /** Also waits until it is counted. */
  private static void recall(MemorySpace space) {
    List<Recollection> hits = space.recall(Recall.about("kind").reinforce().limit(4));
    if (!hits.isEmpty()) {
      assertFalse(space.feedback(Feedback.on(hits.getFirst().operation(), false)));
    }
  }

  private static void consolidate(MemorySpace space) {
    ConsolidationReport report = space.consolidate();
    long left = report.shortTermBefore() - report.promoted() - report.pruned();
    assertTrue(report.shortTermAfter() <= left, report::toString);
  }

  private void forget(MemorySpace space) {
    ForgetPolicy policy =
        random.nextBoolean() ? ForgetPolicy.standard() : ForgetPolicy.aggressive();
    long expected = space.preview(policy).memories();
    Set<RecordId> before = ids(space);
    Forgetting done = space.forget(policy);
    Set<RecordId> gone = new HashSet<>(before);
    gone.removeAll(ids(space));
    assertEquals(expected, gone.size(), "as the preview said");
    assertEquals(expected, done.memories());
    there.removeAll(gone);
    forgottenBy.put(done.operation(), gone);
    assertEquals(0, space.forget(policy).memories(), "again, there is nothing more");
  }

  private void undo(MemorySpace space) {
    List<Forgetting> all =
        space.forgettings().stream()
            .filter(each -> clock.instant().isBefore(each.undoUntil()))
            .filter(each -> each.state() != Forgetting.State.ERASED)
            .toList();
    if (!all.isEmpty()) {
      RecordId operation = all.get(random.nextInt(all.size())).operation();
      Set<RecordId> back = forgottenBy.getOrDefault(operation, Set.of());
      assertEquals(back.size(), space.undo(operation));
      there.addAll(back);
      forgottenBy.remove(operation);
      assertEquals(0, space.undo(operation));
    }
  }

  private void forgetOne(MemorySpace space) {
    for (RecordId id : some(1)) {
      assertTrue(space.forget(id));
      there.remove(id);
    }
  }

  private static Set<RecordId> ids(MemorySpace space) {
    Set<RecordId> ids = new HashSet<>();
    space.scan(Scan.first().limit(STEPS)).items().forEach(memory -> ids.add(memory.id()));
    return ids;
  }

  /** The state is looked at from both ends of each synapse, each with a strength of 0 to 1. */
  private void compare(Engram engram) {
    MemorySpace space = engram.space("s");
    assertEquals(there, ids(space));
    MemoryState state = MemoryState.of(space);
    assertFalse(state.lines().isEmpty() && !there.isEmpty());
    for (Recollection hit : space.recall(Recall.about("kind").untouched().limit(STEPS))) {
      assertTrue(there.contains(hit.memory().id()));
    }
    CheckReport report = engram.check();
    assertTrue(report.ok(), report::toString);
  }

  @RepeatedTest(3)
  void fadingDependsOnTimeAndCyclesAndNotOnHowOftenItIsLookedAt() {
    List<Duration> steps = List.of(Duration.ofDays(20), Duration.ofDays(1), Duration.ofHours(1));
    List<MemoryState> states = new ArrayList<>();
    for (Duration step : steps) {
      TestClock own = new TestClock();
      try (Engram engram = Engram.open(still(own))) {
        MemorySpace space = engram.space("s");
        fill(space, own, new Random(seed));
        look(space, own, step);
        states.add(MemoryState.of(space));
        assertTrue(engram.check().ok());
      }
    }
    states.getFirst().assertSame(states.get(1), "once and daily, seed=" + seed);
    states.getFirst().assertSame(states.get(2), "once and hourly, seed=" + seed);
  }

  /** Nothing is let go meanwhile by itself, which would come sooner or later by the wall clock. */
  private static EngramConfig still(TestClock clock) {
    return EngramConfig.inMemory().clock(clock).maintenance(MaintenancePlan.none());
  }

  /** Synapses of all strengths in both tiers, some of which fade away in the time. */
  private static void fill(MemorySpace space, TestClock clock, Random random) {
    List<RecordId> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      RecordId id = RecordId.of("m" + i);
      ids.add(space.learn(Learning.of("memory " + i).withId(id)).id());
      Memory _ = space.importance(id, random.nextDouble());
      Memory _ = space.pin(id, i % 5 == 0);
    }
    for (int round = 0; round < 2; round++) {
      for (RecordId from : ids) {
        RecordId to = ids.get(random.nextInt(ids.size()));
        if (!from.equals(to)) {
          Association one = Association.of(from, to).withStrength(random.nextDouble(.02, 1));
          List<Synapse> _ = space.associate(List.of(one));
        }
      }
      clock.pass(Duration.ofHours(2));
      space.dynamics(space.dynamics().consolidationThreshold(.5));
      if (round == 0) {
        ConsolidationReport _ = space.consolidate();
      }
    }
    SleepReport _ = space.sleep();
  }

  /** Lets twenty days pass; at each step everything that may look, looks. */
  private static void look(MemorySpace space, TestClock clock, Duration step) {
    ForgetPolicy nothing =
        ForgetPolicy.standard().synapsesBelow(0, 0).unusedFor(Duration.ofDays(1_000));
    for (Duration passed = Duration.ZERO; passed.toDays() < 20; passed = passed.plus(step)) {
      clock.pass(step);
      MemoryState _ = MemoryState.of(space);
      List<Activated> _ = space.activate(Activation.of(List.of(RecordId.of("m1"))));
      assertEquals(0, space.preview(nothing).memories());
      if (passed.plus(step).toHours() % 24 == 0) {
        assertEquals(0, space.forget(nothing).memories());
      }
    }
  }

  @RepeatedTest(3)
  void newMemoriesAndPinnedOnesOutliveEveryJob() {
    try (Engram engram = Engram.open(EngramConfig.inMemory().clock(clock))) {
      MemorySpace space = engram.space("s");
      RecordId pinned = space.learn("pinned").id();
      double importance = random.nextDouble();
      Memory _ = space.importance(pinned, importance);
      Memory _ = space.pin(pinned, true);
      for (int round = 0; round < 15; round++) {
        RecordId fresh = space.learn("new " + round).id();
        clock.pass(Duration.ofMinutes(random.nextInt(14 * 24 * 60)));
        for (MemoryJob job : MemoryJob.values()) {
          if (job != MemoryJob.UNDO) {
            job.run(space);
          }
        }
        Forgetting _ = space.forget(ForgetPolicy.aggressive());
        String message = "round=" + round + ", seed=" + seed;
        assertTrue(space.get(fresh).isPresent(), message);
        assertEquals(importance, space.get(pinned).orElseThrow().importance(), EXACT, message);
      }
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @RepeatedTest(2)
  void doingAJobAgainAtOnceChangesNothingMore() {
    for (MemoryJob job : List.of(MemoryJob.FORGET, MemoryJob.UNDO)) {
      TestClock own = new TestClock();
      try (Engram engram = Engram.open(EngramConfig.inMemory().clock(own))) {
        MemorySpace space = engram.space("s");
        job.prepare(space, own, seed);
        job.run(space);
        MemoryState once = MemoryState.of(space);
        job.run(space);
        MemoryState.of(space).assertSame(once, job + ", seed=" + seed + ": ");
      }
    }
  }
}
