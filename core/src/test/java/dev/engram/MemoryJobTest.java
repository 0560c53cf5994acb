package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.engine.EngineFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Jobs that are interrupted after each of their commits, and done again. The seed is in the
 * message, and {@code engram.seed} sets it again.
 */
class MemoryJobTest {
  private static final String COMMITTED = "after-views-before-ack";
  private final long seed = Long.getLong("engram.seed", System.nanoTime());

  /** A space in memory on which a job is done, and what is called after each commit of the job. */
  private final class Run implements AutoCloseable {
    private final MemoryJob job;
    private final TestClock clock = new TestClock();
    private final Engram engram;
    private final MemorySpace space;
    private final IntConsumer committed;
    private boolean prepared;
    private int commits;

    Run(MemoryJob job, IntConsumer committed) {
      this.job = job;
      this.committed = committed;
      this.engram = EngineFactory.open(EngramConfig.inMemory().clock(clock), this::reach);
      this.space = engram.space("s");
      job.prepare(space, clock, seed);
      prepared = true;
    }

    private void reach(String point) {
      if (prepared && point.equals(COMMITTED)) {
        committed.accept(++commits);
      }
    }

    void work() {
      job.run(space);
    }

    /** Ends in a check, and in what shows how far the space thinks that its jobs are. */
    List<String> end(String message) {
      prepared = false;
      List<String> reports = new ArrayList<>();
      reports.add(space.consolidate().toString());
      reports.add(space.consolidateSchemas().toString());
      reports.add(space.sleep().toString());
      CheckReport report = engram.check();
      assertTrue(report.ok(), () -> message + report);
      return reports;
    }

    @Override
    public void close() {
      engram.close();
    }
  }

  /** Each state that an undisturbed run goes through, and what it reports afterwards. */
  private record Undisturbed(List<MemoryState> states, List<String> reports) {}

  private Undisturbed undisturbed(MemoryJob job) {
    List<MemoryState> states = new ArrayList<>();
    MemorySpace[] space = new MemorySpace[1];
    try (Run run = new Run(job, _ -> states.add(MemoryState.of(space[0])))) {
      space[0] = run.space;
      states.add(MemoryState.of(run.space));
      run.work();
      return new Undisturbed(states, run.end("seed=" + seed));
    }
  }

  @ParameterizedTest
  @EnumSource(MemoryJob.class)
  void goesOnWhereverItWasInterrupted(MemoryJob job) {
    Undisturbed expected = undisturbed(job);
    int commits = expected.states.size() - 1;
    assertTrue(job == MemoryJob.SLEEP || commits > 3, () -> job + ", commits=" + commits);
    for (int at = 1; at < commits; at++) {
      String message = job + ", interrupted after commit " + at + ", seed=" + seed + ": ";
      int interrupted = at;
      try (Run run = new Run(job, commit -> interruptAt(interrupted, commit))) {
        workUntilInterrupted(run);
        MemoryState.of(run.space).assertSame(expected.states.get(run.commits), message);
        run.work();
        MemoryState.of(run.space).assertSame(expected.states.getLast(), message);
        assertEquals(expected.reports, run.end(message), message);
      }
    }
  }

  private static void interruptAt(int at, int commit) {
    if (at == commit) {
      Thread.currentThread().interrupt();
    }
  }

  private static void workUntilInterrupted(Run run) {
    try {
      run.work();
    } catch (CancelledException e) {
      // What was committed stays.
    } finally {
      boolean _ = Thread.interrupted();
    }
  }

  @Test
  void whatIsForgottenAgainInTheMiddleOfAnUndoStaysSo() {
    try (Run run = new Run(MemoryJob.UNDO, commit -> interruptAt(1, commit))) {
      MemorySpace space = run.space;
      RecordId operation = space.forgettings().getLast().operation();
      long left = space.forgettings().getLast().memories();
      List<RecordId> before = ids(space);
      workUntilInterrupted(run);
      List<RecordId> back = ids(space);
      back.removeAll(before);
      assertEquals(4, back.size(), "a batch");
      assertTrue(space.forget(back.getFirst()));
      assertEquals(left - 4, space.undo(operation));
      assertEquals(Optional.empty(), space.get(back.getFirst()));
      assertEquals(before.size() + left - 1, space.count());
      List<String> _ = run.end("seed=" + seed);
    }
  }

  private static List<RecordId> ids(MemorySpace space) {
    List<RecordId> ids = new ArrayList<>();
    space.scan(Scan.first().limit(1_000)).items().forEach(memory -> ids.add(memory.id()));
    return ids;
  }
}
