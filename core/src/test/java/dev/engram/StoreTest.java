package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening, closing, copying and repairing stores. */
class StoreTest {
  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private static void assertHealthy(Engram engram) {
    assertTrue(engram.check().ok(), () -> engram.check().toString());
  }

  @Test
  void namesTheProcessThatHoldsTheDirectory() {
    try (Engram _ = Engram.open(store())) {
      StoreLockedException e = assertThrows(StoreLockedException.class, () -> Engram.open(store()));
      assertTrue(e.getMessage().contains("pid " + ProcessHandle.current().pid()), e.getMessage());
      assertEquals(ErrorCode.LOCKED, e.code());
    }
    Engram.open(store()).close();
  }

  @Test
  void opensOnlyWhatIsAStore() throws IOException {
    assertThrows(
        NotFoundException.class,
        () -> Engram.open(EngramConfig.at(store()).createIfMissing(false)));
    assertFalse(Files.exists(store()));
    Files.createDirectories(store());
    Files.writeString(store().resolve("letter.txt"), "mine");
    assertThrows(MismatchException.class, () -> Engram.open(store()));
    assertThrows(NotFoundException.class, () -> Engram.repair(store(), true));
    assertEquals("mine", Files.readString(store().resolve("letter.txt")));
    try (Stream<Path> files = Files.list(store())) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void refusesAStoreOfAnotherFormat() throws IOException {
    Engram.open(store()).close();
    Files.writeString(store().resolve("engram.store"), "An Engram store. Format 2.\n");
    MismatchException e = assertThrows(MismatchException.class, () -> Engram.open(store()));
    assertTrue(e.getMessage().contains("stored=2, supported=1"), e.getMessage());
  }

  @Test
  void refusesAStoreWhoseMarkIsDamagedAndSaysHowToMendIt() throws IOException {
    Engram.open(store()).close();
    Path mark = store().resolve("engram.store");
    byte[] whole = Files.readAllBytes(mark);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0x80;
      Files.write(mark, damaged);
      assertThrows(CorruptStoreException.class, () -> Engram.open(store()), "at=" + at);
      Files.write(mark, Arrays.copyOf(whole, at));
      assertThrows(CorruptStoreException.class, () -> Engram.open(store()), "length=" + at);
    }
    CorruptStoreException e = assertThrows(CorruptStoreException.class, () -> Engram.open(store()));
    String line = e.getMessage().substring(e.getMessage().lastIndexOf(": ") + 2);
    Files.writeString(mark, line + "\n");
    try (Engram engram = Engram.open(store())) {
      assertTrue(engram.check().ok());
    }
  }

  @Test
  void aMarkThatIsDamagedWhileAStoreIsOpenIsFoundByACheck() throws IOException {
    try (Engram engram = Engram.open(store())) {
      Files.writeString(store().resolve("engram.store"), "An Engrom store. Format 1.\n");
      CheckReport report = engram.check(CheckLevel.QUICK, Progress.NONE);
      assertFalse(report.ok());
      assertTrue(report.toString().contains("engram.store"), report::toString);
    }
  }

  @Test
  void refusesEverythingAfterClose() {
    Engram engram = Engram.open(store());
    MemorySpace space = engram.space("s");
    RecordId id = space.learn("a thing").id();
    VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(2));
    Transaction open = engram.begin();
    engram.close();
    engram.close();
    for (Runnable use :
        List.<Runnable>of(
            () -> space.get(id),
            () -> space.learn("x"),
            () -> space.recall("thing"),
            () -> docs.search(Search.nearest(new float[] {1, 0})),
            () -> docs.scan(Scan.first()),
            () -> engram.check(),
            () -> engram.stats(),
            () -> engram.begin(),
            () -> engram.space("t"),
            () -> open.space("s").get(id),
            open::commit)) {
      assertThrows(ClosedException.class, use::run);
    }
    open.close();
  }

  @Test
  void survivesBeingClosedWhileManyThreadsUseIt() throws InterruptedException {
    for (int round = 0; round < 5; round++) {
      Engram engram = Engram.open(directory.resolve("r" + round));
      MemorySpace space = engram.space("s");
      Set<Throwable> surprises = ConcurrentHashMap.newKeySet();
      List<Thread> threads =
          IntStream.range(0, 8)
              .mapToObj(t -> Thread.ofPlatform().start(() -> useUntilClosed(space, t, surprises)))
              .toList();
      Thread.sleep(100);
      engram.close();
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(Set.of(), surprises);
      try (Engram again = Engram.open(directory.resolve("r" + round))) {
        assertHealthy(again);
      }
    }
  }

  private static void useUntilClosed(MemorySpace space, int thread, Set<Throwable> surprises) {
    try {
      for (int i = 0; i < 100_000; i++) {
        Memory memory = space.learn("thread " + thread + " thing " + i);
        space.get(memory.id());
        space.recall(Recall.about("thing " + i).where(Filter.all()));
        space.scan(Scan.first().limit(3));
      }
    } catch (ClosedException e) {
      // As it should be.
    } catch (Throwable e) {
      surprises.add(e);
    }
  }

  @Test
  void copiesItselfIntoANewDirectory() {
    try (Engram engram = Engram.inMemory()) {
      MemorySpace space = engram.space("s");
      RecordId a = space.learn("green tea").id();
      RecordId b = space.learn("black coffee").id();
      space.associate(a, b);
      VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(2));
      docs.upsert(VectorRecord.of("v", new float[] {1, 0}));
      engram.saveTo(store());
      assertThrows(ExistsException.class, () -> engram.saveTo(store()));
      space.forget(a);
      try (Engram copy = Engram.open(store())) {
        assertEquals(1, copy.space("s").neighbours(a).size());
        assertEquals(a, copy.space("s").recall("tea").getFirst().memory().id());
        assertEquals(1, copy.collection("d").search(Search.nearest(new float[] {1, 0})).size());
        assertEquals(engram.lastCommit().timeline() + 1, copy.lastCommit().timeline());
        copy.space("s").learn("something new");
        assertHealthy(copy);
      }
      assertHealthy(engram);
    }
  }

  @Test
  void keepsItsFilesToItsOwner() throws IOException {
    try (Engram engram = Engram.open(store())) {
      engram.space("s").learn("a thing");
      engram.checkpoint();
    }
    try (Stream<Path> files = Files.walk(store())) {
      for (Path file : files.toList()) {
        String expected = Files.isDirectory(file) ? "rwx------" : "rw-------";
        assertEquals(
            expected,
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file::toString);
      }
    }
  }

  @Test
  void keepsUserTextOutOfKeysAndFindsEverythingInEveryMode() {
    for (EngramConfig config :
        List.of(
            EngramConfig.at(directory.resolve("a")).compression(Compression.zstd(3)),
            EngramConfig.at(directory.resolve("b"))
                .compression(Compression.NONE)
                .durability(Durability.PROCESS),
            EngramConfig.at(directory.resolve("c"))
                .durability(Durability.periodic(Duration.ofMillis(50))))) {
      try (Engram engram = Engram.open(config)) {
        engram.space("s").learn("a thing to be found");
        engram.write(CommitOptions.NONE.durable(), tx -> tx.space("s").learn("a durable thing"));
      }
      try (Engram engram = Engram.open(config)) {
        assertEquals(2, engram.space("s").recall("thing").size());
        assertHealthy(engram);
      }
    }
    assertThrows(InvalidInputException.class, () -> Durability.periodic(Duration.ZERO));
    assertThrows(InvalidInputException.class, () -> new Compression(Compression.Codec.LZ4, 3));
    assertThrows(InvalidInputException.class, () -> EngramConfig.inMemory().queueLimit(0));
    assertThrows(InvalidInputException.class, () -> EngramConfig.inMemory().logLimitBytes(1));
    assertThrows(
        InvalidInputException.class, () -> EngramConfig.inMemory().queueTimeout(Duration.ZERO));
  }

  @Test
  void trimsItsLogAndFreesTheVectorsOfDeletedRecords() throws InterruptedException {
    EngramConfig config =
        EngramConfig.at(store()).idempotencyRetention(Duration.ofHours(1)).queueLimit(100);
    try (Engram engram = Engram.open(config)) {
      VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(4));
      for (int i = 0; i < 600; i++) {
        docs.upsert(VectorRecord.of(RecordId.of(i % 10), new float[] {1, i, 2, 3}));
      }
      for (int i = 0; i < 200 && engram.stats().families().get("vectors") > 100; i++) {
        engram.checkpoint();
        Thread.sleep(50);
      }
      assertTrue(engram.stats().families().get("vectors") < 100, engram.stats()::toString);
      assertEquals(10, docs.count());
      assertHealthy(engram);
      Stats stats = engram.stats();
      assertEquals(10, stats.records());
      assertTrue(stats.diskBytes() > 0 && stats.commits() >= 600 && stats.groups() >= 1);
    }
  }

  @Test
  void vectorsThatWereReplacedGiveTheirDiskSpaceBack() throws Exception {
    int count = 2_000;
    long live = 4L * 384 * count;
    try (Engram engram = Engram.open(store())) {
      VectorCollection docs =
          engram.collection("d", CollectionConfig.ofDimension(384).metric(Metric.DOT));
      for (int round = 0; round < 24; round++) {
        float[] vector = new float[384];
        vector[round] = 1;
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          records.add(VectorRecord.of(RecordId.of(i), vector));
        }
        docs.upsert(records);
        engram.checkpoint();
      }
      for (int i = 0; i < 2_000 && blobBytes() > 2 * live; i++) {
        // The log keeps some commits, and what they refer to: they are to be small ones.
        docs.upsert(VectorRecord.of(RecordId.of(count), new float[384]).withText("note " + i));
        if (i % 100 == 99) {
          engram.checkpoint();
        }
        Thread.sleep(5);
      }
      assertTrue(blobBytes() <= 2 * live, "live=" + live + ", blobs=" + blobBytes());
      assertHealthy(engram);
    }
  }

  /** Files vanish meanwhile, which a walk over them would not bear. */
  private long blobBytes() {
    File[] blobs = store().resolve("log").toFile().listFiles((_, name) -> name.endsWith(".blob"));
    return Arrays.stream(Objects.requireNonNull(blobs)).mapToLong(File::length).sum();
  }

  @Test
  void refusesADamagedLogUntilTheLossIsAccepted() throws IOException {
    try (Engram engram = Engram.open(store())) {
      MemorySpace space = engram.space("s");
      for (int i = 0; i < 200; i++) {
        space.learn("thing number " + i);
      }
    }
    damageMiddle(newestWal());
    assertThrows(CorruptStoreException.class, () -> Engram.open(store()));
    CorruptStoreException refused =
        assertThrows(CorruptStoreException.class, () -> Engram.repair(store(), false));
    RepairReport report = Engram.repair(store(), true);
    assertTrue(refused.getMessage().contains("can be kept"), refused.getMessage());
    assertFalse(report.lossless());
    assertEquals(2, report.lastKept().timeline());
    assertTrue(report.lostFrom() == report.lastKept().lsn() + 1 && report.lastKept().lsn() < 201);
    try (Engram engram = Engram.open(store())) {
      MemorySpace space = engram.space("s");
      assertTrue(space.count() > 0 && space.count() < 200);
      assertEquals(report.lastKept(), engram.lastCommit());
      assertEquals(space.count(), space.recall(Recall.about("thing").limit(1_000)).size());
      space.learn("something new");
      assertHealthy(engram);
    }
    assertTrue(Engram.repair(store(), false).lossless());
  }

  private Path newestWal() throws IOException {
    try (Stream<Path> files = Files.list(store().resolve("log"))) {
      return files
          .filter(f -> f.toString().endsWith(".log") && f.toFile().length() > 0)
          .max(Comparator.comparing(Path::toString))
          .orElseThrow();
    }
  }

  @Test
  void saysOfDamageInADataFileThatNoRepairHelpsAndChangesNothing() throws IOException {
    try (Engram engram = Engram.open(store())) {
      VectorCollection large = engram.collection("d", CollectionConfig.ofDimension(512));
      for (int i = 0; i < 50; i++) {
        float[] vector = new float[512];
        vector[i] = i + 1;
        large.upsert(VectorRecord.of(RecordId.of(i), vector));
        engram.space("s").learn("memory number " + i);
      }
      engram.checkpoint();
    }
    for (String kind : List.of(".sst", ".blob")) {
      Path file = largest(kind);
      byte[] whole = Files.readAllBytes(file);
      damageMiddle(file);
      for (boolean accepted : new boolean[] {false, true}) {
        CorruptStoreException e =
            assertThrows(CorruptStoreException.class, () -> Engram.repair(store(), accepted));
        assertTrue(e.getMessage().contains("no cut helps"), e.getMessage());
      }
      try (Engram engram = Engram.open(store())) {
        assertFalse(engram.check().ok());
      } catch (CorruptStoreException e) {
        // Refused at once, which is as good.
      }
      Files.write(file, whole);
      try (Engram engram = Engram.open(store())) {
        assertEquals(50, engram.space("s").count());
        assertHealthy(engram);
      }
    }
    assertFalse(Files.exists(store().resolve("repair-trial")));
  }

  private Path largest(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(store().resolve("log"))) {
      return files
          .filter(f -> f.toString().endsWith(suffix))
          .max(Comparator.comparingLong(f -> f.toFile().length()))
          .orElseThrow();
    }
  }

  private static void damageMiddle(Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(bytes.length() / 2);
      int old = bytes.read();
      bytes.seek(bytes.length() / 2);
      bytes.write(old ^ 0x55);
    }
  }

  @Test
  void takesAMissingLogForDamageAndNotForANewStore() throws IOException {
    try (Engram engram = Engram.open(store())) {
      engram.space("s").learn("a thing");
    }
    Path current = store().resolve("log").resolve("CURRENT");
    Path aside = directory.resolve("aside");
    Files.move(current, aside);
    assertThrows(CorruptStoreException.class, () -> Engram.open(store()));
    Files.move(aside, current);
    try (Engram engram = Engram.open(store())) {
      assertEquals(1, engram.space("s").count());
    }
  }

  @Test
  void rebuildsADamagedTextIndex() throws IOException {
    try (Engram engram = Engram.open(store())) {
      engram.space("s").learn("a thing to be found");
    }
    try (Stream<Path> files = Files.list(store().resolve("views").resolve("text"))) {
      for (Path file : files.filter(f -> f.toFile().length() > 60).toList()) {
        damageMiddle(file);
      }
    }
    try (Engram engram = Engram.open(store())) {
      assertEquals(1, engram.space("s").recall("thing").size());
      assertHealthy(engram);
    }
  }
}
