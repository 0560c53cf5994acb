package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.ManifestLayout;
import dev.engram.internal.format.ManifestLayout.Entry;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.spi.MemoryObjectStore;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Full backups: making, reading back, keeping and restoring them. */
class BackupTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private int restored;

  private Path store() {
    return directory.resolve("store");
  }

  private Engram open(Path store) {
    return Engram.open(EngramConfig.at(store).clock(clock));
  }

  private static MemoryState write(Engram engram) {
    MemorySpace space = engram.space("s");
    Memory tea = space.learn("green tea");
    space.associate(tea.id(), space.learn("black coffee").id());
    engram
        .collection("d", CollectionConfig.ofDimension(300))
        .upsert(VectorRecord.of("v", vector(1)));
    return MemoryState.of(space);
  }

  private static float[] vector(int number) {
    float[] vector = new float[300];
    Arrays.fill(vector, 1);
    vector[number] = -number;
    return vector;
  }

  private void assertRestores(MemoryState then, BackupInfo backup) {
    Path other = directory.resolve("restored" + restored++);
    CommitId last = Engram.restore(objects, backup.id(), other, Progress.NONE);
    assertEquals(new CommitId(backup.commit().timeline() + 1, backup.commit().lsn()), last);
    assertHolds(then, last, other);
  }

  private void assertHolds(MemoryState then, CommitId last, Path where) {
    try (Engram engram = open(where)) {
      assertEquals(last, engram.lastCommit());
      MemoryState.of(engram.space("s")).assertSame(then, "restored");
      assertEquals("green tea", found(engram, "green tea"));
      assertEquals(1, engram.collection("d").search(Search.nearest(vector(1)).limit(9)).size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
      engram.space("s").learn("it goes on");
    }
  }

  private static String found(Engram engram, String question) {
    Recall untouched = Recall.about(question).untouched();
    return engram.space("s").recall(untouched).getFirst().memory().text();
  }

  @Test
  void restoresAStoreAsItWasFromADirectory() throws IOException {
    Path target = directory.resolve("backups");
    MemoryState then;
    BackupInfo made;
    try (Engram engram = open(store())) {
      then = write(engram);
      made = engram.backups().to(target).create();
      assertEquals(engram.lastCommit(), made.commit());
      assertEquals(clock.instant(), made.createdAt());
      engram.space("s").learn("water");
      assertEquals(List.of(made), engram.backups().to(target).list());
      assertTrue(Engram.backupsIn(target).verify(Backups.LATEST, Progress.NONE).ok());
    }
    try (Stream<Path> left = Files.list(store())) {
      assertFalse(left.anyMatch(each -> each.getFileName().toString().contains("backup")));
    }
    Path other = directory.resolve("other");
    CommitId last = Engram.restore(target, Backups.LATEST, other);
    assertHolds(then, last, other);
    assertThrows(ExistsException.class, () -> Engram.restore(target, made.id(), other));
    try (Stream<Path> left = Files.list(other)) {
      assertFalse(left.anyMatch(each -> each.getFileName().toString().contains("restore")));
    }
  }

  @Test
  void sendsWhatIsNewAndListsTheNewestFirst() {
    try (Engram engram = open(store())) {
      MemoryState first = write(engram);
      VectorCollection large = engram.collection("large", CollectionConfig.ofDimension(300));
      for (int i = 0; i < 300; i++) {
        large.upsert(VectorRecord.of(RecordId.of(i), vector(i)));
      }
      Backups backups = engram.backups().to(objects);
      BackupInfo one = backups.create(BackupKind.FULL, Metadata.of("n", 1), Progress.NONE);
      long sent = objects.bytes();
      clock.pass(Duration.ofMillis(1));
      engram.space("s").learn("water");
      MemoryState second = MemoryState.of(engram.space("s"));
      BackupInfo two = backups.create();
      assertTrue(objects.bytes() - sent < sent / 4, objects.bytes() + " after " + sent);
      assertEquals(List.of(two, one), backups.list());
      assertEquals(1L, backups.list().getLast().metadata().asMap().get("n"));
      assertRestores(first, one);
      assertRestores(second, two);
      assertTrue(backups.delete(one.id()));
      assertFalse(backups.delete(one.id()));
      assertTrue(backups.verify(two.id(), Progress.NONE).ok());
      assertRestores(second, two);
      assertTrue(backups.delete(two.id()));
      assertEquals(Map.of(), objects.objects());
    }
  }

  @Test
  void aFailureAtAnyOperationLeavesNoBackupAndTheNextOneGoesOn() {
    try (Engram engram = open(store())) {
      MemoryState then = write(engram);
      Backups backups = engram.backups().to(objects);
      int failures = 0;
      int wholePuts = 0;
      for (int n = 1; ; n++) {
        objects.objects().clear();
        int before = objects.puts();
        objects.failAt(n);
        try {
          BackupInfo made = backups.create();
          objects.failAt(0);
          assertRestores(then, made);
          wholePuts = objects.puts() - before;
          break;
        } catch (StorageException e) {
          failures++;
        }
        objects.failAt(0);
        assertEquals(List.of(), withoutPublished(backups));
        BackupInfo again = backups.create();
        assertTrue(backups.verify(again.id(), Progress.NONE).ok(), "failure at " + n);
      }
      assertTrue(failures > 2 * wholePuts, failures + " failures, " + wholePuts + " puts");
    }
  }

  /** The manifest is put and then read back: a failure then leaves a backup that is whole. */
  private static List<BackupInfo> withoutPublished(Backups backups) {
    return backups.list().stream()
        .filter(each -> !backups.verify(each.id(), Progress.NONE).ok())
        .toList();
  }

  @Test
  void whatTheTargetHasIsNotSentAgainAfterABackupThatWasCutShort() {
    try (Engram engram = open(store())) {
      write(engram);
      engram.checkpoint();
      Backups backups = engram.backups().to(objects);
      objects.failAt(20);
      assertThrows(StorageException.class, backups::create);
      int sent = objects.puts();
      assertTrue(sent > 3, "sent=" + sent);
      BackupInfo made = backups.create();
      long distinct =
          objects.objects().keySet().stream().filter(name -> name.startsWith("objects/")).count();
      // Files that every copy of the log has of its own, such as its list of files, are new.
      assertTrue(objects.puts() - sent < distinct, objects.puts() + ", " + sent + ", " + distinct);
      assertTrue(backups.verify(made.id(), Progress.NONE).ok());
      assertEquals(List.of(), backups.retain(Retention.ofLast(1)));
      assertTrue(backups.verify(made.id(), Progress.NONE).ok());
    }
  }

  /** A store may hand out what was altered, or notice it itself when it is read. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anObjectThatWasAlteredIsFoundAndMendedByTheNextBackup(boolean noticing) {
    objects.noticing(noticing);
    try (Engram engram = open(store())) {
      MemoryState then = write(engram);
      Backups backups = engram.backups().to(objects);
      BackupInfo made = backups.create();
      // Of a file that no compaction replaces: the next backup holds it as well.
      String name =
          new BackupFiles(objects)
              .read(made.id()).files().stream()
                  .filter(each -> each.path().endsWith(".blob"))
                  .map(each -> "objects/" + each.digest())
                  .findFirst()
                  .orElseThrow();
      objects.objects().get(name)[5] ^= 1;
      BackupReport report = backups.verify(made.id(), Progress.NONE);
      assertEquals(1, report.findings().size());
      assertTrue(report.findings().getFirst().contains(name), report.toString());
      clock.pass(Duration.ofMillis(1));
      BackupInfo next = backups.create();
      assertTrue(backups.verify(made.id(), Progress.NONE).ok());
      assertRestores(then, made);
      assertRestores(then, next);
    }
  }

  @Test
  void refusesADamagedBackupAndMakesNoStoreOfIt() throws IOException {
    MemoryState then;
    BackupInfo made;
    try (Engram engram = open(store())) {
      then = write(engram);
      made = engram.backups().to(objects).create();
    }
    Path other = directory.resolve("other");
    for (String name : List.copyOf(objects.objects().keySet())) {
      byte[] intact = objects.objects().get(name);
      for (byte[] damaged : damaged(intact)) {
        objects.objects().put(name, damaged);
        assertThrows(CorruptStoreException.class, () -> restore(made, other), name);
      }
      objects.objects().remove(name);
      assertThrows(EngramException.class, () -> restore(made, other), name);
      objects.objects().put(name, intact);
      assertFalse(Files.exists(other.resolve("log")), name);
      assertFalse(Files.exists(other.resolve("engram-restore")), name);
    }
    assertThrows(
        NotFoundException.class, () -> Engram.open(EngramConfig.at(other).createIfMissing(false)));
    assertHolds(then, restore(made, other), other);
  }

  private CommitId restore(BackupInfo backup, Path where) {
    return Engram.restore(objects, backup.id(), where, Progress.NONE);
  }

  private static List<byte[]> damaged(byte[] intact) {
    List<byte[]> all = new ArrayList<>();
    if (intact.length > 0) {
      byte[] flipped = intact.clone();
      flipped[intact.length / 2] ^= 16;
      all.add(flipped);
      all.add(Arrays.copyOf(intact, intact.length / 2));
      all.add(new byte[intact.length]);
    }
    all.add(Arrays.copyOf(intact, intact.length + 1));
    all.removeIf(each -> Arrays.equals(each, intact));
    return all;
  }

  @Test
  void refusesABackupThatWouldWriteElsewhere() {
    BackupInfo made;
    try (Engram engram = open(store())) {
      write(engram);
      made = engram.backups().to(objects).create();
    }
    String name = "backups/" + made.id();
    Manifest manifest = ManifestLayout.decode(objects.objects().get(name), "manifest");
    for (String path : List.of("../escaped", "/tmp/escaped", "ready", "engram.store", "views/x")) {
      List<Entry> files = new ArrayList<>(manifest.files());
      Entry first = files.getFirst();
      files.set(0, new Entry(path, first.bytes(), first.digest()));
      Manifest hostile =
          new Manifest(
              manifest.kind(),
              manifest.storeId(),
              manifest.commit(),
              manifest.createdAt(),
              manifest.name(),
              manifest.parent(),
              manifest.metadata(),
              files);
      objects.objects().put(name, ManifestLayout.encode(hostile));
      Path other = directory.resolve("other");
      assertThrows(CorruptStoreException.class, () -> restore(made, other), path);
      assertFalse(Files.exists(directory.resolve("escaped")));
      assertFalse(Files.exists(other.resolve("log")));
    }
  }

  @Test
  void aManifestThatIsDamagedHidesNoOtherAndKeepsWhatItMayNeed() {
    try (Engram engram = open(store())) {
      MemoryState then = write(engram);
      Backups backups = engram.backups().to(objects);
      BackupInfo one = backups.create();
      clock.pass(Duration.ofMillis(1));
      BackupInfo two = backups.create();
      objects.objects().put("backups/" + two.id(), new byte[100]);
      assertEquals(List.of(one), backups.list());
      assertThrows(
          CorruptStoreException.class, () -> backups.verify(Backups.LATEST, Progress.NONE));
      assertThrows(CorruptStoreException.class, () -> backups.retain(Retention.ofLast(1)));
      assertTrue(backups.delete(two.id()));
      assertEquals(List.of(), backups.retain(Retention.ofLast(1)));
      assertRestores(then, one);
    }
  }

  @Test
  void oneThatIsPublishedDoesNotFailAfterwards() {
    try (Engram engram = open(store())) {
      write(engram);
      BackupInfo made = engram.backups().to(new Leaving(objects)).create();
      assertEquals(List.of(made), Engram.backupsIn(objects).list());
    }
  }

  /** A target that does not list anything once a backup is there. */
  private record Leaving(MemoryObjectStore objects) implements ObjectStore {
    @Override
    public void put(String name, InputStream bytes, long length) {
      objects.put(name, bytes, length);
    }

    @Override
    public void create(String name, InputStream bytes, long length) {
      objects.create(name, bytes, length);
    }

    @Override
    public InputStream get(String name) {
      return objects.get(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
      List<ObjectInfo> listed = objects.list(prefix);
      if (!objects.list("backups/").isEmpty()) {
        throw new StorageException("away");
      }
      return listed;
    }

    @Override
    public void delete(String name) {
      objects.delete(name);
    }
  }

  @Test
  void deletesNothingThatABackupOfANewerVersionMayContinue() {
    try (Engram engram = open(store())) {
      MemoryState then = write(engram);
      Backups backups = engram.backups().to(objects);
      BackupInfo first = backups.create();
      clock.pass(Duration.ofMillis(1));
      BackupInfo second = backups.create();
      clock.pass(Duration.ofMillis(1));
      BackupInfo newer = backups.create();
      objects.objects().computeIfPresent("backups/" + newer.id(), (_, made) -> ofNewer(made));
      for (Executable act :
          List.<Executable>of(
              () -> backups.retain(Retention.ofLast(1)), () -> backups.delete(first.id()))) {
        MismatchException refused = assertThrows(MismatchException.class, act);
        assertTrue(String.valueOf(refused.getMessage()).contains(newer.id()), refused::toString);
      }
      assertEquals(List.of(second, first), backups.list());
      assertRestores(then, first);
    }
  }

  /** The same manifest, of the next version. */
  private static byte[] ofNewer(byte[] manifest) {
    byte[] body = Arrays.copyOf(manifest, manifest.length - 32);
    body[4]++;
    byte[] whole = Arrays.copyOf(body, manifest.length);
    System.arraycopy(Digest.newSha256().digest(body), 0, whole, body.length, 32);
    return whole;
  }

  @Test
  void retainDeletesWhatNoRuleKeepsAndWhatIsLeftOver() {
    try (Engram engram = open(store())) {
      write(engram);
      Backups backups = engram.backups().to(objects);
      List<BackupInfo> made = new ArrayList<>();
      for (int day = 0; day < 5; day++) {
        clock.pass(Duration.ofDays(1));
        made.addFirst(backups.create());
      }
      objects.objects().put("objects/" + "0".repeat(64), new byte[9]);
      assertEquals(made.subList(2, 5), backups.retain(Retention.ofGenerations(2, 0, 0)));
      assertEquals(made.subList(0, 2), backups.list());
      assertFalse(objects.objects().containsKey("objects/" + "0".repeat(64)));
      assertRestores(MemoryState.of(engram.space("s")), made.get(1));
      clock.pass(Duration.ofDays(10));
      assertEquals(made.subList(0, 2), backups.retain(Retention.ofAge(Duration.ofDays(9))));
      assertEquals(Map.of(), objects.objects());
    }
  }

  @Test
  void tellsHowFarItIsAndCanBeCancelled() {
    try (Engram engram = open(store())) {
      MemoryState then = write(engram);
      Backups backups = engram.backups().to(objects);
      List<Double> shares = new ArrayList<>();
      BackupInfo made =
          backups.create(
              BackupKind.FULL, Metadata.empty(), update -> shares.add(update.percentage()));
      assertEquals(100.0, shares.getLast());
      assertTrue(shares.stream().allMatch(share -> share >= 0 && share <= 100), shares::toString);
      Progress cancelling =
          _ -> {
            throw new CancelledException("enough");
          };
      clock.pass(Duration.ofMillis(1));
      assertThrows(
          CancelledException.class,
          () -> backups.create(BackupKind.FULL, Metadata.empty(), cancelling));
      Progress interrupting = _ -> Thread.currentThread().interrupt();
      assertThrows(
          CancelledException.class,
          () -> backups.create(BackupKind.FULL, Metadata.empty(), interrupting));
      assertTrue(Thread.interrupted());
      Path other = directory.resolve("other");
      assertThrows(
          CancelledException.class, () -> Engram.restore(objects, made.id(), other, cancelling));
      assertThrows(
          CancelledException.class, () -> Engram.restore(objects, made.id(), other, interrupting));
      assertTrue(Thread.interrupted());
      assertEquals(List.of(made), backups.list());
      assertHolds(then, restore(made, other), other);
    }
  }

  @Test
  void refusesWhatCannotBe() {
    try (Engram memory = Engram.inMemory()) {
      assertThrows(UnsupportedFeatureException.class, () -> memory.backups().to(objects).create());
    }
    assertThrows(UnsupportedFeatureException.class, () -> Engram.backupsIn(objects).create());
    Path other = directory.resolve("other");
    for (String id : List.of(Backups.LATEST, "unheard")) {
      assertThrows(
          NotFoundException.class, () -> Engram.restore(objects, id, other, Progress.NONE));
    }
    assertThrows(
        InvalidInputException.class,
        () -> Engram.restore(directory.resolve("x"), "../../etc/passwd", other));
    assertFalse(Files.exists(other));
    Engram engram = open(store());
    Backups backups = engram.backups().to(objects);
    engram.close();
    assertThrows(ClosedException.class, backups::create);
    assertEquals(List.of(), backups.list());
  }

  @Test
  void aCopyIsAnotherStoreAndItsBackupsCanShareTheTarget() {
    try (Engram engram = open(store())) {
      write(engram);
      BackupInfo one = engram.backups().to(objects).create();
      clock.pass(Duration.ofMillis(1));
      Path other = directory.resolve("other");
      CommitId _ = restore(one, other);
      try (Engram copy = open(other)) {
        BackupInfo two = copy.backups().to(objects).create();
        assertNotEquals(one.storeId(), two.storeId());
        // Each store keeps its own newest.
        assertEquals(List.of(), copy.backups().to(objects).retain(Retention.ofLast(1)));
      }
    }
  }

  @Test
  void aRestoreThatIsCutShortMakesAWholeStoreOrNone() throws IOException {
    MemoryState then;
    BackupInfo made;
    try (Engram engram = open(store())) {
      then = write(engram);
      made = engram.backups().to(objects).create();
    }
    Path other = directory.resolve("other");
    List<Path> copies = new ArrayList<>();
    CommitId last =
        EngineFactory.restore(
            objects,
            made.id(),
            other,
            Progress.NONE,
            point -> {
              Path copy = directory.resolve("at-" + point);
              copy(other, copy);
              copies.add(copy);
            });
    boolean ready = false;
    for (Path copy : copies) {
      ready |= copy.endsWith("at-restore-ready");
      if (ready) {
        assertHolds(then, last, copy);
      } else {
        assertThrows(
            NotFoundException.class,
            () -> Engram.open(EngramConfig.at(copy).createIfMissing(false)),
            copy.toString());
        assertHolds(then, restore(made, copy), copy);
      }
    }
    assertTrue(ready && copies.size() > 5, copies::toString);
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
