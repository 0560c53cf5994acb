package dev.engram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.log.CommitFileWriter;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Stores that follow another one by its archive. */
class FollowerTest extends ArchiveCase {
  private static final Duration MOMENT = Duration.ofSeconds(30);

  private Path followerAt() {
    return directory.resolve("follower");
  }

  private EngramConfig followerConfig() {
    return EngramConfig.at(followerAt()).clock(clock);
  }

  /** Looks only when it is told to. */
  private Follower follow() {
    return follow(Following.MAX_INTERVAL);
  }

  private Follower follow(Duration interval) {
    return Engram.follow(followerConfig(), Following.from(objects).every(interval));
  }

  private static void assertHeld(RandomLife.Moment moment, Follower follower) {
    assertEquals(moment.commit(), follower.engram().lastCommit());
    moment.assertHeldBy(follower.engram(), "seed=" + SEED);
    CheckReport report = follower.engram().check();
    assertTrue(report.ok(), report::toString);
  }

  @Test
  void hasWhatTheStoreHasAfterEachShipment() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.Moment moment = lived(engram, 3).getLast();
      try (Follower follower = follow()) {
        assertEquals(0, follower.engram().lastCommit().lsn());
        for (int i = 0; i < 6; i++) {
          assertEquals(moment.commit(), follower.catchUp());
          assertHeld(moment, follower);
          moment = lived(engram, 4).getLast();
        }
      }
      try (Follower again = follow()) {
        assertEquals(moment.commit(), again.catchUp());
        assertEquals(moment.commit(), again.catchUp());
        assertHeld(moment, again);
      }
    }
  }

  @Test
  void hasTheSameLogByteForByte() throws IOException {
    try (Engram engram = Engram.open(config().auditLog(true))) {
      lived(engram, 20);
    }
    try (Follower follower = follow()) {
      CommitId _ = follower.catchUp();
    }
    assertArrayEquals(log(store()), log(followerAt()));
  }

  /** Who the log of a closed store is, and all of its commits. */
  private byte[] log(Path store) throws IOException {
    LogConfig config =
        new LogConfig(
            store.resolve("log"),
            Durability.DURABLE,
            Compression.LZ4,
            clock,
            new Random(1),
            1,
            MOMENT,
            0,
            false,
            CrashPoints.NONE,
            Sealer.PLAIN);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Log log = Log.open(config)) {
      assertEquals(1, log.firstLsn());
      var _ = CommitFileWriter.write(log, 0, log.last().lsn(), 1 << 30, out);
    }
    return out.toByteArray();
  }

  @Test
  void beginsWithTheNewestBackupAndKeepsNoLogForAnybody() {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 6);
      engram.backups().to(objects).create();
      lived(engram, 3);
      CommitId base =
          engram
              .backups()
              .to(objects)
              .create(BackupKind.INCREMENTAL, Metadata.empty(), Progress.NONE)
              .commit();
      RandomLife.Moment last = lived(engram, 6).getLast();
      try (Follower follower = follow()) {
        assertEquals(base, follower.engram().lastCommit());
        assertEquals(last.commit(), follower.catchUp());
        assertHeld(last, follower);
        assertTrue(follower.engram().stats().archive().isEmpty());
      }
    }
  }

  @Test
  void refusesWritesAndMakesNoneByItself() {
    CommitId last;
    try (Engram engram = Engram.open(config().auditLog(true))) {
      MemorySpace space = engram.space("s");
      Memory tea = space.learn("green tea");
      space.associate(tea.id(), space.learn("black tea").id());
      Memory _ = space.learn(Learning.of("soon gone").withTimeToLive(Duration.ofMinutes(1)));
      engram.archive().to(objects).ship();
      last = engram.lastCommit();
    }
    try (Follower follower = follow()) {
      assertEquals(last, follower.catchUp());
      assertReadsOnly(follower.engram(), last);
      assertThrows(ReadOnlyException.class, () -> follower.engram().archive().to(objects).ship());
    }
    // So it is where nobody follows and the directory is opened as any other.
    try (Engram engram = Engram.open(followerConfig().auditLog(false))) {
      assertReadsOnly(engram, last);
      assertEquals(last.lsn(), engram.stats().follower().orElseThrow().applied());
    }
    assertThrows(
        ReadOnlyException.class,
        () -> Engram.open(followerConfig().archive(Archiving.to(objects))).close());
    assertThrows(ReadOnlyException.class, () -> Engram.repair(followerAt(), true));
    assertThrows(
        ReadOnlyException.class, () -> Engram.restoreSnapshot(followerAt(), "any").toString());
  }

  private void assertReadsOnly(Engram engram, CommitId last) {
    MemorySpace space = engram.space("s");
    RecordId id = space.scan(Scan.first()).items().getFirst().id();
    List<Runnable> writes =
        List.of(
            () -> space.learn("white tea"),
            () -> space.forget(id),
            () -> space.sleep(),
            () -> engram.space("another"),
            () -> engram.catalog().drop("s"),
            () -> engram.collection("c", CollectionConfig.ofDimension(2)),
            () -> engram.auditLog().note("a", "b"),
            () -> engram.write(tx -> tx.space("s").learn("white tea")));
    for (Runnable write : writes) {
      ReadOnlyException refused = assertThrows(ReadOnlyException.class, write::run);
      assertTrue(String.valueOf(refused.getMessage()).contains("follower"), refused::getMessage);
      assertEquals(ErrorCode.READ_ONLY, refused.code());
    }
    assertFalse(space.recall("tea").isEmpty());
    clock.pass(Duration.ofDays(3));
    assertTrue(space.recall("gone").stream().noneMatch(r -> r.memory().text().contains("gone")));
    List<Memory> held = engram.transact(tx -> tx.space("s").scan(Scan.first()).items());
    assertEquals(2, held.size());
    engram.maintain().forEach(done -> assertTrue(done.ok(), done::toString));
    CompactionReport _ = engram.compact();
    LockSupport.parkNanos(Duration.ofMillis(1_500).toNanos());
    assertEquals(last, engram.lastCommit());
    assertTrue(engram.auditLog().verify(Optional.empty()).ok());
    assertTrue(engram.check().ok(), () -> engram.check().toString());
  }

  @Test
  void namesAndCollectionsFollowWithoutReopening() {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 1);
      try (Follower follower = follow()) {
        Catalog there = engram.catalog();
        VectorCollection one = engram.collection("one", CollectionConfig.ofDimension(2));
        one.upsert(VectorRecord.of("a", new float[] {1, 0}));
        there.alias("uno", "one");
        step(engram, follower);
        Engram here = follower.engram();
        assertEquals(1, search(here, "uno"));
        there.rename("one", "first");
        step(engram, follower);
        assertEquals(1, search(here, "first"));
        assertTrue(here.catalog().describe("one").isEmpty());
        assertTrue(there.removeAlias("uno"));
        step(engram, follower);
        assertTrue(here.catalog().describe("uno").isEmpty());
        assertTrue(there.drop("first"));
        step(engram, follower);
        assertEquals(there.list().toString(), here.catalog().list().toString());
        assertTrue(here.check().ok(), () -> here.check().toString());
      }
    }
  }

  private static int search(Engram engram, String collection) {
    return engram.collection(collection).search(Search.nearest(new float[] {1, 0}).limit(5)).size();
  }

  private void step(Engram engram, Follower follower) {
    engram.archive().to(objects).ship();
    assertEquals(engram.lastCommit(), follower.catchUp());
  }

  @Test
  void readsGoOnWhileItFollowsInTheBackground() throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    EngramConfig own = EngramConfig.at(followerAt());
    try (Engram engram = Engram.open(EngramConfig.at(store()))) {
      MemorySpace space = engram.space("s");
      Memory _ = space.learn("tea 0");
      engram.archive().to(objects).ship();
      Following often = Following.from(objects).every(Following.MIN_INTERVAL);
      try (Follower follower = Engram.follow(own, often)) {
        assertTrue(follower.awaitLsn(engram.lastCommit().lsn(), MOMENT));
        Thread reader = Thread.ofPlatform().start(() -> read(follower, done, failure));
        for (int i = 1; i < 30; i++) {
          Memory _ = space.learn("tea " + i);
          engram.archive().to(objects).ship();
        }
        long last = engram.lastCommit().lsn();
        assertTrue(follower.awaitLsn(last, MOMENT));
        assertFalse(follower.awaitLsn(last + 1, Duration.ofMillis(50)));
        done.set(true);
        reader.join();
        assertEquals(30, follower.engram().space("s").count());
        await(() -> follower.lag().commits() == 0 && follower.lag().failure().isEmpty());
        assertTrue(follower.lag().behind().orElseThrow().compareTo(MOMENT) < 0);
      }
    }
    assertNull(failure.get());
  }

  /** What is seen grows. */
  private static void read(
      Follower follower, AtomicBoolean done, AtomicReference<@Nullable Throwable> failure) {
    try {
      long seen = 0;
      while (!done.get()) {
        MemorySpace space = follower.engram().space("s");
        long count = space.count();
        assertTrue(count >= seen, count + " after " + seen);
        assertFalse(space.recall("tea").isEmpty());
        seen = count;
      }
    } catch (RuntimeException | AssertionError e) {
      failure.set(e);
    }
  }

  @Test
  void tellsItsLagByTheClock() {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
      try (Follower follower = follow()) {
        assertTrue(follower.lag().behind().isEmpty());
        CommitId last = follower.catchUp();
        assertEquals(Duration.ZERO, follower.lag().behind().orElseThrow());
        clock.pass(Duration.ofSeconds(1));
        assertEquals(Duration.ofSeconds(1), follower.lag().behind().orElseThrow());
        FollowerLag lag = follower.engram().stats().follower().orElseThrow();
        assertEquals(last.lsn(), lag.applied());
        assertEquals(0, lag.commits());
        assertEquals(clock.instant().minusSeconds(1), lag.lastCommitAt().orElseThrow());
      }
      assertTrue(engram.stats().follower().isEmpty());
    }
  }

  @Test
  void stopsAtWhatIsDamagedOrMissingAndGoesOnWhenItIsMended() {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
      CommitId before = engram.lastCommit();
      RandomLife.Moment _ = lived(engram, 2).getLast();
      String name = objects.objects().lastKey();
      byte[] whole = objects.objects().get(name);
      RandomLife.Moment last = lived(engram, 2).getLast();
      try (Follower follower = follow(Duration.ofSeconds(2))) {
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 4;
        objects.objects().put(name, flipped);
        CorruptStoreException damaged =
            assertThrows(CorruptStoreException.class, follower::catchUp);
        assertTrue(String.valueOf(damaged.getMessage()).contains(name), damaged::getMessage);
        assertEquals(before, follower.engram().lastCommit());
        assertEquals(last.commit().lsn(), follower.lag().known());
        assertFalse(follower.lag().failure().isEmpty());
        objects.objects().remove(name);
        assertThrows(NotFoundException.class, follower::catchUp);
        assertEquals(before, follower.engram().lastCommit());
        objects.objects().put(name, whole);
        await(() -> {
          clock.pass(Duration.ofSeconds(3));
          return follower.engram().lastCommit().equals(last.commit());
        });
        await(() -> follower.lag().failure().isEmpty());
        assertEquals(last.commit(), follower.catchUp());
        assertTrue(follower.engram().check().ok());
      }
    }
  }

  @Test
  void goesOnWhateverOperationOfTheTargetFails() {
    RandomLife.Moment last;
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
      engram.backups().to(objects).create();
      lived(engram, 2);
      last = lived(engram, 2).getLast();
    }
    int failures = 0;
    for (int n = 1; ; n++) {
      objects.failAt(n);
      try (Follower follower = follow()) {
        CommitId reached = follower.catchUp();
        assertEquals(last.commit(), reached);
        assertHeld(last, follower);
        break;
      } catch (EngramException e) {
        failures++;
      }
    }
    objects.failAt(0);
    assertTrue(failures > 3, "failures=" + failures);
  }

  @Test
  void goesOverToTheNextTimeline() {
    RandomLife.Moment last;
    Follower follower;
    try (Engram engram = Engram.open(config())) {
      lived(engram, 3);
      follower = follow();
      CommitId _ = follower.catchUp();
      life.live(engram, 3);
      SnapshotInfo _ = engram.snapshots().create("here");
      lived(engram, 3);
    }
    try (follower) {
      CommitId branch = Engram.restoreSnapshot(store(), "here");
      try (Engram engram = Engram.open(config())) {
        last = lived(engram, 3).getLast();
      }
      assertEquals(last.commit(), follower.catchUp());
      assertEquals(branch.timeline(), follower.engram().lastCommit().timeline());
      assertHeld(last, follower);
    }
    try (Follower again = follow()) {
      assertEquals(last.commit(), again.catchUp());
      assertHeld(last, again);
    }
  }

  @Test
  void saysThatItHasDiverged() {
    RandomLife.Moment left;
    try (Engram engram = Engram.open(config())) {
      lived(engram, 3);
      SnapshotInfo _ = engram.snapshots().create("here");
      left = lived(engram, 3).getLast();
    }
    try (Follower follower = follow()) {
      CommitId _ = follower.catchUp();
      CommitId _ = Engram.restoreSnapshot(store(), "here");
      try (Engram engram = Engram.open(config())) {
        RandomLife.Moment _ = lived(engram, 5).getLast();
      }
      DivergedException diverged = assertThrows(DivergedException.class, follower::catchUp);
      assertEquals(ErrorCode.DIVERGED, diverged.code());
      assertTrue(follower.lag().failure().contains("diverged"));
      assertEquals(left.commit(), follower.engram().lastCommit());
    }
    // Nothing is lost: what was left behind can be promoted.
    CommitId promoted = Engram.promote(followerConfig());
    assertEquals(left.commit().lsn(), promoted.lsn());
    try (Engram engram = Engram.open(followerConfig().clock(RandomLife.at(left.at())))) {
      left.assertHeldBy(engram, "seed=" + SEED);
    }
  }

  @Test
  void aDamagedFileOfANewTimelineIsNoDivergence() {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 3);
      SnapshotInfo _ = engram.snapshots().create("here");
    }
    try (Follower follower = follow()) {
      CommitId _ = follower.catchUp();
      CommitId _ = Engram.restoreSnapshot(store(), "here");
      try (Engram engram = Engram.open(config())) {
        RandomLife.Moment last = lived(engram, 2).getLast();
        String name = objects.objects().lastKey();
        byte[] whole = objects.objects().put(name, new byte[10]);
        assertThrows(CorruptStoreException.class, follower::catchUp);
        objects.objects().put(name, whole);
        assertEquals(last.commit(), follower.catchUp());
        assertHeld(last, follower);
      }
    }
  }

  @Test
  void aPromotedOneAndTheStoreLiveOnInOneArchive() {
    RandomLife.Moment ours;
    RandomLife.Moment theirs;
    UUID promotedId;
    try (Engram engram = Engram.open(config())) {
      lived(engram, 4);
      CommitId last;
      try (Follower follower = follow()) {
        last = follower.catchUp();
        CommitId promoted = follower.promote();
        assertEquals(new CommitId(last.timeline() + 1, last.lsn()), promoted);
        assertThrows(ClosedException.class, follower::catchUp);
      }
      lived(engram, 4);
      try (Engram promoted = Engram.open(followerConfig())) {
        assertTrue(promoted.stats().follower().isEmpty());
        ours = lived(promoted, 6).getLast();
        assertTrue(promoted.check().ok(), () -> promoted.check().toString());
      }
      theirs = lived(engram, 3).getLast();
      promotedId = another(engram);
    }
    assertEquals(List.of(), Engram.archiveIn(objects).verify(Progress.NONE));
    assertRecovers(ours, at(ours).ofStore(promotedId));
    UUID first =
        UUID.fromString(
            Engram.archiveIn(objects).ranges().stream()
                .filter(range -> range.timeline() == 1)
                .findFirst()
                .orElseThrow()
                .storeId());
    assertNotEquals(first, promotedId);
    assertRecovers(theirs, at(theirs).ofStore(first));
    assertThrows(
        ExistsException.class, () -> Engram.follow(followerConfig(), Following.from(objects)));
    assertThrows(NotFoundException.class, () -> Engram.promote(followerConfig()));
    assertThrows(
        InvalidInputException.class,
        () -> Engram.follow(EngramConfig.at(other()), Following.from(objects)));
  }

  /** The store in the archive that is not on the first timeline. */
  private UUID another(Engram engram) {
    return engram.archive().to(objects).ranges().stream()
        .filter(range -> range.timeline() > 1)
        .map(range -> UUID.fromString(range.storeId()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anotherFollowerGoesOverToThePromotedOne() {
    EngramConfig second = EngramConfig.at(other()).clock(clock);
    try (Engram engram = Engram.open(config())) {
      lived(engram, 4);
    }
    try (Follower one = follow();
        Follower two = Engram.follow(second, Following.from(objects))) {
      assertEquals(one.catchUp(), two.catchUp());
      CommitId _ = one.promote();
    }
    RandomLife.Moment last;
    UUID id;
    try (Engram promoted = Engram.open(followerConfig())) {
      last = lived(promoted, 3).getLast();
      id = another(promoted);
    }
    try (Follower two = Engram.follow(second, Following.from(objects).ofStore(id))) {
      assertEquals(last.commit(), two.catchUp());
      assertHeld(last, two);
    }
    try (Follower two = Engram.follow(second, Following.from(objects))) {
      assertEquals(last.commit(), two.catchUp());
    }
  }

  @Test
  void anIdThatNobodyHasIsToldAndNotKept() {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 3);
    }
    try (Follower follower = follow()) {
      CommitId _ = follower.catchUp();
    }
    Following mistaken = Following.from(objects).ofStore(new UUID(1, 2));
    try (Follower follower = Engram.follow(followerConfig(), mistaken)) {
      assertThrows(NotFoundException.class, follower::catchUp);
    }
    RandomLife.Moment last;
    try (Engram engram = Engram.open(config())) {
      last = lived(engram, 3).getLast();
    }
    try (Follower follower = follow()) {
      assertEquals(last.commit(), follower.catchUp());
      assertHeld(last, follower);
    }
  }

  @Test
  void anArchiveThatWasPrunedBeyondItIsTold() {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 3);
      try (Follower follower = follow()) {
        CommitId before = follower.catchUp();
        lived(engram, 3);
        BackupInfo backup = engram.backups().to(objects).create();
        var _ = Engram.archiveIn(objects).prune(backup.id(), Progress.NONE);
        assertThrows(NotFoundException.class, follower::catchUp);
        assertTrue(follower.lag().commits() > 0);
        assertEquals(before, follower.engram().lastCommit());
      }
    }
  }

  @Test
  void refusesWhatIsNoFollower() throws IOException {
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      engram.backups().to(objects).create();
    }
    try (Engram ordinary = Engram.open(other())) {
      RandomLife.begin(ordinary);
    }
    assertThrows(
        ExistsException.class,
        () -> Engram.follow(EngramConfig.at(other()), Following.from(objects)));
    Path strange = Files.createDirectories(directory.resolve("strange"));
    Files.writeString(strange.resolve("letter"), "x");
    assertThrows(
        ExistsException.class,
        () -> Engram.follow(EngramConfig.at(strange), Following.from(objects)));
    objects.objects().clear();
    assertThrows(NotFoundException.class, this::follow);
    assertThrows(
        InvalidInputException.class, () -> Following.from(objects).every(Duration.ofMillis(1)));
  }
}
