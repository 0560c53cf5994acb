package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.log.CrashPoints;
import dev.engram.spi.MemoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups that continue others: making, keeping and restoring them. */
class IncrementalBackupTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final RandomLife life = new RandomLife(clock, SEED);
  private int restored;

  private Path store() {
    return directory.resolve("store");
  }

  private EngramConfig config() {
    return EngramConfig.at(store()).clock(clock);
  }

  private BackupInfo backup(Engram engram, BackupKind kind) {
    clock.pass(Duration.ofSeconds(1));
    return engram.backups().to(objects).create(kind, Metadata.empty(), Progress.NONE);
  }

  /** A backup and what the store held then. */
  private record Kept(BackupInfo backup, RandomLife.Moment moment) {}

  private Kept keep(Engram engram, BackupKind kind) {
    RandomLife.Moment moment = life.live(engram, 5).getLast();
    BackupInfo made = backup(engram, kind);
    assertEquals(kind, made.kind(), "seed=" + SEED);
    assertEquals(moment.commit(), made.commit());
    return new Kept(made, moment);
  }

  private void assertRestores(Kept kept) {
    Path where = directory.resolve("restored" + restored++);
    CommitId last = Engram.restore(objects, kept.backup.id(), where, Progress.NONE);
    assertEquals(new CommitId(2, kept.backup.commit().lsn()), last);
    try (Engram engram =
        Engram.open(EngramConfig.at(where).clock(RandomLife.at(kept.moment.at())))) {
      kept.moment.assertHeldBy(engram, kept.backup + ", seed=" + SEED);
      assertTrue(engram.check().ok(), () -> engram.check().toString());
      engram.space("s").learn("it goes on");
    }
  }

  @Test
  void restoresEachOfAChain() {
    List<Kept> kept = new ArrayList<>();
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      kept.add(keep(engram, BackupKind.FULL));
      kept.add(keep(engram, BackupKind.INCREMENTAL));
      kept.add(keep(engram, BackupKind.INCREMENTAL));
    }
    try (Engram engram = Engram.open(config())) {
      kept.add(keep(engram, BackupKind.INCREMENTAL));
      kept.add(keep(engram, BackupKind.DIFFERENTIAL));
      kept.add(keep(engram, BackupKind.INCREMENTAL));
      kept.add(keep(engram, BackupKind.DIFFERENTIAL));
      List<BackupInfo> listed = engram.backups().to(objects).list();
      assertEquals(kept.reversed().stream().map(Kept::backup).toList(), listed);
    }
    String full = kept.getFirst().backup.id();
    assertEquals(Optional.empty(), kept.getFirst().backup.parent());
    assertEquals(Optional.of(full), kept.get(1).backup.parent());
    assertEquals(Optional.of(kept.get(2).backup.id()), kept.get(3).backup.parent());
    assertEquals(Optional.of(full), kept.get(4).backup.parent());
    assertEquals(Optional.of(kept.get(4).backup.id()), kept.get(5).backup.parent());
    assertEquals(Optional.of(full), kept.getLast().backup.parent());
    for (Kept each : kept) {
      assertTrue(Engram.backupsIn(objects).verify(each.backup.id(), Progress.NONE).ok());
      assertRestores(each);
    }
  }

  @Test
  void aDifferentialBackupSendsOnlyWhatIsNew() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      keep(engram, BackupKind.FULL);
      Kept first = keep(engram, BackupKind.DIFFERENTIAL);
      long before = objects.bytes();
      engram.space("s").learn("one");
      BackupInfo second = backup(engram, BackupKind.DIFFERENTIAL);
      assertTrue(second.bytes() > first.backup.bytes());
      assertTrue(objects.bytes() - before < second.bytes());
    }
  }

  @Test
  void holdsNoMoreThanThreePercentAfterAChangeOfOnePercent() {
    int records = 20_000;
    Random random = new Random(3);
    try (Engram engram = Engram.open(config())) {
      VectorCollection docs = engram.collection("docs", CollectionConfig.ofDimension(64));
      List<VectorRecord> all = new ArrayList<>();
      for (int i = 0; i < records; i++) {
        all.add(record(random, i));
      }
      long _ = docs.upsertAll(all.iterator(), Progress.NONE);
      BackupInfo full = backup(engram, BackupKind.FULL);
      for (int i = 0; i < records / 100; i++) {
        docs.upsert(record(random, random.nextInt(records)));
      }
      BackupInfo delta = backup(engram, BackupKind.INCREMENTAL);
      assertEquals(BackupKind.INCREMENTAL, delta.kind());
      double share = 100.0 * delta.bytes() / full.bytes();
      assertTrue(share <= 3, share + " %");
    }
  }

  private static VectorRecord record(Random random, int id) {
    float[] vector = new float[64];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = random.nextFloat() - .5f;
    }
    return VectorRecord.of(RecordId.of(id), vector)
        .withText("record " + id + " says " + random.nextInt())
        .withMetadata(Metadata.of("year", 2000 + id % 30));
  }

  @Test
  void oneWithoutChangesIsSmallAndWhole() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      Kept full = keep(engram, BackupKind.FULL);
      BackupInfo nothing = backup(engram, BackupKind.INCREMENTAL);
      assertEquals(0, nothing.bytes());
      assertEquals(BackupKind.INCREMENTAL, nothing.kind());
      assertRestores(new Kept(nothing, full.moment));
    }
  }

  @Test
  void isFullWhereThereIsNothingToContinue() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      assertEquals(BackupKind.FULL, backup(engram, BackupKind.INCREMENTAL).kind());
      assertEquals(BackupKind.INCREMENTAL, backup(engram, BackupKind.INCREMENTAL).kind());
      MemoryObjectStore elsewhere = new MemoryObjectStore();
      assertEquals(
          BackupKind.FULL,
          engram
              .backups()
              .to(elsewhere)
              .create(BackupKind.DIFFERENTIAL, Metadata.empty(), Progress.NONE)
              .kind());
      // One in another target does not give up what this one continues.
      keep(engram, BackupKind.INCREMENTAL);
      engram.snapshots().create("here");
    }
    CommitId _ = Engram.restoreSnapshot(store(), "here");
    try (Engram engram = Engram.open(config())) {
      assertEquals(BackupKind.FULL, backup(engram, BackupKind.INCREMENTAL).kind());
      keep(engram, BackupKind.INCREMENTAL);
    }
  }

  @Test
  void isFullWhereTheLogNoLongerReachesBack() {
    try (Engram engram = Engram.open(config().backupLogBytes(50_000))) {
      RandomLife.begin(engram);
      keep(engram, BackupKind.FULL);
      keep(engram, BackupKind.INCREMENTAL);
      MemorySpace space = engram.space("s");
      for (int i = 0; i < 400; i++) {
        space.learn("text " + i);
      }
      awaitTrim(engram);
      BackupInfo next = backup(engram, BackupKind.INCREMENTAL);
      assertEquals(BackupKind.FULL, next.kind());
      assertRestores(new Kept(next, life.moment(engram)));
      keep(engram, BackupKind.INCREMENTAL);
    }
  }

  @Test
  void givesUpOnlyWhatIsTooFarBack() {
    MemoryObjectStore second = new MemoryObjectStore();
    try (Engram engram = Engram.open(config().backupLogBytes(50_000))) {
      RandomLife.begin(engram);
      keep(engram, BackupKind.FULL);
      engram.space("s").learn("x".repeat(30_000));
      BackupInfo _ = engram.backups().to(second).create();
      engram.space("s").learn("y".repeat(30_000));
      LockSupport.parkNanos(Duration.ofMillis(2_500).toNanos());
      assertEquals(BackupKind.FULL, backup(engram, BackupKind.INCREMENTAL).kind());
      assertEquals(
          BackupKind.INCREMENTAL,
          engram
              .backups()
              .to(second)
              .create(BackupKind.INCREMENTAL, Metadata.empty(), Progress.NONE)
              .kind());
    }
  }

  @Test
  void givesUpNothingOnlyBecauseTheStoreIsReopened() {
    EngramConfig config = config().backupLogBytes(50_000);
    try (Engram engram = Engram.open(config)) {
      RandomLife.begin(engram);
      engram.space("s").learn("x".repeat(200_000));
      keep(engram, BackupKind.FULL);
    }
    try (Engram engram = Engram.open(config)) {
      LockSupport.parkNanos(Duration.ofMillis(2_500).toNanos());
      keep(engram, BackupKind.INCREMENTAL);
    }
  }

  @Test
  void keepsNoLogForABackupThatWasDeleted() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      Kept kept = keep(engram, BackupKind.FULL);
      assertTrue(engram.backups().to(objects).delete(kept.backup.id()));
      for (int i = 0; i < 400; i++) {
        engram.space("s").learn("text " + i);
      }
      keep(engram, BackupKind.FULL);
      awaitTrim(engram);
    }
  }

  private static void awaitTrim(Engram engram) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (engram.commits(CommitRange.newest(10_000)).getLast().id().lsn() < 100) {
      assertTrue(System.nanoTime() < end, "the log is not trimmed");
      engram.checkpoint();
      LockSupport.parkNanos(50_000_000);
    }
  }

  @Test
  void theLogIsKeptForTheNextOneThoughTheStoreIsReopened() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      keep(engram, BackupKind.FULL);
    }
    try (Engram engram = Engram.open(config())) {
      for (int i = 0; i < 400; i++) {
        engram.space("s").learn("text " + i);
      }
      engram.checkpoint();
      LockSupport.parkNanos(Duration.ofMillis(2_200).toNanos());
      Kept kept = keep(engram, BackupKind.INCREMENTAL);
      assertRestores(kept);
    }
  }

  @Test
  void noOneThatAnotherNeedsIsDeleted() {
    List<Kept> kept = new ArrayList<>();
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      for (BackupKind kind :
          List.of(
              BackupKind.FULL,
              BackupKind.INCREMENTAL,
              BackupKind.INCREMENTAL,
              BackupKind.DIFFERENTIAL)) {
        kept.add(keep(engram, kind));
      }
    }
    Backups backups = Engram.backupsIn(objects);
    for (int i = 0; i < 2; i++) {
      String needed = kept.get(i).backup.id();
      assertThrows(InvalidInputException.class, () -> backups.delete(needed));
    }
    assertEquals(4, backups.list().size());
    // The newest needs the full one alone: those in between go, but not the commits it shares.
    assertEquals(
        List.of(kept.get(2).backup, kept.get(1).backup), backups.retain(Retention.ofLast(1)));
    assertRestores(kept.getLast());
    assertRestores(kept.getFirst());
    assertTrue(backups.delete(kept.getLast().backup.id()));
    assertTrue(backups.delete(kept.getFirst().backup.id()));
    assertEquals(Map.of(), objects.objects());
  }

  @Test
  void aCopyOfTheDirectoryDoesNotContinueWhatTheOtherOneMade() {
    Path copy = directory.resolve("copy");
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      keep(engram, BackupKind.FULL);
    }
    copy(store(), copy);
    try (Engram engram = Engram.open(config())) {
      engram.space("s").learn("only here");
      BackupInfo _ = backup(engram, BackupKind.INCREMENTAL);
    }
    try (Engram engram = Engram.open(EngramConfig.at(copy).clock(clock))) {
      Kept kept = keep(engram, BackupKind.INCREMENTAL);
      assertRestores(kept);
    }
  }

  @Test
  void retentionKeepsTheWholeChainOfTheNewest() {
    List<Kept> kept = new ArrayList<>();
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      kept.add(keep(engram, BackupKind.FULL));
      for (int i = 0; i < 3; i++) {
        kept.add(keep(engram, BackupKind.INCREMENTAL));
      }
      Backups backups = engram.backups().to(objects);
      assertEquals(List.of(), backups.retain(Retention.ofLast(1)));
      kept.forEach(this::assertRestores);
      Kept next = keep(engram, BackupKind.FULL);
      assertEquals(
          kept.reversed().stream().map(Kept::backup).toList(), backups.retain(Retention.ofLast(1)));
      assertRestores(next);
    }
  }

  @Test
  void aChainThatIsDamagedIsRefusedAndNotContinued() {
    Kept full;
    Kept first;
    Kept second;
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      full = keep(engram, BackupKind.FULL);
      Set<String> before = new TreeSet<>(objects.objects().keySet());
      first = keep(engram, BackupKind.INCREMENTAL);
      second = keep(engram, BackupKind.INCREMENTAL);
      Path other = directory.resolve("other");
      for (String name : List.copyOf(objects.objects().keySet())) {
        if (before.contains(name) || name.equals("backups/" + second.backup.id())) {
          continue;
        }
        byte[] intact = objects.objects().get(name);
        byte[] flipped = intact.clone();
        flipped[intact.length / 2] ^= 1;
        objects.objects().put(name, flipped);
        assertRefused(second, other, name);
        objects.objects().remove(name);
        assertRefused(second, other, name);
        objects.objects().put(name, intact);
      }
      objects.objects().remove("backups/" + first.backup.id());
      assertEquals(BackupKind.FULL, backup(engram, BackupKind.INCREMENTAL).kind());
    }
    assertRestores(full);
  }

  private void assertRefused(Kept kept, Path other, String name) {
    String id = kept.backup.id();
    assertFalse(Engram.backupsIn(objects).verify(id, Progress.NONE).ok(), name);
    assertThrows(
        CorruptStoreException.class, () -> Engram.restore(objects, id, other, Progress.NONE), name);
    assertFalse(Files.exists(other.resolve("engram.store")), name);
    assertFalse(Files.exists(other.resolve("engram-restore")), name);
  }

  @Test
  void aFailureAtAnyOperationLeavesNoBackupAndTheNextOneGoesOn() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      int failures = 0;
      for (int n = 1; failures == n - 1; n++) {
        objects.objects().clear();
        BackupInfo _ = backup(engram, BackupKind.FULL);
        RandomLife.Moment moment = life.live(engram, 2).getLast();
        objects.failAt(n);
        try {
          BackupInfo _ = backup(engram, BackupKind.INCREMENTAL);
        } catch (StorageException e) {
          failures++;
        }
        objects.failAt(0);
        BackupInfo again = backup(engram, BackupKind.INCREMENTAL);
        assertEquals(BackupKind.INCREMENTAL, again.kind(), "failure at " + n);
        assertRestores(new Kept(again, moment));
      }
      assertTrue(failures > 5, failures + " failures");
    }
  }

  @Test
  void whereverItIsCutShortTheNextOneContinues() {
    List<Path> copies = new ArrayList<>();
    Path target = directory.resolve("backups");
    RandomLife.Moment moment;
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      life.live(engram, 3);
      BackupInfo _ = engram.backups().to(target).create();
    }
    CrashPoints copying =
        point -> {
          if (point.startsWith("backup-")) {
            Path copy = directory.resolve("at-" + point);
            copy(store(), copy.resolve("store"));
            copy(target, copy.resolve("backups"));
            copies.add(copy);
          }
        };
    try (Engram engram = EngineFactory.open(config(), copying)) {
      moment = life.live(engram, 3).getLast();
      engram.checkpoint();
      clock.pass(Duration.ofSeconds(1));
      BackupInfo _ =
          engram
              .backups()
              .to(target)
              .create(BackupKind.INCREMENTAL, Metadata.empty(), Progress.NONE);
    }
    assertEquals(2, copies.size(), copies::toString);
    for (Path copy : copies) {
      clock.pass(Duration.ofSeconds(1));
      try (Engram engram = Engram.open(EngramConfig.at(copy.resolve("store")).clock(clock))) {
        assertFalse(Files.exists(copy.resolve("store/engram-backup")));
        BackupInfo made =
            engram
                .backups()
                .to(copy.resolve("backups"))
                .create(BackupKind.INCREMENTAL, Metadata.empty(), Progress.NONE);
        assertEquals(BackupKind.INCREMENTAL, made.kind(), copy.toString());
      }
      Path where = copy.resolve("restored");
      CommitId _ = Engram.restore(copy.resolve("backups"), Backups.LATEST, where);
      try (Engram engram = Engram.open(EngramConfig.at(where).clock(RandomLife.at(moment.at())))) {
        moment.assertHeldBy(engram, copy.toString());
      }
    }
  }

  private static void copy(Path from, Path to) {
    try {
      LiveCopy.make(from, to);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
