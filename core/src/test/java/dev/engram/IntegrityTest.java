package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CheckReport.Finding;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What checks of each level find, and what a repair mends. */
class IntegrityTest {
  private static final int RECORDS = 40;

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private Path backups() {
    return directory.resolve("backups");
  }

  /** Each with a text and a vector that lies in a blob file. */
  private static void write(Engram engram, int from) {
    VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(300));
    for (int i = from; i < from + RECORDS; i++) {
      docs.upsert(VectorRecord.of(RecordId.of(i), vector(i)).withText("number " + i));
    }
    Memory tea = engram.space("s").learn("green tea " + from);
    engram.space("s").associate(tea.id(), engram.space("s").learn("coffee " + from).id());
    assertTrue(engram.awaitViews(engram.lastCommit(), Duration.ofMinutes(1)));
    engram.checkpoint();
  }

  private static float[] vector(int number) {
    float[] vector = new float[300];
    vector[number] = number + 1;
    return vector;
  }

  private static List<Finding> findings(Engram engram, CheckLevel level) {
    return engram.check(level, Progress.NONE).findings();
  }

  private static List<String> places(Engram engram, CheckLevel level) {
    return findings(engram, level).stream().map(Finding::where).distinct().toList();
  }

  private Path largest(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(ending))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private List<Path> logFiles(String kind) throws IOException {
    try (Stream<Path> files = Files.list(store().resolve("log"))) {
      return files.filter(file -> file.toString().endsWith(kind)).toList();
    }
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1);
    }
  }

  private static void cut(Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(bytes.length() - 1);
    }
  }

  private String name(Path file) {
    return store().relativize(file).toString().replace('\\', '/');
  }

  @ParameterizedTest
  @EnumSource
  void findsNothingInAHealthyStore(CheckLevel level) {
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      SnapshotInfo _ = engram.snapshots().create("one");
      write(engram, RECORDS);
      long[] told = {0};
      CheckReport report = engram.check(level, update -> told[0]++);
      assertEquals(List.of(), report.findings());
      assertEquals(level, report.level());
      assertEquals(engram.lastCommit(), report.lastCommit());
      assertTrue(report.counted().get("files") > 10, report::toString);
      assertTrue(told[0] > 0);
    }
    try (Engram engram = Engram.inMemory()) {
      engram.space("s").learn("tea");
      assertEquals(List.of(), findings(engram, level));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".sst", ".blob"})
  void quickFindsACutFileAndFullADamagedByte(String kind) throws IOException {
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      Path file = largest(store().resolve("log"), kind);
      byte[] whole = Files.readAllBytes(file);
      flip(file, whole.length / 2);
      // It may be what the quick check reads of the log, but it does not read the file.
      assertFalse(places(engram, CheckLevel.QUICK).contains(name(file)));
      assertTrue(places(engram, CheckLevel.FULL).contains(name(file)));
      Files.write(file, whole);
      assertEquals(List.of(), findings(engram, CheckLevel.FULL));
      cut(file);
      assertTrue(places(engram, CheckLevel.QUICK).contains(name(file)));
      Files.write(file, whole);
    }
  }

  @Test
  void findsADamagedWriteAheadLogWhileItCanStillBeReplaced() throws IOException {
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      engram.space("s").learn("not in a file yet");
      engram.space("s").learn("neither is this");
      Path file = largest(store().resolve("log"), ".log");
      flip(file, 20);
      assertEquals(List.of(), findings(engram, CheckLevel.QUICK));
      assertEquals(List.of(name(file)), places(engram, CheckLevel.FULL));
      engram.checkpoint();
      assertEquals(List.of(), findings(engram, CheckLevel.FULL));
    }
    try (Engram engram = Engram.open(store())) {
      assertEquals(4, engram.space("s").count());
      assertTrue(engram.check().ok());
    }
  }

  @Test
  void findsDamageInASnapshot() throws IOException {
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      SnapshotInfo _ = engram.snapshots().create("one");
      Path current = store().resolve("snapshots/1/log/CURRENT");
      flip(current, 1);
      assertEquals(List.of(), findings(engram, CheckLevel.QUICK));
      assertEquals(List.of(name(current)), places(engram, CheckLevel.FULL));
      cut(current);
      assertEquals(List.of(name(current)), places(engram, CheckLevel.QUICK));
      flip(store().resolve("snapshots/1/manifest"), 30);
      assertEquals(List.of("snapshots"), places(engram, CheckLevel.QUICK));
    }
  }

  @Test
  void findsDamageInTheTextIndexAndRepairDropsIt() throws IOException {
    Path file;
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      file = largest(store().resolve("views/text"), "");
      flip(file, Files.size(file) / 2);
      assertEquals(List.of(), findings(engram, CheckLevel.QUICK));
      assertEquals(List.of(name(file)), places(engram, CheckLevel.FULL));
    }
    RepairReport report = Engram.repair(store(), Repair.lossless(), Progress.NONE);
    assertTrue(report.lossless() && report.ok(), report::toString);
    assertTrue(report.actions().toString().contains("dropped the text index"), report::toString);
    try (Engram engram = Engram.open(store())) {
      assertTrue(engram.check().ok());
      assertEquals(1, engram.collection("d").search(Search.text("7")).size());
    }
  }

  @Test
  void comparesAVectorIndexThatNobodyHasAskedForYet() throws Exception {
    Random random = new Random(1);
    Path index = store().resolve("views/vectors/1-0");
    try (Engram engram = Engram.open(store())) {
      VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(24));
      assertEquals(0, docs.search(Search.nearest(random(random))).size());
      List<VectorRecord> records = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        records.add(VectorRecord.of(RecordId.of(i), random(random)));
      }
      assertEquals(20_000, docs.upsertAll(records.iterator(), Progress.NONE));
      for (int i = 0; i < 1_000 && !Files.exists(index.resolve("manifest")); i++) {
        Thread.sleep(20);
      }
    }
    alterCodes(largest(index, ".vec"));
    try (Engram engram = Engram.open(store())) {
      assertEquals(List.of(), findings(engram, CheckLevel.FULL));
      assertEquals(List.of("view vectors"), places(engram, CheckLevel.DEEP));
    }
    RepairReport report = Engram.repair(store(), Repair.lossless(), Progress.NONE);
    assertTrue(report.actions().toString().contains("dropped a vector index"), report::toString);
    assertTrue(report.lossless() && report.ok(), report::toString);
    try (Engram engram = Engram.open(store())) {
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private static float[] random(Random random) {
    float[] vector = new float[24];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  /** Alters codes of a segment, but not so that its checksum shows it. */
  private static void alterCodes(Path segment) throws IOException {
    byte[] bytes = Files.readAllBytes(segment);
    for (int i = bytes.length / 2; i < bytes.length / 2 + bytes.length / 10; i++) {
      bytes[i] ^= 0x55;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 60);
    crc.update(bytes, 64, bytes.length - 64);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(60, (int) crc.getValue());
    Files.write(segment, bytes);
  }

  @Test
  void aCheckIsCancelled() {
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      Progress cancelling =
          update -> {
            throw new CancelledException("enough");
          };
      assertThrows(CancelledException.class, () -> engram.check(CheckLevel.FULL, cancelling).ok());
      Thread.currentThread().interrupt();
      assertThrows(
          CancelledException.class, () -> engram.check(CheckLevel.FULL, Progress.NONE).ok());
      assertTrue(Thread.interrupted());
      assertTrue(engram.check().ok());
    }
  }

  @ParameterizedTest
  @CsvSource({
    ".sst, flipped",
    ".sst, cut",
    ".sst, missing",
    ".blob, flipped",
    ".blob, cut",
    ".blob, missing"
  })
  void takesDamagedFilesOfTheLogFromABackupAndLosesNothing(String kind, String damage)
      throws IOException {
    CommitId last;
    List<Path> backedUp;
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      assertTrue(engram.backups().to(backups()).create().bytes() > 0);
      backedUp = logFiles(kind);
      // In the write-ahead log only, so that no compaction replaces what was backed up.
      engram.space("s").learn("later");
      last = engram.lastCommit();
    }
    Path file =
        logFiles(kind).stream()
            .filter(backedUp::contains)
            .max(Comparator.comparingLong(each -> each.toFile().length()))
            .orElseThrow();
    switch (damage) {
      case "flipped" -> flip(file, Files.size(file) / 2);
      case "cut" -> cut(file);
      default -> Files.delete(file);
    }
    assertThrows(
        CorruptStoreException.class,
        () -> Engram.repair(store(), Repair.lossless(), Progress.NONE).ok());
    RepairReport report = Engram.repair(store(), Repair.lossless().from(backups()), Progress.NONE);
    assertTrue(report.lossless() && report.ok(), report::toString);
    assertEquals(last, report.lastKept());
    assertTrue(report.actions().toString().contains("from a backup"), report::toString);
    try (Engram engram = Engram.open(store())) {
      assertEquals(last, engram.lastCommit());
      assertEquals(RECORDS, engram.collection("d").count());
      assertEquals(3, engram.space("s").count());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void restoresTheNewestBackupWhereNothingElseHelpsAndTheLossIsAccepted() throws IOException {
    BackupInfo backup;
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      backup = engram.backups().to(backups()).create();
      write(engram, RECORDS);
    }
    damageTheNewestBlob();
    Repair how = Repair.lossless().from(backups());
    CorruptStoreException refused =
        assertThrows(CorruptStoreException.class, () -> Engram.repair(store(), how, Progress.NONE));
    assertTrue(refused.getMessage().contains("can be kept"), refused.getMessage());
    assertTrue(refused.getMessage().contains(backup.commit().toString()), refused.getMessage());
    RepairReport report = Engram.repair(store(), how.acceptingLoss(), Progress.NONE);
    assertFalse(report.lossless());
    assertEquals(new CommitId(2, backup.commit().lsn()), report.lastKept());
    assertEquals(backup.commit().lsn() + 1, report.lostFrom());
    assertTrue(report.lostTo() > report.lostFrom(), report::toString);
    try (Engram engram = Engram.open(store())) {
      assertEquals(RECORDS, engram.collection("d").count());
      assertEquals(1, engram.collection("d").search(Search.text("7")).size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    assertTrue(Engram.repair(store(), Repair.lossless(), Progress.NONE).lossless());
  }

  @Test
  void keepsWhatIsArchivedAfterTheNewestBackup() throws IOException {
    CommitId archived;
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      BackupInfo _ = engram.backups().to(backups()).create();
      write(engram, RECORDS);
      archived = engram.archive().to(backups()).ship().last();
      engram.space("s").learn("never archived");
    }
    damageTheNewestBlob();
    Repair how = Repair.lossless().from(backups());
    CorruptStoreException refused =
        assertThrows(CorruptStoreException.class, () -> Engram.repair(store(), how, Progress.NONE));
    assertTrue(
        refused.getMessage().contains(archived + ", the last one of its backups and archive"));
    RepairReport report = Engram.repair(store(), how.acceptingLoss(), Progress.NONE);
    assertFalse(report.lossless());
    assertEquals(new CommitId(2, archived.lsn()), report.lastKept());
    try (Engram engram = Engram.open(store())) {
      assertEquals(2 * RECORDS, engram.collection("d").count());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
      assertEquals(0, engram.archive().to(backups()).ship().lost());
    }
  }

  @Test
  void keepsWhatIsArchivedBeforeADamagedFile() throws IOException {
    CommitId whole;
    try (Engram engram = Engram.open(store())) {
      write(engram, 0);
      BackupInfo _ = engram.backups().to(backups()).create();
      engram.space("s").learn("archived and whole");
      whole = engram.archive().to(backups()).ship().last();
      write(engram, RECORDS);
      ArchiveReport _ = engram.archive().to(backups()).ship();
    }
    Path newest;
    try (Stream<Path> files = Files.walk(backups().resolve("archive"))) {
      newest = files.filter(Files::isRegularFile).max(Path::compareTo).orElseThrow();
    }
    flip(newest, Files.size(newest) / 2);
    damageTheNewestBlob();
    Repair how = Repair.lossless().from(backups()).acceptingLoss();
    RepairReport report = Engram.repair(store(), how, Progress.NONE);
    assertEquals(new CommitId(2, whole.lsn()), report.lastKept());
    try (Engram engram = Engram.open(store())) {
      assertEquals(1, engram.space("s").recall("whole").size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  /** No backup has it. */
  private void damageTheNewestBlob() throws IOException {
    Path file;
    try (Stream<Path> files = Files.list(store().resolve("log"))) {
      file = files.filter(f -> f.toString().endsWith(".blob")).max(Path::compareTo).orElseThrow();
    }
    flip(file, Files.size(file) / 2);
  }
}
