package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.format.Digest;
import dev.engram.testing.Damage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots in place: making them, what they hold, and restoring them. */
class SnapshotTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String FIRST = "first";

  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private Path store() {
    return directory.resolve("store");
  }

  private EngramConfig config(Path store) {
    return EngramConfig.at(store).clock(clock);
  }

  private Engram open(Path store) {
    return Engram.open(config(store));
  }

  /** A store with a snapshot of two memories and a record, of which one memory went afterwards. */
  private MemoryState written() {
    try (Engram engram = open(store())) {
      MemorySpace space = engram.space("s");
      Memory tea = space.learn("green tea");
      space.associate(tea.id(), space.learn("black coffee").id());
      engram
          .collection("d", CollectionConfig.ofDimension(300))
          .upsert(VectorRecord.of("v", vector(1)));
      engram.awaitViews(engram.lastCommit(), TIMEOUT);
      engram.checkpoint();
      MemoryState then = MemoryState.of(space);
      engram.snapshots().create(FIRST, Metadata.of("why", "test"), Progress.NONE);
      space.forget(tea.id());
      space.learn("water");
      engram.collection("d").upsert(VectorRecord.of("w", vector(2)));
      return then;
    }
  }

  private static float[] vector(int number) {
    float[] vector = new float[300];
    Arrays.fill(vector, 1);
    vector[number] = -number;
    return vector;
  }

  private void assertFirst(MemoryState then, Path where) {
    try (Engram engram = open(where)) {
      MemorySpace space = engram.space("s");
      MemoryState.of(space).assertSame(then, "restored");
      assertEquals("green tea", recall(engram, "green tea").getFirst().memory().text());
      assertEquals(0, recall(engram, "water").size());
      assertEquals(1, engram.collection("d").count());
      assertEquals(1, engram.collection("d").search(Search.nearest(vector(1)).limit(9)).size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  /** Leaves no trace. */
  private static List<Recollection> recall(Engram engram, String question) {
    return engram.space("s").recall(Recall.about(question).untouched());
  }

  @Test
  void restoresTheStoreAsItWasOnANewTimelineAndGoesOn() {
    MemoryState then = written();
    CommitId snapshot;
    try (Engram engram = open(store())) {
      snapshot = engram.snapshots().list().getFirst().commit();
      assertTrue(engram.lastCommit().lsn() > snapshot.lsn());
    }
    CommitId restored = Engram.restoreSnapshot(store(), FIRST);
    assertEquals(new CommitId(snapshot.timeline() + 1, snapshot.lsn()), restored);
    assertFirst(then, store());
    try (Engram engram = open(store())) {
      assertEquals(restored, engram.lastCommit());
      engram.space("s").learn("milk");
      engram.snapshots().create("second");
    }
    assertEquals(restored.timeline() + 1, Engram.restoreSnapshot(store(), FIRST).timeline());
    assertFirst(then, store());
    CommitId again = Engram.restoreSnapshot(store(), "second");
    assertEquals(restored.timeline() + 2, again.timeline());
    try (Engram engram = open(store())) {
      assertEquals(3, engram.space("s").count());
      assertEquals(1, engram.space("s").recall("milk").size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void makesAnotherStoreInANewDirectoryWhileItIsOpen() {
    MemoryState then = written();
    Path other = directory.resolve("other");
    try (Engram engram = open(store())) {
      CommitId _ = Engram.restoreSnapshot(store(), FIRST, other);
      assertFirst(then, other);
      assertEquals(2, engram.space("s").count());
      assertEquals(1, engram.space("s").recall("water").size());
      try (Engram copy = open(other)) {
        assertEquals(List.of(), copy.snapshots().list());
      }
    }
    assertThrows(ExistsException.class, () -> Engram.restoreSnapshot(store(), FIRST, other));
    assertThrows(ExistsException.class, () -> Engram.restoreSnapshot(store(), FIRST, store()));
    assertFirst(then, other);
  }

  @Test
  void doesNotRebuildTheViewsThatAreInASnapshot() throws IOException {
    Path vectors = store().resolve("views/vectors");
    try (Engram engram = open(store())) {
      engram.space("s").learn("green tea");
      VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(4));
      List<VectorRecord> records = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        records.add(VectorRecord.of(RecordId.of(i), new float[] {1, i % 1_000, i % 7, 7}));
      }
      docs.upsert(records);
      assertFalse(docs.search(Search.nearest(new float[] {1, 2, 3, 7})).isEmpty());
      while (!docs.index().settled()) {
        LockSupport.parkNanos(1_000_000);
      }
      engram.checkpoint();
      engram.snapshots().create(FIRST);
      engram.space("s").learn("water");
    }
    Path copies = store().resolve("snapshots/1/views");
    CommitId _ = Engram.restoreSnapshot(store(), FIRST);
    int shared = 0;
    try (Engram engram = open(store())) {
      assertTrue(engram.awaitViews(engram.lastCommit(), TIMEOUT));
      assertEquals(1, engram.space("s").recall("green tea").size());
      Search search = Search.nearest(new float[] {1, 2, 3, 7}).limit(5);
      assertEquals(5, engram.collection("d").search(search).size());
      for (Path copy : files(copies)) {
        Path live = store().resolve("views").resolve(copies.relativize(copy));
        // A vector index that was read may write its manifest anew, of the same files.
        if (!copy.endsWith("manifest")) {
          assertTrue(Files.isSameFile(copy, live), live::toString);
          shared++;
        }
      }
      assertTrue(shared >= 5, "shared=" + shared);
      assertTrue(files(vectors).size() >= 3, () -> "no vector index was published");
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void listsTheNewestFirstAndKeepsTheNewest() {
    try (Engram engram = Engram.open(config(store()).snapshotLimit(4))) {
      Snapshots snapshots = engram.snapshots();
      assertEquals(List.of(), snapshots.list());
      for (int i = 1; i <= 6; i++) {
        clock.pass(Duration.ofMinutes(1));
        engram.space("s").learn("memory " + i);
        SnapshotInfo made = snapshots.create("n" + i, Metadata.of("number", i), Progress.NONE);
        assertEquals(engram.lastCommit(), made.commit());
        assertEquals(clock.instant(), made.createdAt());
        assertTrue(made.bytes() > 0);
      }
      assertEquals(List.of("n6", "n5", "n4", "n3"), names(snapshots.list()));
      assertEquals(6L, snapshots.list().getFirst().metadata().asMap().get("number"));
      assertTrue(snapshots.delete("n5"));
      assertFalse(snapshots.delete("n5"));
      assertEquals(List.of("n3"), names(snapshots.keep(2)));
    }
    try (Engram engram = open(store())) {
      assertEquals(List.of("n6", "n4"), names(engram.snapshots().list()));
      assertEquals(List.of("n6", "n4"), names(engram.snapshots().keep(0)));
      assertEquals(List.of(), engram.snapshots().list());
      engram.snapshots().create("n4");
    }
  }

  private static List<String> names(List<SnapshotInfo> snapshots) {
    return snapshots.stream().map(SnapshotInfo::name).toList();
  }

  @Test
  void refusesWhatIsNoNameOrIsTakenAndWhatIsOutOfBounds() {
    try (Engram engram = open(store())) {
      Snapshots snapshots = engram.snapshots();
      String longest = "n".repeat(Limits.MAX_NAME_BYTES);
      assertEquals(longest, snapshots.create(longest).name());
      for (String name : List.of("", " ", longest + "n")) {
        assertThrows(InvalidInputException.class, () -> snapshots.create(name));
      }
      ExistsException taken = assertThrows(ExistsException.class, () -> snapshots.create(longest));
      assertTrue(taken.getMessage().contains("name=" + longest), taken.getMessage());
      assertThrows(InvalidInputException.class, () -> snapshots.keep(-1));
      assertThrows(InvalidInputException.class, () -> snapshots.keep(Limits.MAX_SNAPSHOTS + 1));
      assertEquals(List.of(), snapshots.keep(Limits.MAX_SNAPSHOTS));
      assertThrows(StoreLockedException.class, () -> Engram.restoreSnapshot(store(), longest));
    }
    for (int limit : new int[] {0, Limits.MAX_SNAPSHOTS + 1}) {
      assertThrows(InvalidInputException.class, () -> config(store()).snapshotLimit(limit));
    }
    assertEquals(
        Limits.MAX_SNAPSHOTS, config(store()).snapshotLimit(Limits.MAX_SNAPSHOTS).snapshotLimit());
    assertThrows(NotFoundException.class, () -> Engram.restoreSnapshot(store(), "unheard"));
    assertThrows(
        NotFoundException.class, () -> Engram.restoreSnapshot(directory.resolve("x"), FIRST));
    assertFalse(Files.exists(directory.resolve("x")));
  }

  @Test
  void aStoreInMemoryHasNoSnapshotsAndAClosedOneNeither() {
    Engram engram = Engram.inMemory();
    Snapshots snapshots = engram.snapshots();
    assertThrows(UnsupportedFeatureException.class, () -> snapshots.create(FIRST));
    assertThrows(UnsupportedFeatureException.class, snapshots::list);
    engram.close();
    Engram onDisk = open(store());
    onDisk.close();
    assertThrows(ClosedException.class, () -> onDisk.snapshots().create(FIRST));
    assertThrows(ClosedException.class, () -> onDisk.snapshots().list());
  }

  @Test
  void holdsWhatWasAcknowledgedWhateverTheStorePromises() {
    for (Durability promise :
        List.of(Durability.DURABLE, Durability.PROCESS, Durability.periodic(Duration.ofHours(1)))) {
      Path store = directory.resolve(promise.getClass().getSimpleName());
      Path other = directory.resolve(promise.getClass().getSimpleName() + "-copy");
      try (Engram engram = Engram.open(config(store).durability(promise))) {
        engram.space("s").learn("green tea");
        SnapshotInfo made = engram.snapshots().create(FIRST);
        assertEquals(engram.lastCommit(), made.commit());
        CommitId _ = Engram.restoreSnapshot(store, FIRST, other);
      }
      try (Engram engram = open(other)) {
        assertEquals(1, engram.space("s").recall("tea").size());
        assertTrue(engram.check().ok(), () -> engram.check().toString());
      }
    }
  }

  @Test
  void isMadeWhileCommitsGoOnAndHoldsWholeOnes() throws InterruptedException {
    AtomicInteger acknowledged = new AtomicInteger();
    List<Integer> least = new ArrayList<>();
    int snapshots = 4;
    try (Engram engram = open(store())) {
      engram.collection("d", CollectionConfig.ofDimension(300));
      AtomicBoolean stop = new AtomicBoolean();
      Thread writer = Thread.ofPlatform().start(() -> writePairs(engram, acknowledged, stop));
      for (int i = 0; i < snapshots; i++) {
        Thread.sleep(50);
        least.add(acknowledged.get());
        engram.snapshots().create("n" + i);
      }
      stop.set(true);
      writer.join();
    }
    for (int i = 0; i < snapshots; i++) {
      Path other = directory.resolve("other" + i);
      CommitId last = Engram.restoreSnapshot(store(), "n" + i, other);
      try (Engram engram = open(other)) {
        long records = engram.collection("d").count();
        assertEquals(records, records == 0 ? 0 : engram.space("s").count());
        assertTrue(records >= least.get(i), records + " of " + least.get(i));
        assertEquals(last, engram.lastCommit());
        assertTrue(engram.check().ok(), () -> engram.check().toString());
      }
    }
    assertTrue(least.getLast() > 0, "nothing was written meanwhile");
  }

  private static void writePairs(Engram engram, AtomicInteger acknowledged, AtomicBoolean stop) {
    for (int i = 0; !stop.get(); i++) {
      int number = i;
      engram.write(tx -> {
        tx.collection("d").upsert(VectorRecord.of(RecordId.of(number), vector(number % 300)));
        tx.space("s").learn("memory " + number);
      });
      acknowledged.incrementAndGet();
    }
  }

  @Test
  void leavesNothingWhenItIsCancelled() throws IOException {
    MemoryState _ = written();
    try (Engram engram = open(store())) {
      for (int step = 0; step < 3; step++) {
        int last = step;
        Progress cancelling =
            update -> {
              assertEquals("snapshot", update.operation());
              if (update.current() == last) {
                throw new CancelledException("enough");
              }
            };
        assertThrows(
            CancelledException.class,
            () -> engram.snapshots().create("second", Metadata.empty(), cancelling));
      }
      Progress interrupting = _ -> Thread.currentThread().interrupt();
      assertThrows(
          CancelledException.class,
          () -> engram.snapshots().create("second", Metadata.empty(), interrupting));
      assertTrue(Thread.interrupted());
      assertEquals(List.of(FIRST), names(engram.snapshots().list()));
      List<Double> shares = new ArrayList<>();
      engram
          .snapshots()
          .create("second", Metadata.empty(), update -> shares.add(update.percentage()));
      assertEquals(List.of(0.0, 25.0, 50.0, 100.0), shares);
    }
    try (Stream<Path> directories = Files.list(store().resolve("snapshots"))) {
      assertEquals(2, directories.count());
    }
  }

  @Test
  void bringsBackAStoreWhoseLogIsGone() throws IOException {
    MemoryState then = written();
    Files.delete(store().resolve("log/CURRENT"));
    assertThrows(CorruptStoreException.class, () -> open(store()));
    CommitId _ = Engram.restoreSnapshot(store(), FIRST);
    assertFirst(then, store());
  }

  @Test
  void refusesADamagedSnapshotAndLeavesTheStoreAsItWas() throws IOException {
    MemoryState then = written();
    Path snapshot = store().resolve("snapshots/1");
    int refused = 0;
    for (Path file : files(snapshot)) {
      byte[] intact = Files.readAllBytes(file);
      boolean view = snapshot.relativize(file).startsWith("views");
      for (Damage damage : Damage.values()) {
        // As a new file: the other name of the old one belongs to the store.
        damage.write(file, intact);
        String where = snapshot.relativize(file) + ", " + damage;
        Map<String, String> before = digests();
        try {
          CommitId _ = Engram.restoreSnapshot(store(), FIRST, directory.resolve("other"));
          assertTrue(view || harmless(file, damage), where + " was not refused");
          assertFirst(then, directory.resolve("other"));
        } catch (CorruptStoreException | NotFoundException e) {
          assertFalse(view, where + ": " + e.getMessage());
          if (damage == Damage.FLIPPED) {
            assertThrows(
                CorruptStoreException.class, () -> Engram.restoreSnapshot(store(), FIRST), where);
          }
          refused++;
        }
        delete(directory.resolve("other"));
        assertEquals(before, digests(), where);
        Files.deleteIfExists(file);
        Files.write(file, intact);
      }
    }
    assertTrue(refused > 20, "refused=" + refused);
    try (Engram engram = open(store())) {
      assertEquals(1, engram.space("s").recall("water").size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    CommitId _ = Engram.restoreSnapshot(store(), FIRST);
    assertFirst(then, store());
  }

  /** An empty file cannot be altered much. */
  private static boolean harmless(Path file, Damage damage) throws IOException {
    return Files.exists(file) && Files.size(file) == 0 && damage != Damage.LONGER;
  }

  @Test
  void refusesTheSnapshotOfAnotherStoreAndOfANewerVersion() throws IOException {
    MemoryState then = written();
    Path manifest = store().resolve("snapshots/1/manifest");
    byte[] intact = Files.readAllBytes(manifest);
    byte[] newer = intact.clone();
    newer[4]++;
    byte[] body = Arrays.copyOf(newer, newer.length - 32);
    System.arraycopy(Digest.newSha256().digest(body), 0, newer, body.length, 32);
    Files.write(manifest, newer);
    Map<String, String> before = digests();
    MismatchException version =
        assertThrows(MismatchException.class, () -> Engram.restoreSnapshot(store(), FIRST));
    assertTrue(version.getMessage().contains("stored=2, supported=1"), version.getMessage());
    assertEquals(before, digests());
    Files.write(manifest, intact);

    Path foreign = directory.resolve("foreign");
    try (Engram engram = open(foreign)) {
      engram.space("s").learn("tea of others");
      engram.snapshots().create("theirs");
    }
    Files.move(foreign.resolve("snapshots/1"), store().resolve("snapshots/2"));
    before = digests();
    MismatchException store =
        assertThrows(MismatchException.class, () -> Engram.restoreSnapshot(store(), "theirs"));
    assertTrue(store.getMessage().contains("another store"), store.getMessage());
    assertEquals(before, digests());
    CommitId _ = Engram.restoreSnapshot(store(), FIRST);
    assertFirst(then, store());
  }

  @Test
  void aManifestThatCannotBeReadHidesNoOtherSnapshot() throws IOException {
    MemoryState _ = written();
    try (Engram engram = open(store())) {
      engram.snapshots().create("second");
    }
    try (RandomAccessFile bytes =
        new RandomAccessFile(store().resolve("snapshots/1/manifest").toFile(), "rw")) {
      bytes.setLength(20);
    }
    try (Engram engram = open(store())) {
      assertEquals(List.of("second"), names(engram.snapshots().list()));
    }
    assertThrows(CorruptStoreException.class, () -> Engram.restoreSnapshot(store(), FIRST));
    assertEquals(2, Engram.restoreSnapshot(store(), "second").timeline());
  }

  @Test
  void keepsItsFilesToItsOwnerAndCountsThemOnce() throws IOException {
    MemoryState _ = written();
    for (Path file : files(store().resolve("snapshots"))) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
    try (Engram engram = open(store())) {
      long before = engram.stats().diskBytes();
      SnapshotInfo made = engram.snapshots().create("second");
      long added = engram.stats().diskBytes() - before;
      assertNotEquals(0, made.bytes());
      assertTrue(added < made.bytes(), added + " of " + made.bytes());
    }
  }

  private Map<String, String> digests() throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (Path file : files(store())) {
      digests.put(store().relativize(file).toString(), Digest.hex(file));
    }
    return digests;
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void delete(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> all = Files.walk(root)) {
        for (Path file : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
