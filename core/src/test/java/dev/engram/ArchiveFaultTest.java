package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.MemoryObjectStore;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Archives where something fails, is damaged, or is not there any more. */
class ArchiveFaultTest extends ArchiveCase {
  @Test
  void aTargetThatFailsIsTriedAgainAndShownInTheStatistics() {
    EngramConfig config =
        config().archive(Archiving.to(new Refusing()).every(Archiving.MIN_INTERVAL));
    try (Engram engram = Engram.open(config)) {
      engram.space("s").learn("a");
      await(() -> !engram.stats().archive().orElseThrow().failure().isEmpty());
      assertTrue(engram.stats().archive().orElseThrow().lag() > 0);
    }
  }

  @Test
  void aCommitThatWaitsForTheArchiveSaysWhereItIsWhenTheTargetIsAway() {
    EngramConfig config = config().archive(Archiving.to(new Refusing()).synchronously());
    CommitId made;
    try (Engram engram = Engram.open(config)) {
      MemorySpace space = engram.findSpace("s").orElse(null);
      assertEquals(null, space);
      NotArchivedException e =
          assertThrows(NotArchivedException.class, () -> engram.write(tx -> learn(tx, "tea")));
      made = e.commit();
      assertEquals(engram.lastCommit(), made);
      assertTrue(e.getMessage().contains("away"), e::getMessage);
      assertEquals(1, engram.space("s").recall("tea").size(), "reading waits for nothing");
    }
    try (Engram engram = Engram.open(config().archive(Archiving.to(objects).synchronously()))) {
      assertEquals(1, engram.space("s").count());
      engram.write(tx -> learn(tx, "coffee"));
      assertTrue(Engram.archiveIn(objects).ranges().getFirst().lastLsn() > made.lsn());
    }
    CommitId _ = recover(RecoveryPoint.latest(), other());
    try (Engram engram = Engram.open(other())) {
      assertEquals(2, engram.space("s").count());
    }
  }

  private static void learn(Transaction tx, String text) {
    Memory _ = tx.space("s").learn(text);
  }

  /** A target that is away. */
  private static final class Refusing implements ObjectStore {
    @Override
    public void put(String name, InputStream bytes, long length) {
      throw new StorageException("away");
    }

    @Override
    public void create(String name, InputStream bytes, long length) {
      throw new StorageException("away");
    }

    @Override
    public InputStream get(String name) {
      throw new StorageException("away");
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
      throw new StorageException("away");
    }

    @Override
    public void delete(String name) {
      throw new StorageException("away");
    }
  }

  @Test
  void aFileThatIsNotReadBackAsItWasIsNotThere() {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
      RandomLife.Moment moment = life.live(engram, 2).getLast();
      Spoiling spoiling = new Spoiling(objects);
      assertThrows(CorruptStoreException.class, () -> engram.archive().to(spoiling).ship());
      assertEquals(1, Engram.archiveIn(objects).ranges().getFirst().files());
      assertEquals(1, engram.archive().to(objects).ship().files());
      assertEquals(List.of(), Engram.archiveIn(objects).verify(Progress.NONE));
      assertRecovers(moment, RecoveryPoint.latest());
    }
  }

  /** A target that alters whatever it stores. */
  private record Spoiling(MemoryObjectStore objects) implements ObjectStore {
    @Override
    public void put(String name, InputStream bytes, long length) {
      objects.put(name, bytes, length);
      spoil(objects, name);
    }

    @Override
    public void create(String name, InputStream bytes, long length) {
      objects.create(name, bytes, length);
      spoil(objects, name);
    }

    @Override
    public InputStream get(String name) {
      return objects.get(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
      return objects.list(prefix);
    }

    @Override
    public void delete(String name) {
      objects.delete(name);
    }
  }

  private static void spoil(MemoryObjectStore objects, String name) {
    objects
        .objects()
        .computeIfPresent(
            name,
            (_, intact) -> {
              byte[] flipped = intact.clone();
              flipped[intact.length / 2] ^= 4;
              return flipped;
            });
  }

  @Test
  void aFileThatWasNeverReadBackIsShippedAnewWhereItIsDamaged() {
    RandomLife.Moment moment;
    try (Engram engram = Engram.open(config())) {
      lived(engram, 3);
      moment = lived(engram, 3).getLast();
    }
    spoil(objects, objects.objects().lastKey());
    try (Engram engram = Engram.open(config())) {
      assertEquals(1, engram.archive().to(objects).ship().files());
      assertEquals(0, engram.archive().to(objects).ship().files());
    }
    assertEquals(List.of(), Engram.archiveIn(objects).verify(Progress.NONE));
    assertRecovers(moment, RecoveryPoint.latest());
  }

  @Test
  void whatFailsIsTriedAgainAfterTheInterval() {
    Full target = new Full(objects, new StorageException("full"));
    EngramConfig config =
        config().archive(Archiving.to(target).every(Duration.ofMinutes(1)).atBytes(8_192));
    try (Engram engram = Engram.open(config)) {
      engram.space("s").learn("x".repeat(20_000));
      await(() -> !engram.stats().archive().orElseThrow().failure().isEmpty());
      int tried = target.puts().get();
      LockSupport.parkNanos(Duration.ofMillis(1_500).toNanos());
      assertEquals(tried, target.puts().get());
      assertTrue(engram.stats().archive().orElseThrow().lagBytes() >= 20_000);
      clock.pass(Duration.ofMinutes(2));
      await(() -> target.puts().get() > tried);
      assertTrue(engram.stats().archive().orElseThrow().lagBytes() >= 20_000);
    }
  }

  @Test
  void aTargetThatFailsInItsOwnWayHoldsUpNoClosing() {
    Full target = new Full(objects, new IllegalStateException("own"));
    EngramConfig config = config().archive(Archiving.to(target).every(Duration.ofMinutes(1)));
    try (Engram engram = Engram.open(config)) {
      engram.space("s").learn("a");
      await(
          () -> engram.stats().archive().orElseThrow().failure().contains("IllegalStateException"));
    }
    try (Engram engram = Engram.open(config())) {
      assertEquals(1, engram.space("s").count());
    }
  }

  @Test
  void aSnapshotDoesNotWaitForTheTargetAndItsNameIsKeptUntilItIsThere() {
    Full target = new Full(objects, new StorageException("full"));
    EngramConfig config = config().archive(Archiving.to(target).every(Duration.ofMinutes(1)));
    RandomLife.Moment named;
    try (Engram engram = Engram.open(config)) {
      RandomLife.begin(engram);
      await(() -> !engram.stats().archive().orElseThrow().failure().isEmpty());
      int tried = target.puts().get();
      SnapshotInfo _ = engram.snapshots().create("kept");
      named = life.moment(engram);
      assertEquals(tried, target.puts().get());
      clock.pass(Duration.ofMinutes(2));
      await(() -> target.puts().get() > tried);
      target.full().set(false);
      await(() -> {
        clock.pass(Duration.ofMinutes(2));
        return !Engram.archiveIn(objects).points().isEmpty();
      });
      engram.space("s").learn("later");
    }
    assertRecovers(named, RecoveryPoint.named("kept"));
  }

  /** A target that stores nothing while it is full. */
  private record Full(
      MemoryObjectStore objects, RuntimeException failure, AtomicInteger puts, AtomicBoolean full)
      implements ObjectStore {
    Full(MemoryObjectStore objects, RuntimeException failure) {
      this(objects, failure, new AtomicInteger(), new AtomicBoolean(true));
    }

    @Override
    public void put(String name, InputStream bytes, long length) {
      puts.incrementAndGet();
      if (full.get()) {
        throw failure;
      }
      objects.put(name, bytes, length);
    }

    @Override
    public void create(String name, InputStream bytes, long length) {
      put(name, bytes, length);
    }

    @Override
    public InputStream get(String name) {
      return objects.get(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
      return objects.list(prefix);
    }

    @Override
    public void delete(String name) {
      objects.delete(name);
    }
  }

  /** Commits until the log no longer has the first ones. */
  private static void trimmed(Engram engram) {
    while (engram.commits(CommitRange.newest(10_000)).getLast().id().lsn() == 1) {
      for (int i = 0; i < 300; i++) {
        engram.space("s").learn("text " + i + " of " + engram.lastCommit());
      }
      engram.checkpoint();
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
  }

  /** The log may be trimmed once more meanwhile, which is told. */
  private static ArchiveReport shipped(Archive archive) {
    try {
      return archive.ship();
    } catch (StorageException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("try again"), e::toString);
      return archive.ship();
    }
  }

  @Test
  void whatTheLogNoLongerHasIsToldUntilABackupHasIt() {
    long lost;
    try (Engram engram = Engram.open(config().backupLogBytes(0))) {
      lived(engram, 2);
      assertTrue(engram.archive().release());
      trimmed(engram);
      Archive archive = engram.archive().to(objects);
      lost = shipped(archive).lost();
      assertEquals(
          archive.ranges().get(1).firstLsn() - 1 - archive.ranges().getFirst().lastLsn(), lost);
      assertTrue(lost > 0);
      assertEquals(lost, engram.stats().archive().orElseThrow().lost());
    }
    try (Engram engram = Engram.open(config())) {
      assertEquals(lost, engram.stats().archive().orElseThrow().lost());
      assertEquals(lost, engram.archive().to(objects).ship().lost());
      MemoryObjectStore late = new MemoryObjectStore();
      assertTrue(engram.archive().to(late).ship().lost() > lost);
      assertEquals(1, Engram.archiveIn(late).verify(Progress.NONE).size());
      engram.backups().to(late).create();
      assertEquals(0, engram.archive().to(late).ship().lost());
      assertEquals(List.of(), Engram.archiveIn(late).verify(Progress.NONE));
    }
    MemoryObjectStore nothing = new MemoryObjectStore();
    assertEquals(1, Engram.archiveIn(nothing).verify(Progress.NONE).size());
  }

  @Test
  void theLogIsKeptForEachTarget() {
    MemoryObjectStore second = new MemoryObjectStore();
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
      engram.archive().to(second).ship();
      for (int i = 0; i < 600; i++) {
        engram.space("s").learn("text " + i);
      }
      engram.archive().to(second).ship();
      assertTrue(engram.stats().archive().orElseThrow().lag() >= 600);
      engram.checkpoint();
      LockSupport.parkNanos(Duration.ofMillis(2_500).toNanos());
      assertEquals(0, engram.archive().to(objects).ship().lost());
      assertEquals(1, Engram.archiveIn(objects).ranges().size());
    }
  }

  @Test
  void theLogIsKeptForTheArchiveOnTheNextTimelineToo() {
    try (Engram engram = Engram.open(config().backupLogBytes(0))) {
      lived(engram, 2);
      SnapshotInfo _ = engram.snapshots().create("here");
    }
    CommitId _ = Engram.restoreSnapshot(store(), "here");
    RandomLife.Moment moment;
    try (Engram engram = Engram.open(config().backupLogBytes(0))) {
      for (int i = 0; i < 600; i++) {
        engram.space("s").learn("text " + i);
      }
      engram.checkpoint();
      LockSupport.parkNanos(Duration.ofMillis(2_500).toNanos());
      moment = life.moment(engram);
      assertEquals(0, engram.archive().to(objects).ship().lost());
    }
    assertRecovers(moment, RecoveryPoint.latest());
  }

  @Test
  void noTimelineIsUsedAgainThoughTheLogIsGone() throws IOException {
    RandomLife.Moment lost;
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
      SnapshotInfo _ = engram.snapshots().create("here");
    }
    CommitId second = Engram.restoreSnapshot(store(), "here");
    try (Engram engram = Engram.open(config())) {
      lost = lived(engram, 4).getLast();
    }
    Files.delete(store().resolve("log/CURRENT"));
    CommitId third = Engram.restoreSnapshot(store(), "here");
    assertTrue(third.timeline() > second.timeline(), third::toString);
    RandomLife.Moment kept;
    try (Engram engram = Engram.open(config())) {
      engram.space("s").learn("another history");
      kept = life.moment(engram);
      assertEquals(1, engram.archive().to(objects).ship().commits());
    }
    assertRecovers(kept, RecoveryPoint.latest());
    assertRecovers(lost, at(lost).onTimeline(second.timeline()));
  }

  @Test
  void aRecoveryBeginsWithAnEarlierBackupWhereTheNewestIsDamaged() {
    List<RandomLife.Moment> moments;
    BackupInfo newest;
    try (Engram engram = Engram.open(config())) {
      moments = lived(engram, 3);
      engram.backups().to(objects).create();
      clock.pass(Duration.ofSeconds(1));
      moments.addAll(lived(engram, 3));
      Set<String> before = Set.copyOf(objects.objects().keySet());
      newest = engram.backups().to(objects).create();
      moments.addAll(lived(engram, 3));
      objects.objects().keySet().stream()
          .filter(name -> name.startsWith("objects/") && !before.contains(name))
          .forEach(name -> spoil(objects, name));
    }
    assertFalse(Engram.backupsIn(objects).verify(newest.id(), Progress.NONE).ok());
    assertRecovers(moments.getLast(), RecoveryPoint.latest());
    // Without the archive nothing else leads to that commit.
    objects.objects().keySet().removeIf(name -> name.startsWith("archive/"));
    assertThrows(
        CorruptStoreException.class,
        () -> recover(RecoveryPoint.lsn(newest.commit().lsn()), other()));
  }

  @Test
  void aDamagedFirstFileHidesNotWhereItsTimelineBegan() {
    List<RandomLife.Moment> before;
    RandomLife.Moment after;
    BackupInfo backup;
    try (Engram engram = Engram.open(config())) {
      before = lived(engram, 3);
      SnapshotInfo _ = engram.snapshots().create("here");
    }
    CommitId _ = Engram.restoreSnapshot(store(), "here");
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
      backup = engram.backups().to(objects).create();
      after = lived(engram, 2).getLast();
    }
    String first =
        objects.objects().keySet().stream()
            .filter(name -> name.contains("/0000000002/"))
            .findFirst()
            .orElseThrow();
    objects.objects().put(first, new byte[10]);
    assertRecovers(before.getFirst(), at(before.getFirst()));
    assertRecovers(after, RecoveryPoint.latest());
    assertEquals(2, backup.commit().timeline());
  }

  @Test
  void whatFollowsARepairThatAcceptsLossGoesOnInTheArchive() throws IOException {
    CommitId lost;
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
      for (int i = 0; i < 200; i++) {
        engram.space("s").learn("text " + i);
      }
      engram.archive().to(objects).ship();
      lost = engram.lastCommit();
    }
    damageLog();
    CommitId kept = Engram.repair(store(), true).lastKept();
    assertTrue(kept.lsn() > 0 && kept.lsn() < lost.lsn(), kept::toString);
    RandomLife.Moment moment;
    try (Engram engram = Engram.open(config())) {
      assertTrue(engram.check().ok(), () -> engram.check().toString());
      engram.space("s").learn("after the repair");
      moment = life.moment(engram);
      assertEquals(1, engram.archive().to(objects).ship().commits());
    }
    assertRecovers(moment, RecoveryPoint.latest());
    CommitId all = recover(RecoveryPoint.lsn(lost.lsn()).onTimeline(1), other());
    assertEquals(lost.lsn(), all.lsn());
  }

  /** Damages the middle of the newest write-ahead log. */
  private void damageLog() throws IOException {
    Path newest;
    try (Stream<Path> files = Files.list(store().resolve("log"))) {
      newest =
          files
              .filter(each -> each.toString().endsWith(".log") && each.toFile().length() > 0)
              .max(Comparator.comparing(Path::toString))
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(newest);
    Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 64, (byte) 0x5a);
    Files.write(newest, bytes);
  }
}
