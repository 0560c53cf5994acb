package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.KeySource;
import dev.engram.spi.MemoryObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.io.TempDir;

/** What tests of archives begin with: a store, a target, and lives to compare. */
abstract class ArchiveCase {
  static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  @TempDir Path directory;
  final TestClock clock = new TestClock();
  final MemoryObjectStore objects = new MemoryObjectStore();
  final RandomLife life = new RandomLife(clock, SEED);
  private int recovered;

  Path store() {
    return directory.resolve("store");
  }

  EngramConfig config() {
    return configAt(store());
  }

  /** How a store is opened, and made, that lies anywhere. */
  EngramConfig configAt(Path where) {
    EngramConfig config = EngramConfig.at(where).clock(clock);
    return keys().map(config::encryption).orElse(config);
  }

  /** The master keys, where the stores are encrypted. */
  Optional<KeySource> keys() {
    return Optional.empty();
  }

  /** An open store that has lived, every commit of which is archived. */
  List<RandomLife.Moment> lived(Engram engram, int changes) {
    RandomLife.begin(engram);
    List<RandomLife.Moment> moments = life.live(engram, changes);
    engram.archive().to(objects).ship();
    return moments;
  }

  CommitId recover(RecoveryPoint point, Path where) {
    return Engram.recover(objects, point, configAt(where), Progress.NONE);
  }

  void assertRecovers(RandomLife.Moment moment, RecoveryPoint point) {
    Path where = directory.resolve("recovered" + recovered++);
    CommitId last = recover(point, where);
    assertEquals(moment.commit().lsn(), last.lsn(), point + ", seed=" + SEED);
    assertTrue(last.timeline() > moment.commit().timeline());
    try (Engram engram = Engram.open(configAt(where).clock(RandomLife.at(moment.at())))) {
      moment.assertHeldBy(engram, point + ", seed=" + SEED);
      CheckReport report = engram.check();
      assertTrue(report.ok(), report::toString);
      assertEquals(last, engram.lastCommit());
    }
  }

  static RecoveryPoint at(RandomLife.Moment moment) {
    return RecoveryPoint.lsn(moment.commit().lsn());
  }

  Path other() {
    return directory.resolve("other");
  }

  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "nothing was archived");
      LockSupport.parkNanos(10_000_000);
    }
  }
}
