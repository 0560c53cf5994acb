package dev.engram.crash;

import dev.engram.Association;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Feedback;
import dev.engram.Learning;
import dev.engram.MemoryJob;
import dev.engram.MemorySpace;
import dev.engram.Recall;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.TestClock;
import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.log.CrashPoints;
import dev.engram.testing.PowerLossShim;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * The program that is killed while a job works on the memories of a space. It prints a line when
 * the space is prepared, with the number of file operations where the power may fail, and one when
 * the job is done; of recalls, one for each that is written.
 */
public final class MemoryWorkload {
  static final String SPACE = "mind";

  /** In place of a job: recalls, whose counts are written in batches. */
  static final String RECALLS = "RECALLS";

  static final int PAIRS = 60;

  /** So many recalls are written together. */
  static final int TOGETHER = 5;

  private MemoryWorkload() {}

  /** Arguments: directory, job, seed, crash point, its count once the space is prepared. */
  public static void main(String[] arguments) {
    AtomicBoolean prepared = new AtomicBoolean();
    AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[4]));
    CrashPoints points =
        reached -> {
          boolean here = prepared.get() && reached.equals(arguments[3]);
          if (here && left.decrementAndGet() <= 0) {
            Runtime.getRuntime().halt(137);
          }
        };
    TestClock clock = new TestClock();
    EngramConfig config = EngramConfig.at(Path.of(arguments[0])).clock(clock);
    try (Engram engram = EngineFactory.open(config, points)) {
      MemorySpace space = engram.space(SPACE);
      prepare(arguments[1], space, clock, Long.parseLong(arguments[2]));
      say("prepared " + PowerLossShim.operationsSoFar());
      prepared.set(true);
      work(arguments[1], space);
      say("done");
      Runtime.getRuntime().halt(0);
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  static void prepare(String job, MemorySpace space, TestClock clock, long seed) {
    if (job.equals(RECALLS)) {
      for (int pair = 0; pair < PAIRS; pair++) {
        RecordId first = space.learn(learning(pair, "first")).id();
        RecordId second = space.learn(learning(pair, "second")).id();
        List<Synapse> _ = space.associate(List.of(Association.of(first, second).withStrength(.5)));
      }
    } else {
      MemoryJob.valueOf(job).prepare(space, clock, seed);
    }
  }

  private static Learning learning(int pair, String which) {
    return Learning.of(which + " about word" + pair).withId(RecordId.of(which + pair));
  }

  static void work(String job, MemorySpace space) {
    if (job.equals(RECALLS)) {
      recall(space, 0, pairs -> say(Integer.toString(pairs)));
    } else {
      MemoryJob.valueOf(job).run(space);
    }
  }

  /** Recalls each pair from one on, and tells up to which one it is written. */
  static void recall(MemorySpace space, int from, IntConsumer written) {
    for (int pair = from; pair < PAIRS; pair++) {
      Recall recall = Recall.about("word" + pair).reinforce();
      RecordId operation = space.recall(recall).getFirst().operation();
      if (pair % TOGETHER == TOGETHER - 1) {
        // Writes what waits.
        boolean _ = space.feedback(Feedback.on(operation, false));
        written.accept(pair + 1);
      }
    }
  }
}
