package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CheckReport;
import dev.engram.Compression;
import dev.engram.Durability;
import dev.engram.Engram;
import dev.engram.MemorySpace;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Draft;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.LogSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a check finds. */
class CheckerTest {
  private static final int FIRST_SPACE = 1;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {CounterKind.LIVE, CounterKind.SHORT_TERM, CounterKind.LONG_TERM})
  void findsACounterThatDiffersFromItsRows(int counter) {
    try (Engram engram = Engram.open(directory)) {
      MemorySpace space = engram.space("s");
      space.associate(space.learn("a").id(), space.learn("b").id());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    addToCounter(counter);
    try (Engram engram = Engram.open(directory)) {
      List<CheckReport.Finding> findings = engram.check().findings();
      assertEquals("meta", findings.getFirst().where());
      String what = findings.getFirst().what();
      assertTrue(what.contains("collection=1, which=" + counter), what);
    }
  }

  private void addToCounter(int counter) {
    LogConfig config =
        new LogConfig(
            directory.resolve(StoreFiles.LOG),
            Durability.DURABLE,
            Compression.NONE,
            InstantSource.system(),
            new Random(1),
            10,
            Duration.ofSeconds(1),
            1 << 20,
            false,
            CrashPoints.NONE,
            Sealer.PLAIN);
    try (Log log = Log.open(config);
        LogSnapshot base = log.snapshot()) {
      Draft draft = log.draft(base);
      draft.adjust(FIRST_SPACE, counter, 1);
      assertEquals(base.commit().lsn() + 1, log.commit(draft).lsn());
    }
  }
}
