package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.log.CrashPoints;
import dev.engram.testing.QuietCopy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Archives, and recovering stores from them and from backups. */
class ArchiveTest extends ArchiveCase {
  @Test
  void recoversAStoreAsOfEachCommitOfARandomHistory() {
    List<RandomLife.Moment> moments;
    try (Engram engram = Engram.open(config())) {
      moments = lived(engram, 12);
      engram.backups().to(objects).create();
      moments.addAll(lived(engram, 12));
      engram.backups().to(objects).create(BackupKind.INCREMENTAL, Metadata.empty(), Progress.NONE);
      moments.addAll(lived(engram, 6));
    }
    assertEquals(List.of(), Engram.archiveIn(objects).verify(Progress.NONE));
    for (RandomLife.Moment moment : moments) {
      assertRecovers(moment, at(moment));
    }
    assertRecovers(moments.getLast(), RecoveryPoint.latest());
  }

  @Test
  void recoversAsOfAnInstantAndAName() {
    List<RandomLife.Moment> moments;
    RandomLife.Moment named;
    BackupInfo backup;
    try (Engram engram = Engram.open(config())) {
      moments = lived(engram, 8);
      ArchivePoint point = engram.archive().to(objects).mark("before-cleaning");
      named = life.moment(engram);
      assertEquals(named.commit(), point.commit());
      assertEquals(List.of(point), engram.archive().to(objects).points());
      moments.addAll(lived(engram, 8));
      backup = engram.backups().to(objects).create();
      moments.add(life.moment(engram));
      moments.addAll(lived(engram, 4));
    }
    assertRecovers(named, RecoveryPoint.named("before-cleaning"));
    RandomLife.Moment backedUp =
        moments.stream().filter(each -> each.commit().equals(backup.commit())).toList().getLast();
    assertRecovers(backedUp, RecoveryPoint.named(backup.id()));
    for (int i : new int[] {2, 7, 13, 18}) {
      RandomLife.Moment moment = moments.get(i);
      assertRecovers(moment, RecoveryPoint.instant(moment.at()));
      assertRecovers(moment, RecoveryPoint.instant(moment.at().plusMillis(500)));
    }
    assertRecovers(moments.getLast(), RecoveryPoint.instant(Limits.MAX_EVENT_TIME));
    assertThrows(
        NotFoundException.class, () -> recover(RecoveryPoint.instant(Instant.EPOCH), other()));
    assertThrows(NotFoundException.class, () -> recover(RecoveryPoint.named("unheard"), other()));
    assertThrows(NotFoundException.class, () -> recover(RecoveryPoint.lsn(10_000), other()));
  }

  @Test
  void shipsWhatIsNewAndGoesOnAfterReopening() {
    long first;
    try (Engram engram = Engram.open(config())) {
      lived(engram, 3);
      first = engram.lastCommit().lsn();
      ArchiveReport nothing = engram.archive().to(objects).ship();
      assertEquals(new ArchiveReport(engram.lastCommit(), 0, 0, 0, 0), nothing);
      assertEquals(0, engram.stats().archive().orElseThrow().lag());
    }
    try (Engram engram = Engram.open(config())) {
      List<RandomLife.Moment> more = life.live(engram, 3);
      long last = engram.lastCommit().lsn();
      Stats.ArchiveStats stats = engram.stats().archive().orElseThrow();
      assertEquals(first, stats.archived());
      assertEquals(last - first, stats.lag());
      ArchiveReport report = engram.archive().to(objects).ship();
      assertEquals(last - first, report.commits());
      assertEquals(1, report.files());
      ArchiveRange range = Engram.archiveIn(objects).ranges().getFirst();
      assertEquals(List.of(1L, last), List.of(range.firstLsn(), range.lastLsn()));
      assertEquals(2, range.files());
      assertRecovers(more.getLast(), RecoveryPoint.latest());
    }
  }

  @Test
  void whatIsAcknowledgedIsArchivedWhereCommitsWaitForThat() throws InterruptedException {
    Archive archive = Engram.archiveIn(objects);
    EngramConfig waiting = config().archive(Archiving.to(objects).synchronously());
    try (Engram engram = Engram.open(waiting)) {
      RandomLife.begin(engram);
      for (int i = 0; i < 5; i++) {
        RandomLife.Moment moment = life.live(engram, 1).getLast();
        assertEquals(moment.commit().lsn(), archive.ranges().getFirst().lastLsn());
        // As if the machine had burned down now.
        assertRecovers(moment, RecoveryPoint.latest());
      }
      int before = objects.puts();
      List<Thread> writers = new ArrayList<>();
      for (int writer = 0; writer < 8; writer++) {
        String name = "writer " + writer;
        writers.add(Thread.ofVirtual().start(() -> learnTen(engram.space(name))));
      }
      for (Thread writer : writers) {
        writer.join();
      }
      assertEquals(engram.lastCommit().lsn(), archive.ranges().getFirst().lastLsn());
      // Eight make a space each and learn ten times; some share a file.
      assertTrue(objects.puts() - before < 88, "puts=" + (objects.puts() - before));
      CommitId _ = recover(RecoveryPoint.latest(), other());
    }
    try (Engram engram = Engram.open(other())) {
      for (int writer = 0; writer < 8; writer++) {
        assertEquals(10, engram.space("writer " + writer).count());
      }
    }
  }

  private static void learnTen(MemorySpace space) {
    for (int i = 0; i < 10; i++) {
      Memory _ = space.learn("memory " + i);
    }
  }

  @Test
  void aFailureAtAnyOperationLosesNothingAndTheNextShippingGoesOn() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      Archive archive = engram.archive().to(objects);
      for (int n = 1; n <= 4; n++) {
        RandomLife.Moment moment = life.live(engram, 2).getLast();
        objects.failAt(n);
        try {
          archive.ship();
        } catch (StorageException e) {
          objects.failAt(0);
          archive.ship();
        }
        objects.failAt(0);
        assertEquals(1, archive.ranges().size());
        assertEquals(engram.lastCommit().lsn(), archive.ranges().getFirst().lastLsn());
        assertRecovers(moment, RecoveryPoint.latest());
      }
    }
  }

  @Test
  void archivesInTheBackgroundByTimeAndByBytesAndWhenItIsClosed() {
    EngramConfig config =
        config().archive(Archiving.to(objects).every(Duration.ofMinutes(1)).atBytes(8_192));
    RandomLife.Moment last;
    try (Engram engram = Engram.open(config)) {
      RandomLife.begin(engram);
      await(() -> engram.stats().archive().orElseThrow().lag() == 0);
      engram.space("s").learn("x".repeat(20_000));
      await(() -> engram.stats().archive().orElseThrow().lag() == 0);
      engram.space("s").learn("small");
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
      assertEquals(1, engram.stats().archive().orElseThrow().lag());
      clock.pass(Duration.ofMinutes(2));
      await(() -> engram.stats().archive().orElseThrow().lag() == 0);
      SnapshotInfo _ = engram.snapshots().create("kept");
      await(() -> {
        clock.pass(Duration.ofMinutes(2));
        return !engram.archive().to(objects).points().isEmpty();
      });
      assertEquals("kept", engram.archive().to(objects).points().getFirst().name());
      engram.space("s").learn("the last");
      last = life.moment(engram);
    }
    assertRecovers(last, RecoveryPoint.latest());
    assertThrows(
        UnsupportedFeatureException.class,
        () -> Engram.open(EngramConfig.inMemory().archive(Archiving.to(objects))));
  }

  @Test
  void aGapShowsAndIsNotCrossed() {
    List<RandomLife.Moment> moments;
    try (Engram engram = Engram.open(config())) {
      moments = lived(engram, 5);
      moments.addAll(lived(engram, 5));
      moments.addAll(lived(engram, 5));
    }
    List<String> files = List.copyOf(objects.objects().keySet());
    assertEquals(3, files.size(), files::toString);
    objects.objects().remove(files.get(1));
    Archive archive = Engram.archiveIn(objects);
    assertEquals(2, archive.ranges().size());
    assertEquals(1, archive.verify(Progress.NONE).size());
    assertRecovers(moments.get(4), at(moments.get(4)));
    for (RecoveryPoint beyond :
        List.of(
            RecoveryPoint.latest(),
            at(moments.get(7)),
            at(moments.get(12)),
            RecoveryPoint.instant(moments.get(12).at()))) {
      assertThrows(NotFoundException.class, () -> recover(beyond, other()), beyond.toString());
      assertFalse(Files.exists(other().resolve("engram.store")));
    }
    assertRecovers(moments.get(2), RecoveryPoint.instant(moments.get(2).at()));
  }

  @Test
  void refusesADamagedArchiveAndMakesNoStoreOfIt() {
    List<RandomLife.Moment> moments;
    try (Engram engram = Engram.open(config())) {
      moments = lived(engram, 5);
      moments.addAll(lived(engram, 5));
    }
    Map<String, byte[]> intact = new HashMap<>(objects.objects());
    List<String> names = List.copyOf(objects.objects().keySet());
    for (String name : names) {
      byte[] whole = intact.get(name);
      byte[] flipped = whole.clone();
      flipped[whole.length / 2] ^= 4;
      byte[] another = intact.get(names.get(names.size() - 1 - names.indexOf(name)));
      for (byte[] damaged : List.of(flipped, Arrays.copyOf(whole, whole.length - 1), another)) {
        objects.objects().put(name, damaged);
        assertThrows(
            CorruptStoreException.class, () -> recover(RecoveryPoint.latest(), other()), name);
        assertEquals(1, Engram.archiveIn(objects).verify(Progress.NONE).size());
        assertFalse(Files.exists(other().resolve("engram.store")));
        assertFalse(Files.exists(other().resolve("engram-restore")));
      }
      objects.objects().put(name, whole);
    }
    assertRecovers(moments.getLast(), RecoveryPoint.latest());
  }

  @Test
  void aTargetOfSeveralStoresWantsToKnowWhich() {
    String one;
    RandomLife.Moment moment;
    try (Engram engram = Engram.open(config())) {
      moment = lived(engram, 3).getLast();
      one = Engram.archiveIn(objects).ranges().getFirst().storeId();
    }
    try (Engram engram = Engram.open(EngramConfig.at(directory.resolve("second")).clock(clock))) {
      engram.space("s").learn("another store");
      engram.archive().to(objects).ship();
    }
    assertEquals(2, Engram.archiveIn(objects).ranges().size());
    assertThrows(InvalidInputException.class, () -> recover(RecoveryPoint.latest(), other()));
    assertRecovers(moment, RecoveryPoint.latest().ofStore(UUID.fromString(one)));
    assertThrows(
        NotFoundException.class,
        () -> recover(RecoveryPoint.latest().ofStore(new UUID(1, 2)), other()));
  }

  @Test
  void followsTheTimelinesOfAStoreThatWasRestored() {
    List<RandomLife.Moment> before;
    List<RandomLife.Moment> lost;
    List<RandomLife.Moment> after;
    try (Engram engram = Engram.open(config())) {
      before = lived(engram, 4);
      SnapshotInfo _ = engram.snapshots().create("here");
      lost = lived(engram, 4);
    }
    CommitId _ = Engram.restoreSnapshot(store(), "here");
    try (Engram engram = Engram.open(config())) {
      after = life.live(engram, 4);
      engram.archive().to(objects).ship();
    }
    assertRecovers(after.getLast(), RecoveryPoint.latest());
    assertRecovers(after.getFirst(), at(after.getFirst()));
    assertRecovers(before.get(1), at(before.get(1)));
    assertRecovers(lost.getLast(), at(lost.getLast()).onTimeline(1));
    assertEquals(List.of(), Engram.archiveIn(objects).verify(Progress.NONE));
  }

  @Test
  void theLogIsKeptUntilItIsArchivedAndNoLonger() {
    EngramConfig config = config().backupLogBytes(0);
    try (Engram engram = Engram.open(config)) {
      lived(engram, 1);
      long archived = engram.lastCommit().lsn();
      for (int i = 0; i < 600; i++) {
        engram.space("s").learn("text " + i);
      }
      engram.checkpoint();
      LockSupport.parkNanos(Duration.ofMillis(2_500).toNanos());
      CommitRange after = CommitRange.newest(10_000).from(archived + 1);
      assertEquals(archived + 1, engram.commits(after).getLast().id().lsn());
      engram.archive().to(objects).ship();
      await(() -> engram.commits(CommitRange.newest(10_000)).size() < 400);
      assertTrue(engram.archive().release());
      assertFalse(engram.archive().release());
      assertTrue(engram.stats().archive().isEmpty());
    }
  }

  @Test
  void aLogOverItsLimitIsTrimmedAndTheGapIsToldAndARecoveryCrossesItByABackup() {
    RandomLife.Moment last;
    try (Engram engram = Engram.open(config().logLimitBytes(1 << 20))) {
      lived(engram, 2);
      String text = "long ".repeat(20_000);
      for (int i = 0; i < 20; i++) {
        engram.space("long").learn(i + text);
      }
      await(() -> engram.stats().archive().orElseThrow().lost() > 0);
    }
    try (Engram engram = Engram.open(config())) {
      engram.backups().to(objects).create();
      last = lived(engram, 1).getLast();
    }
    assertEquals(2, Engram.archiveIn(objects).ranges().size());
    assertRecovers(last, RecoveryPoint.latest());
  }

  @Test
  void whatLiesBeforeABackupIsPrunedAndTheRestIsRecovered() {
    List<RandomLife.Moment> moments;
    try (Engram engram = Engram.open(config())) {
      moments = lived(engram, 4);
      engram.archive().to(objects).mark("old");
      moments.addAll(lived(engram, 4));
      BackupInfo backup = engram.backups().to(objects).create();
      engram.archive().to(objects).mark("kept");
      moments.addAll(lived(engram, 4));
      Archive archive = engram.archive().to(objects);
      String object = objects.objects().ceilingKey("objects/");
      byte[] intact = objects.objects().remove(object);
      assertThrows(CorruptStoreException.class, () -> archive.prune(backup.id(), Progress.NONE));
      objects.objects().put(object, intact);
      assertEquals(3, archive.ranges().getFirst().files());
      assertEquals(
          backup.commit().lsn(), archive.prune(Backups.LATEST, Progress.NONE).getFirst().lastLsn());
      assertEquals(List.of(), archive.prune(backup.id(), Progress.NONE));
      assertEquals(1, archive.ranges().getFirst().files());
      assertEquals(List.of("kept"), archive.points().stream().map(ArchivePoint::name).toList());
      moments.addAll(lived(engram, 2));
    }
    assertThrows(NotFoundException.class, () -> recover(at(moments.get(3)), other()));
    assertRecovers(moments.get(7), at(moments.get(7)));
    assertRecovers(moments.get(9), at(moments.get(9)));
    assertRecovers(moments.getLast(), RecoveryPoint.latest());
  }

  @Test
  void refusesWhatCannotBe() {
    try (Engram memory = Engram.inMemory()) {
      memory.space("s").learn("a");
      Archive archive = memory.archive().to(objects);
      assertThrows(UnsupportedFeatureException.class, archive::ship);
    }
    assertThrows(UnsupportedFeatureException.class, () -> Engram.archiveIn(objects).ship());
    assertThrows(UnsupportedFeatureException.class, () -> Engram.archiveIn(objects).mark("a"));
    assertThrows(NotFoundException.class, () -> recover(RecoveryPoint.latest(), other()));
    assertThrows(InvalidInputException.class, () -> RecoveryPoint.lsn(0));
    assertThrows(InvalidInputException.class, () -> RecoveryPoint.instant(Instant.MAX));
    Archiving archiving = Archiving.to(objects);
    assertThrows(InvalidInputException.class, () -> archiving.every(Duration.ZERO));
    assertThrows(InvalidInputException.class, () -> archiving.atBytes(1));
    assertThrows(InvalidInputException.class, () -> CommitRange.newest(0));
    Engram engram = Engram.open(config());
    Archive archive = engram.archive().to(objects);
    assertThrows(InvalidInputException.class, () -> archive.mark(" "));
    lived(engram, 1);
    engram.close();
    assertThrows(ClosedException.class, archive::ship);
    Path taken = store();
    assertThrows(ExistsException.class, () -> recover(RecoveryPoint.latest(), taken));
  }

  @Test
  void aStoreThatIsOlderThanItsArchiveIsNotArchivedOverIt() {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
    }
    Path copy = directory.resolve("copy");
    QuietCopy.of(store(), copy);
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
    }
    try (Engram engram = Engram.open(EngramConfig.at(copy).clock(clock))) {
      assertThrows(MismatchException.class, () -> engram.archive().to(objects).ship());
    }
  }

  @Test
  void shippingThatIsCutShortAnywhereIsGoneOnWith() {
    Path target = directory.resolve("archive");
    Map<String, Path> places = new LinkedHashMap<>();
    RandomLife.Moment moment;
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      life.live(engram, 2);
      engram.archive().to(target).ship();
    }
    CrashPoints copying =
        point -> {
          if (point.startsWith("archive-")) {
            Path place = directory.resolve("at-" + point);
            QuietCopy.of(store(), place.resolve("store"));
            QuietCopy.of(target, place.resolve("archive"));
            places.put(point, place);
          }
        };
    try (Engram engram = EngineFactory.open(config(), copying)) {
      moment = life.live(engram, 3).getLast();
      engram.checkpoint();
      engram.archive().to(target).ship();
    }
    assertEquals(
        List.of("archive-file-written", "archive-file-stored", "archive-position-noted"),
        List.copyOf(places.keySet()));
    for (Map.Entry<String, Path> place : places.entrySet()) {
      Path archived = place.getValue().resolve("archive");
      try (Engram engram =
          Engram.open(EngramConfig.at(place.getValue().resolve("store")).clock(clock))) {
        boolean stored = !place.getKey().equals("archive-file-written");
        assertEquals(stored ? 0 : 1, engram.archive().to(archived).ship().files(), place.getKey());
        assertFalse(Files.exists(place.getValue().resolve("store/engram-archive")), place.getKey());
      }
      assertEquals(1, Engram.archiveIn(archived).ranges().size());
      assertEquals(List.of(), Engram.archiveIn(archived).verify(Progress.NONE));
      Path where = place.getValue().resolve("recovered");
      CommitId _ = Engram.recover(archived, RecoveryPoint.latest(), where);
      try (Engram engram = Engram.open(EngramConfig.at(where).clock(clock))) {
        moment.assertHeldBy(engram, place.getKey());
      }
    }
  }

  @Test
  void aRecoveryThatIsCutShortMakesAWholeStoreOrNone() {
    RandomLife.Moment moment;
    try (Engram engram = Engram.open(config())) {
      lived(engram, 3);
      engram.backups().to(objects).create();
      moment = lived(engram, 3).getLast();
    }
    List<Path> copies = new ArrayList<>();
    CommitId last =
        EngineFactory.recover(
            objects,
            RecoveryPoint.latest(),
            EngramConfig.at(other()),
            Progress.NONE,
            point -> {
              Path copy = directory.resolve("at-" + point);
              QuietCopy.of(other(), copy);
              copies.add(copy);
            });
    assertEquals(moment.commit().lsn(), last.lsn());
    boolean ready = false;
    for (Path copy : copies) {
      ready |= copy.endsWith("at-restore-ready");
      if (!ready) {
        assertThrows(
            NotFoundException.class,
            () -> Engram.open(EngramConfig.at(copy).createIfMissing(false)),
            copy.toString());
        CommitId _ = recover(RecoveryPoint.latest(), copy);
      }
      try (Engram engram = Engram.open(EngramConfig.at(copy).clock(clock))) {
        moment.assertHeldBy(engram, copy.toString());
      }
    }
    assertTrue(ready && copies.size() > 7, copies::toString);
  }

  @Test
  void tellsOfTheCommitsInTheLog() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.begin(engram);
      clock.pass(Duration.ofHours(1));
      Instant later = clock.instant();
      engram.write(
          CommitOptions.NONE.author("alice"),
          tx -> {
            tx.space("s").learn("a");
            tx.space("s").learn("b");
          });
      CommitInfo newest = engram.commits(CommitRange.newest(1)).getFirst();
      assertEquals(engram.lastCommit(), newest.id());
      assertEquals(later, newest.time());
      assertEquals("alice", newest.author().orElseThrow());
      assertEquals(2, newest.records());
      assertTrue(newest.rows() > 4 && newest.bytes() > 50, newest::toString);
      long last = newest.id().lsn();
      List<CommitInfo> all = engram.commits(CommitRange.newest(100));
      assertEquals(last, all.size());
      assertEquals(1, all.getLast().id().lsn());
      assertEquals(all.subList(0, 2), engram.commits(CommitRange.newest(2)));
      assertEquals(List.of(newest), engram.commits(CommitRange.newest(9).since(later)));
      assertEquals(
          all.subList(1, 2), engram.commits(CommitRange.newest(1).until(later.minusMillis(1))));
      assertEquals(
          all.subList(1, all.size()), engram.commits(CommitRange.newest(100).to(last - 1)));
      assertEquals(List.of(), engram.commits(CommitRange.newest(9).from(last + 1)));
    }
  }
}
