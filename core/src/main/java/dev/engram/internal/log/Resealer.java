package dev.engram.internal.log;

import dev.engram.CancelledException;
import dev.engram.Progress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Seals values anew that are under an older data key: some rows at a time, while no commit and no
 * housekeeping is under way, so that nothing is written back that has changed or gone meanwhile.
 * What is done is not done again. Not thread-safe.
 */
final class Resealer {
  private static final String OPERATION = "reseal";

  /** Rows that are looked at while commits wait. */
  private static final int STEP_ROWS = 4_096;

  /** Bytes that are sealed meanwhile, but for the last row. */
  private static final int STEP_BYTES = 1 << 20;

  private final Rocks rocks;
  private final Consumer<Runnable> alone;
  private final Rocks.Sync sync;
  private long resealed;

  /**
   * @param alone runs a task while nothing else writes
   */
  Resealer(Rocks rocks, Consumer<Runnable> alone, Rocks.Sync sync) {
    this.rocks = rocks;
    this.alone = alone;
    this.sync = sync;
  }

  /** How many values were sealed anew. */
  long run(Progress progress) {
    Family[] families = Family.values();
    for (int i = 0; i < families.length; i++) {
      progress.report(new Progress.Update(OPERATION, i, families.length, families[i].title()));
      run(families[i]);
    }
    rocks.flush();
    progress.report(new Progress.Update(OPERATION, families.length, families.length, "done"));
    return resealed;
  }

  private void run(Family family) {
    byte @Nullable [] from = new byte[0];
    while (from != null) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancelledException(
            "interrupted: operation=" + OPERATION + ", resealed=" + resealed + "; run it again");
      }
      from = step(family, from);
    }
  }

  private byte @Nullable [] step(Family family, byte[] from) {
    Step[] done = {new Step(from)};
    alone.accept(() -> done[0] = reseal(family, from));
    return done[0].next;
  }

  /** Where to go on; null at the end. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Step(byte @Nullable [] next) {}

  private Step reseal(Family family, byte[] from) {
    WriteBatchBytes batch = rocks.newBatch();
    int[] rows = {0};
    byte[][] last = {from};
    boolean[] more = {false};
    rocks.scanStored(
        family,
        from,
        (key, stored) -> {
          last[0] = key;
          more[0] = rows[0] == STEP_ROWS || batch.bytes() > STEP_BYTES;
          if (!more[0] && rocks.reseal(family, key, stored, batch)) {
            resealed++;
          }
          rows[0]++;
          return !more[0];
        });
    if (!batch.isEmpty()) {
      rocks.write(batch, sync);
    }
    return new Step(more[0] ? last[0] : null);
  }
}
