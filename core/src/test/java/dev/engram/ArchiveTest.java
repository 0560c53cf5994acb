package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.log.CrashPoints;
import dev.engram.spi.MemoryObjectStore;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives, and recovering stores from them and from backups. */
class ArchiveTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final RandomLife life = new RandomLife(clock, SEED);
  private int recovered;

  private Path store() {
    return directory.resolve("store");
  }

  private EngramConfig config() {
    return EngramConfig.at(store()).clock(clock);
  }

  /** An open store that has lived, every commit of which is archived. */
  private List<RandomLife.Moment> lived(Engram engram, int changes) {
    RandomLife.begin(engram);
    List<RandomLife.Moment> moments = life.live(engram, changes);
    engram.archive().to(objects).ship();
    return moments;
  }

  private CommitId recover(RecoveryPoint point, Path where) {
    return Engram.recover(objects, point, where, Progress.NONE);
  }

  private void assertRecovers(RandomLife.Moment moment, RecoveryPoint point) {
    Path where = directory.resolve("recovered" + recovered++);
    CommitId last = recover(point, where);
    assertEquals(moment.commit().lsn(), last.lsn(), point + ", seed=" + SEED);
    assertTrue(last.timeline() > moment.commit().timeline());
    try (Engram engram =
        Engram.open(EngramConfig.at(where).clock(RandomLife.at(moment.at())))) {
      moment.assertHeldBy(engram, point + ", seed=" + SEED);
      assertTrue(engram.check().ok(), () -> engram.check().toString());
      assertEquals(last, engram.lastCommit());
    }
  }

  private static RecoveryPoint at(RandomLife.Moment moment) {
    return RecoveryPoint.lsn(moment.commit().lsn());
  }

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

  private Path other() {
    return directory.resolve("other");
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
      clock.pass(Duration.ofMinutes(2));
      await(() -> !engram.archive().to(objects).points().isEmpty());
      assertEquals("kept", engram.archive().to(objects).points().getFirst().name());
      engram.space("s").learn("the last");
      last = life.moment(engram);
    }
    assertRecovers(last, RecoveryPoint.latest());
    assertThrows(
        UnsupportedFeatureException.class,
        () -> Engram.open(EngramConfig.inMemory().archive(Archiving.to(objects))));
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "nothing was archived");
      LockSupport.parkNanos(10_000_000);
    }
  }

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
    objects.objects().computeIfPresent(
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
      clock.pass(Duration.ofMinutes(2));
      await(() -> !Engram.archiveIn(objects).points().isEmpty());
      engram.space("s").learn("later");
    }
    assertRecovers(named, RecoveryPoint.named("kept"));
  }

  /** A target that stores nothing while it is full. */
  private record Full(
      MemoryObjectStore objects,
      RuntimeException failure,
      AtomicInteger puts,
      AtomicBoolean full)
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
    assertThrows(
        InvalidInputException.class, () -> recover(RecoveryPoint.latest(), other()));
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

  @Test
  void whatTheLogNoLongerHasIsToldUntilABackupHasIt() {
    long lost;
    try (Engram engram = Engram.open(config().backupLogBytes(0))) {
      lived(engram, 2);
      assertTrue(engram.archive().release());
      trimmed(engram);
      Archive archive = engram.archive().to(objects);
      lost = archive.ship().lost();
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
      assertThrows(
          CorruptStoreException.class, () -> archive.prune(backup.id(), Progress.NONE));
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
  void aStoreThatIsOlderThanItsArchiveIsNotArchivedOverIt() throws IOException {
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
    }
    Path copy = directory.resolve("copy");
    copy(store(), copy);
    try (Engram engram = Engram.open(config())) {
      lived(engram, 2);
    }
    try (Engram engram = Engram.open(EngramConfig.at(copy).clock(clock))) {
      assertThrows(MismatchException.class, () -> engram.archive().to(objects).ship());
    }
  }

  @Test
  void shippingThatIsCutShortAnywhereIsGoneOnWith() throws IOException {
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
            copy(store(), place.resolve("store"));
            copy(target, place.resolve("archive"));
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
        assertFalse(
            Files.exists(place.getValue().resolve("store/engram-archive")), place.getKey());
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
            other(),
            Progress.NONE,
            point -> {
              Path copy = directory.resolve("at-" + point);
              copy(other(), copy);
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

  private static void copy(Path from, Path to) {
    try {
      LiveCopy.make(from, to);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
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
      assertEquals(
          List.of(newest), engram.commits(CommitRange.newest(9).since(later)));
      assertEquals(
          all.subList(1, 2),
          engram.commits(CommitRange.newest(1).until(later.minusMillis(1))));
      assertEquals(
          all.subList(1, all.size()), engram.commits(CommitRange.newest(100).to(last - 1)));
      assertEquals(List.of(), engram.commits(CommitRange.newest(9).from(last + 1)));
    }
  }
}
