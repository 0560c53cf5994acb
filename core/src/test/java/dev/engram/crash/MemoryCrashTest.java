package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.MemoryJob;
import dev.engram.MemorySpace;
import dev.engram.MemoryState;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.TestClock;
import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.log.CrashPoints;
import dev.engram.testing.ChildJvm;
import dev.engram.testing.OrSkip;
import dev.engram.testing.PowerLossShim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills at each side of a commit, and power losses, while jobs work on memories. How many is set by
 * {@code engram.memoryKills} and {@code engram.memoryPowerLosses}; the seed is printed and {@code
 * engram.seed} sets it again.
 */
class MemoryCrashTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int TRIES = 10;
  private static final String BEFORE = "before-log-write";
  private static final String ACKNOWLEDGING = "after-views-before-ack";
  private static final List<String> POINTS = List.of(BEFORE, "after-log-write", ACKNOWLEDGING);

  @TempDir Path directory;
  private final long seed = Long.getLong("engram.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void keepsWholeBatchesOfAJobThatIsKilledAndGoesOnWithIt() {
    MemoryJob[] jobs = MemoryJob.values();
    int kills = Integer.getInteger("engram.memoryKills", 3);
    int first = random.nextInt(jobs.length);
    int commits = 0;
    for (int i = 0; i < kills; i++) {
      MemoryJob job = jobs[(first + i) % jobs.length];
      Undisturbed expected = undisturbed(job, seed + i);
      int at = 1 + random.nextInt(expected.commits());
      String point = POINTS.get(random.nextInt(POINTS.size()));
      String message = job + ", seed=" + seed + ", " + point + " " + at + ": ";
      Path store = directory.resolve("kill" + i);
      List<String> _ = kill(store, job.name(), seed + i, point, at);
      judge(store, job, expected, point.equals(BEFORE) ? at - 1 : at, message);
      commits += expected.commits();
    }
    System.out.println(
        "memory kills="
            + kills
            + ", commits of their jobs="
            + commits
            + ", lost=0, half batches=0, different results=0, seed="
            + seed);
  }

  /** The states that a run goes through, the first one before it, and the time. */
  private record Undisturbed(List<MemoryState> states, TestClock clock) {
    int commits() {
      return states.size() - 1;
    }
  }

  private static Undisturbed undisturbed(MemoryJob job, long jobSeed) {
    List<MemoryState> states = new ArrayList<>();
    MemorySpace[] space = new MemorySpace[1];
    TestClock clock = new TestClock();
    CrashPoints points =
        point -> {
          if (space[0] != null && point.equals(ACKNOWLEDGING)) {
            states.add(MemoryState.of(space[0]));
          }
        };
    try (Engram engram = EngineFactory.open(EngramConfig.inMemory().clock(clock), points)) {
      MemorySpace prepared = engram.space(MemoryWorkload.SPACE);
      job.prepare(prepared, clock, jobSeed);
      states.add(MemoryState.of(prepared));
      space[0] = prepared;
      job.run(prepared);
      return new Undisturbed(states, clock);
    }
  }

  /** Kills a child while it works; returns what it said. */
  private static List<String> kill(Path store, String job, long jobSeed, String point, int count) {
    List<String> arguments =
        List.of(store.toString(), job, Long.toString(jobSeed), point, Integer.toString(count));
    try (ChildJvm child = ChildJvm.start(MemoryWorkload.class, arguments, Map.of())) {
      assertEquals(137, child.waitFor(TIMEOUT), child::errors);
      return child.lines();
    }
  }

  private static void judge(
      Path store, MemoryJob job, Undisturbed expected, int committed, String message) {
    EngramConfig config = EngramConfig.at(store).clock(expected.clock);
    MemoryState last = expected.states.getLast();
    try (Engram engram = Engram.open(config)) {
      MemorySpace space = engram.space(MemoryWorkload.SPACE);
      MemoryState.of(space).assertSame(expected.states.get(committed), message);
      assertTrue(engram.check().ok(), () -> message + engram.check());
      if (committed < expected.commits()) {
        job.run(space);
      }
      MemoryState.of(space).assertSame(last, message);
    }
    try (Engram engram = Engram.open(config)) {
      MemoryState.of(engram.space(MemoryWorkload.SPACE)).assertSame(last, message);
      assertTrue(engram.check().ok(), () -> message + engram.check());
    }
  }

  @Test
  void keepsWholeBatchesOfAJobWhenThePowerFails() throws IOException {
    PowerLossShim shim = OrSkip.powerLoss();
    MemoryJob[] jobs = MemoryJob.values();
    int losses = Integer.getInteger("engram.memoryPowerLosses", 1);
    int first = random.nextInt(jobs.length);
    int within = 0;
    for (int i = 0; within < losses && i < TRIES * losses; i++) {
      MemoryJob job = jobs[(first + i) % jobs.length];
      Undisturbed expected = undisturbed(job, seed + i);
      Path whole = Files.createDirectory(directory.resolve("whole" + i));
      long prepared = prepared(powerLoss(shim, whole, job, seed + i, PowerLossShim.NEVER));
      long at = prepared + 1 + random.nextLong(shim.operations(whole) - prepared);
      Path store = Files.createDirectory(directory.resolve("power" + i));
      List<String> said = powerLoss(shim, store, job, seed + i, at);
      String message = job + ", seed=" + seed + ", power loss at " + at + ": ";
      // How many operations come before the job differs a little.
      if (!said.isEmpty()) {
        int committed = committed(store, expected, message);
        assertTrue(said.size() < 2 || committed == expected.commits(), () -> message + "lost");
        judge(store, job, expected, committed, message);
        within++;
      }
    }
    assertEquals(losses, within, "the power failed too often before the job, seed=" + seed);
    System.out.println("memory power losses=" + losses + ", lost=0, half batches=0, seed=" + seed);
  }

  private static List<String> powerLoss(
      PowerLossShim shim, Path store, MemoryJob job, long jobSeed, long at) {
    List<String> arguments =
        List.of(store.toString(), job.name(), Long.toString(jobSeed), "never", "1");
    Map<String, String> environment = shim.environment(store, at, 1 + (jobSeed & 0xFFFF));
    try (ChildJvm child = ChildJvm.start(MemoryWorkload.class, arguments, environment)) {
      int exit = child.waitFor(TIMEOUT);
      assertTrue(exit == 0 || exit == PowerLossShim.EXIT_CODE, child::errors);
      return child.lines();
    }
  }

  /** How many file operations preparing took. */
  private static long prepared(List<String> said) {
    return Long.parseLong(said.getFirst().split(" ", -1)[1]);
  }

  /** After which of the commits of an undisturbed run the store is as that was. */
  private static int committed(Path store, Undisturbed expected, String message) {
    try (Engram engram = Engram.open(EngramConfig.at(store).clock(expected.clock))) {
      MemoryState found = MemoryState.of(engram.space(MemoryWorkload.SPACE));
      for (int commits = expected.commits(); commits >= 0; commits--) {
        if (found.isSame(expected.states.get(commits))) {
          return commits;
        }
      }
      throw new AssertionError(message + "a state that no run goes through: " + found);
    }
  }

  @Test
  void countsWholeBatchesOfRecallsWhenItIsKilled() {
    int kills = Math.max(1, Integer.getInteger("engram.memoryKills", 1) / 5);
    for (int i = 0; i < kills; i++) {
      Path store = directory.resolve("recalls" + i);
      String point = POINTS.get(random.nextInt(POINTS.size()));
      int at = 1 + random.nextInt(MemoryWorkload.PAIRS / MemoryWorkload.TOGETHER);
      List<String> said = kill(store, MemoryWorkload.RECALLS, seed, point, at);
      int acknowledged = said.size() == 1 ? 0 : Integer.parseInt(said.getLast());
      String message = "seed=" + seed + ", " + point + " " + at;
      try (Engram engram = Engram.open(EngramConfig.at(store).clock(new TestClock()))) {
        MemorySpace space = engram.space(MemoryWorkload.SPACE);
        int written = recalled(space, message);
        assertTrue(written >= acknowledged, () -> message + ", acknowledged=" + acknowledged);
        MemoryWorkload.recall(space, written, _ -> {});
        assertEquals(MemoryWorkload.PAIRS, recalled(space, message), message);
        assertTrue(engram.check().ok(), () -> message + engram.check());
      }
    }
  }

  /** How many pairs were recalled: the first ones, each once, with all that is counted of it. */
  private static int recalled(MemorySpace space, String message) {
    int recalled = 0;
    for (int pair = 0; pair < MemoryWorkload.PAIRS; pair++) {
      RecordId first = RecordId.of("first" + pair);
      RecordId second = RecordId.of("second" + pair);
      Synapse synapse = space.neighbours(first).getFirst();
      boolean counted = synapse.activations() == 1;
      long accesses = counted ? 3 : 1;
      assertEquals(accesses, space.get(first).orElseThrow().accessCount(), message);
      assertEquals(accesses, space.get(second).orElseThrow().accessCount(), message);
      assertEquals(counted ? .55 : .5, synapse.weight(), 1e-9, message);
      assertTrue(!counted || recalled == pair, () -> message + ", out of order");
      recalled += counted ? 1 : 0;
    }
    return recalled;
  }
}
