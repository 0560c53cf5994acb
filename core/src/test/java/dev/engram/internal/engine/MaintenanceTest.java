package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.BackupInfo;
import dev.engram.CancelledException;
import dev.engram.CheckLevel;
import dev.engram.CollectionConfig;
import dev.engram.CompactionReport;
import dev.engram.Dynamics;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.ErrorCode;
import dev.engram.ForgetPolicy;
import dev.engram.Forgetting;
import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.MaintenancePlan;
import dev.engram.MaintenanceResult;
import dev.engram.MaintenanceTask;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Retention;
import dev.engram.Stats.TaskStats;
import dev.engram.StorageException;
import dev.engram.TestClock;
import dev.engram.VectorRecord;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Draft;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.LogSnapshot;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectStore;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on by itself, and what is done when it is asked for. */
class MaintenanceTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private Path target() {
    return directory.resolve("backups");
  }

  private Engram open(MaintenancePlan plan) {
    return Engram.open(EngramConfig.at(directory.resolve("store")).clock(clock).maintenance(plan));
  }

  private static void await(String what, BooleanSupplier condition) {
    for (int i = 0; i < 1_000 && !condition.getAsBoolean(); i++) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertTrue(condition.getAsBoolean(), what);
  }

  private static TaskStats of(Engram engram, MaintenanceTask task) {
    return engram.stats().maintenance().stream()
        .filter(each -> each.task() == task)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void sweepsLongTextsThatExpireAtOnce() {
    String dots = ".".repeat(2 << 20);
    try (Engram engram = open(MaintenancePlan.standard())) {
      MemorySpace space = engram.space("s");
      Iterator<Learning> texts =
          IntStream.range(0, 70)
              .mapToObj(i -> "text " + i + dots)
              .map(text -> Learning.of(text).withTimeToLive(Duration.ofHours(1)))
              .iterator();
      assertEquals(70, space.learnAll(texts, Progress.NONE));
      clock.pass(Duration.ofHours(2));
      OpenStore store = (OpenStore) engram;
      long _ = store.maintenance().chores().sweep();
      assertEquals(List.of(), store.expiries().keys(clock.millis(), 1));
    }
  }

  /** Two spaces of which policies have forgotten something that cannot be brought back any more. */
  private void forget(Engram engram) {
    for (String name : List.of("first", "second")) {
      MemorySpace space = engram.space(name);
      space.dynamics(Dynamics.standard().undoWindow(Duration.ofDays(1)));
      RecordId _ = space.learn("alone in " + name).id();
    }
    clock.pass(Duration.ofDays(31));
    for (String name : List.of("first", "second")) {
      assertEquals(1, engram.space(name).forget(ForgetPolicy.standard()).memories());
    }
    clock.pass(Duration.ofDays(2));
  }

  private static Forgetting.State state(Engram engram, String space) {
    return engram.space(space).forgettings().getFirst().state();
  }

  @Test
  void aSpaceWhoseJobFailsKeepsNoOtherWaiting() {
    try (Engram engram = open(MaintenancePlan.none())) {
      forget(engram);
      damageForgotten((OpenStore) engram, 1);
      MaintenanceResult result =
          engram.maintain(Set.of(MaintenanceTask.EXPIRE), Progress.NONE).getFirst();
      assertEquals(Optional.of(ErrorCode.CORRUPT), result.error());
      assertTrue(result.what().contains("failed=1"), result.what());
      assertEquals(Forgetting.State.ERASED, state(engram, "second"));
      TaskStats stats = of(engram, MaintenanceTask.EXPIRE);
      assertEquals(1, stats.runs());
      assertEquals(1, stats.failures());
    }
  }

  private static void damageForgotten(OpenStore store, int space) {
    try (LogSnapshot base = store.log().snapshot()) {
      Draft draft = store.log().draft(base);
      draft.put(Family.FORGOTTEN, Keys.forgetting(space, new UUID(0, 1)), new byte[] {1, 2, 3});
      assertTrue(store.log().commit(draft).lsn() > 0);
    }
  }

  @Test
  void whatIsAskedForIsDoneThoughNothingIsPlanned() {
    try (Engram engram = open(MaintenancePlan.none())) {
      forget(engram);
      assertEquals(Forgetting.State.UNDOABLE, state(engram, "first"));
      List<MaintenanceResult> results = engram.maintain();
      assertEquals(
          List.of(
              MaintenanceTask.EXPIRE,
              MaintenanceTask.CONSOLIDATE,
              MaintenanceTask.COMPACT,
              MaintenanceTask.CHECK),
          results.stream().map(MaintenanceResult::task).toList());
      assertTrue(results.stream().allMatch(MaintenanceResult::ok), results::toString);
      assertEquals(Forgetting.State.ERASED, state(engram, "first"));
      assertEquals(0, of(engram, MaintenanceTask.CHECK).everySeconds());
    }
    try (Engram engram = open(MaintenancePlan.none())) {
      MaintenanceResult check = of(engram, MaintenanceTask.CHECK).last().orElseThrow();
      assertEquals(clock.instant(), check.at());
      assertTrue(check.ok() && check.what().contains("findings=0"), check::toString);
    }
  }

  @Test
  void backsUpAndRetainsByASchedule() {
    MaintenancePlan plan =
        MaintenancePlan.none()
            .backUpTo(target())
            .retain(Retention.ofLast(1))
            .every(MaintenanceTask.BACK_UP, DAY)
            .every(MaintenanceTask.RETAIN, DAY);
    BackupInfo first;
    try (Engram engram = open(plan)) {
      engram.space("s").learn("tea").id();
      assertEquals(0, of(engram, MaintenanceTask.BACK_UP).runs());
      clock.pass(Duration.ofMinutes(2));
      await("a backup", () -> of(engram, MaintenanceTask.RETAIN).runs() == 1);
      await("a backup", () -> of(engram, MaintenanceTask.BACK_UP).runs() == 1);
      first = Engram.backupsIn(target()).list().getFirst();
      assertEquals(engram.lastCommit(), first.commit());
    }
    clock.pass(Duration.ofHours(23));
    try (Engram engram = open(plan)) {
      clock.pass(Duration.ofMinutes(2));
      engram.space("s").learn("coffee").id();
      assertEquals(List.of(first), Engram.backupsIn(target()).list());
      clock.pass(DAY);
      await("another one", () -> of(engram, MaintenanceTask.BACK_UP).runs() == 1);
      assertTrue(engram.maintain(Set.of(MaintenanceTask.RETAIN), Progress.NONE).getFirst().ok());
      List<BackupInfo> left = Engram.backupsIn(target()).list();
      assertEquals(1, left.size());
      assertEquals(engram.lastCommit(), left.getFirst().commit());
    }
  }

  /** A target that lets nobody store anything. */
  private static final class Target implements ObjectStore {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final boolean waits;

    Target(boolean waits) {
      this.waits = waits;
    }

    @Override
    public void put(String name, InputStream bytes, long length) {
      asked.countDown();
      if (waits) {
        try {
          Thread.sleep(Duration.ofMinutes(10));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new CancelledException("interrupted", e);
        }
      }
      throw new StorageException("the target is away");
    }

    @Override
    public void create(String name, InputStream bytes, long length) {
      put(name, bytes, length);
    }

    @Override
    public InputStream get(String name) {
      throw new StorageException("the target is away");
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
      return List.of();
    }

    @Override
    public void delete(String name) {
      throw new StorageException("the target is away");
    }
  }

  @Test
  void aTaskThatFailsKeepsNoOtherWaitingAndIsTriedAgain() {
    MaintenancePlan plan =
        MaintenancePlan.none()
            .backUpTo(new Target(false))
            .every(MaintenanceTask.BACK_UP, DAY)
            .every(MaintenanceTask.CHECK, DAY);
    try (Engram engram = open(plan)) {
      clock.pass(Duration.ofMinutes(2));
      await("the check", () -> of(engram, MaintenanceTask.CHECK).runs() == 1);
      await("the backup", () -> of(engram, MaintenanceTask.BACK_UP).runs() == 1);
      MaintenanceResult failed = of(engram, MaintenanceTask.BACK_UP).last().orElseThrow();
      assertEquals(Optional.of(ErrorCode.STORAGE), failed.error());
      assertTrue(failed.what().contains("the target is away"), failed.what());
      clock.pass(Duration.ofMinutes(11));
      await("another try", () -> of(engram, MaintenanceTask.BACK_UP).runs() == 2);
      assertEquals(1, of(engram, MaintenanceTask.CHECK).runs());
    }
  }

  @Test
  void closingEndsATaskThatIsUnderWay() {
    Target waiting = new Target(true);
    MaintenancePlan plan =
        MaintenancePlan.none().backUpTo(waiting).every(MaintenanceTask.BACK_UP, DAY);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          try (Engram engram = open(plan)) {
            engram.space("s").learn("tea").id();
            clock.pass(Duration.ofMinutes(2));
            waiting.asked.await();
          }
        });
    try (Engram engram = open(MaintenancePlan.none())) {
      assertTrue(engram.check().ok());
      assertFalse(Files.exists(directory.resolve("store/engram-backup")));
    }
  }

  @Test
  void refusesAPlanThatLacksWhatItNeeds() {
    EngramConfig config = EngramConfig.inMemory();
    MaintenancePlan none = MaintenancePlan.none();
    assertThrows(
        InvalidInputException.class,
        () -> config.maintenance(none.every(MaintenanceTask.BACK_UP, DAY)));
    assertThrows(
        InvalidInputException.class,
        () -> config.maintenance(none.backUpTo(target()).every(MaintenanceTask.RETAIN, DAY)));
    assertThrows(
        InvalidInputException.class,
        () -> none.every(MaintenanceTask.CHECK, Duration.ofMillis(999)));
    assertThrows(InvalidInputException.class, () -> none.scrub(-1));
  }

  @Test
  void aDamagedJournalBeginsAnew() throws Exception {
    try (Engram engram = open(MaintenancePlan.none())) {
      assertEquals(4, engram.maintain().size());
    }
    Path journal = directory.resolve("store/engram.maintenance");
    byte[] bytes = Files.readAllBytes(journal);
    bytes[bytes.length / 2] ^= 1;
    Files.write(journal, bytes);
    try (Engram engram = open(MaintenancePlan.none())) {
      assertTrue(of(engram, MaintenanceTask.CHECK).last().isEmpty());
    }
  }

  private static void replaceVectors(Engram engram) {
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 50; i++) {
        float[] vector = new float[300];
        vector[i] = round + 1;
        engram
            .collection("d", CollectionConfig.ofDimension(300))
            .upsert(VectorRecord.of(RecordId.of(i), vector).withText("round " + round));
      }
      engram.checkpoint();
    }
  }

  @Test
  void compactionGivesBackTheSpaceOfWhatWasReplaced() {
    try (Engram engram = open(MaintenancePlan.none())) {
      replaceVectors(engram);
      int[] told = {0};
      CompactionReport report = engram.compact(update -> told[0]++);
      assertTrue(told[0] > 10);
      CompactionReport.Part vectors =
          report.parts().stream().filter(p -> p.name().equals("vectors")).findFirst().orElseThrow();
      assertTrue(vectors.bytesBefore() > 3 * vectors.bytesAfter(), report::toString);
      assertTrue(report.bytesAfter() < report.bytesBefore(), report::toString);
      assertEquals(50, engram.collection("d").count());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    try (Engram engram = Engram.inMemory()) {
      replaceVectors(engram);
      CompactionReport report = engram.compact();
      assertTrue(report.bytesAfter() < report.bytesBefore(), report::toString);
    }
  }

  @Test
  void aCompactionIsCancelled() {
    try (Engram engram = open(MaintenancePlan.none())) {
      replaceVectors(engram);
      Progress cancelling =
          update -> {
            if (update.current() > 3) {
              throw new CancelledException("enough");
            }
          };
      assertThrows(CancelledException.class, () -> engram.compact(cancelling).parts());
      Thread.currentThread().interrupt();
      assertThrows(CancelledException.class, () -> engram.compact().parts());
      assertTrue(Thread.interrupted());
      assertTrue(engram.check(CheckLevel.DEEP, Progress.NONE).ok());
      assertTrue(engram.compact().bytesAfter() > 0);
    }
  }
}
