package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.engram.CheckReport;
import dev.engram.CollectionConfig;
import dev.engram.Compression;
import dev.engram.CorruptStoreException;
import dev.engram.Durability;
import dev.engram.Engram;
import dev.engram.EngramException;
import dev.engram.Search;
import dev.engram.StoreLockedException;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.LogCopy;
import dev.engram.internal.log.LogHeader;
import dev.engram.testing.ChildJvm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that were cut or altered while no process had the store open. */
class DamageTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int FLUSHED = 12;
  private static final int COMMITS = 20;
  private static final int LARGE = 2_048;

  /** Longer than the header of a record of the log, and than that of the writes in it. */
  private static final int EDGE = 16;

  @TempDir Path directory;

  /** Commits pairs of a record and a memory, says how long the log is after each, and stops. */
  static final class Writer {
    public static void main(String[] arguments) throws IOException, InterruptedException {
      Path store = Path.of(arguments[0]);
      Engram engram = Engram.open(store);
      VectorCollection docs = engram.collection("docs", CollectionConfig.ofDimension(4));
      // Large enough for a blob file.
      engram
          .collection("large", CollectionConfig.ofDimension(LARGE))
          .upsert(VectorRecord.of("x", large()));
      for (int i = 0; i < COMMITS; i++) {
        int number = i;
        engram.write(tx -> {
          tx.collection(docs.info().name()).upsert(record(number));
          tx.space("space").learn(text(number));
        });
        if (i == FLUSHED - 1) {
          engram.awaitViews(engram.lastCommit(), TIMEOUT);
          engram.checkpoint();
        }
        System.out.println(Files.size(writeAheadLog(store.resolve("log"))));
      }
      System.out.flush();
      if (arguments.length > 1) {
        Thread.sleep(TIMEOUT);
      }
      Runtime.getRuntime().halt(0);
    }
  }

  @Test
  void test1KeepsWholeCommitsWhereverTheLogIsCut() throws IOException {
    Path store = directory.resolve("store");
    List<Long> ends = written(store);
    long last = ends.getLast();
    assertEquals(last, Files.size(writeAheadLog(store.resolve("log"))));
    long all = LogHeader.read(store.resolve("log"), Sealer.PLAIN).last().lsn();
    long begin = ends.get(COMMITS - 2);
    for (long length = begin - EDGE; length <= last; length++) {
      int whole = whole(ends, length);
      assertLogHolds(all - (COMMITS - whole), store, length);
      // What is made of the log is the same for all lengths between, and takes its time.
      boolean atAnEdge = Math.abs(length - begin) <= EDGE || length > last - EDGE;
      if (atAnEdge || length % EDGE == 0) {
        assertStoreHolds(whole, store, length);
      }
    }
    for (long length = ends.get(COMMITS - 4); length < begin - EDGE; length += 29) {
      assertStoreHolds(whole(ends, length), store, length);
    }
  }

  /** How many commits end within a length of the log. */
  private static int whole(List<Long> ends, long length) {
    return FLUSHED + (int) ends.stream().skip(FLUSHED).filter(end -> end <= length).count();
  }

  private void assertLogHolds(long lsn, Path store, long length) throws IOException {
    Path cut = directory.resolve("cut");
    LogCopy.forTrial(store.resolve("log"), cut);
    cut(cut, length);
    LogConfig config =
        new LogConfig(
            cut,
            Durability.DURABLE,
            Compression.LZ4,
            InstantSource.system(),
            new Random(SEED),
            1,
            TIMEOUT,
            0,
            false,
            CrashPoints.NONE,
            Sealer.PLAIN);
    try (Log log = Log.open(config)) {
      assertEquals(lsn, log.last().lsn(), "length=" + length);
    }
    delete(cut);
  }

  /** Cuts the newest file of a log. */
  private static void cut(Path log, long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(writeAheadLog(log).toFile(), "rw")) {
      file.setLength(length);
    }
  }

  private void assertStoreHolds(int whole, Path store, long length) throws IOException {
    Path copy = copyOf(store);
    cut(copy.resolve("log"), length);
    try (Engram engram = Engram.open(copy)) {
      assertEquals(whole, held(engram), "length=" + length);
      if (length % 4 == 0) {
        engram.space("space").learn("a new memory");
        assertTrue(engram.check().ok(), () -> engram.check().toString());
      }
    }
    delete(copy);
  }

  @Test
  void detectsOrHealsADamagedByteInEveryKindOfFile() throws IOException {
    Path store = directory.resolve("store");
    List<Long> _ = written(store);
    Random random = new Random(SEED);
    Set<String> kinds = new TreeSet<>();
    for (Path file : files(store)) {
      long length = Files.size(file);
      kinds.add(file.getFileName().toString().replaceAll("[0-9]+", "#"));
      for (long at :
          new long[] {
            0, length / 2, length - 1, random.nextLong(length), random.nextLong(length)
          }) {
        damage(store, store.relativize(file), at);
      }
    }
    for (String kind : List.of("#.sst", "#.blob", "#.log", "CURRENT", "MANIFEST-#", "IDENTITY")) {
      assertTrue(kinds.contains(kind), kind + " is not among " + kinds);
    }
  }

  private void damage(Path store, Path file, long at) throws IOException {
    Path copy = copyOf(store);
    String where = "file=" + file + ", at=" + at + ", seed=" + SEED;
    try (RandomAccessFile bytes = new RandomAccessFile(copy.resolve(file).toFile(), "rw")) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1 << at % 8);
    }
    try (Engram engram = Engram.open(copy)) {
      int found = held(engram);
      // A damaged last record cannot be told from one that was never finished.
      boolean atTheTail = file.toString().endsWith(".log");
      assertTrue(found == COMMITS || (atTheTail && found >= FLUSHED), where + ", found=" + found);
      assertTrue(
          engram.awaitViews(engram.lastCommit(), TIMEOUT), "the views are not healed: " + where);
      // Every answer was right. Damage that no answer met is found by the check, or was healed.
      CheckReport report = engram.check();
      assertTrue(report.ok() || file.startsWith("log"), () -> where + report);
    } catch (EngramException e) {
      assertTrue(String.valueOf(e.getMessage()).length() > 20, where);
    } catch (RuntimeException | Error e) {
      fail(where, e);
    }
    delete(copy);
  }

  @Test
  void tellsASecondProcessWhoHoldsTheStore() {
    Path store = directory.resolve("store");
    try (ChildJvm child =
        ChildJvm.start(Writer.class, List.of(store.toString(), "stay"), Map.of())) {
      child.awaitLines(COMMITS, TIMEOUT);
      StoreLockedException e = assertThrows(StoreLockedException.class, () -> Engram.open(store));
      assertTrue(String.valueOf(e.getMessage()).contains("pid "), e.getMessage());
      child.kill();
      assertEquals(128 + 9, child.waitFor(TIMEOUT));
    }
    try (Engram engram = Engram.open(store)) {
      assertEquals(COMMITS, held(engram));
    }
  }

  /** How many commits the store holds: the first ones, each whole, found in every way. */
  private static int held(Engram engram) {
    VectorCollection docs = engram.collection("docs");
    int held = Math.toIntExact(docs.count());
    assertEquals(held, engram.space("space").count());
    for (int i = 0; i < held; i++) {
      VectorRecord found = docs.get("r" + i).orElseThrow(() -> new CorruptStoreException("gone"));
      assertEquals(text(i), found.text().orElseThrow());
      assertArrayEquals(vector(i), found.vector().orElseThrow());
      assertEquals(1, docs.search(Search.text("memory" + i)).size());
      assertEquals(1, engram.space("space").recall("memory" + i).size());
    }
    assertArrayEquals(
        large(), engram.collection("large").get("x").flatMap(VectorRecord::vector).orElseThrow());
    assertEquals(held, docs.search(Search.nearest(vector(1)).limit(100)).size());
    return held;
  }

  private static float[] large() {
    float[] vector = new float[LARGE];
    for (int i = 0; i < LARGE; i++) {
      vector[i] = i % 7 - 3;
    }
    return vector;
  }

  private static VectorRecord record(int number) {
    return VectorRecord.of("r" + number, vector(number)).withText(text(number));
  }

  private static String text(int number) {
    return "memory" + number + " of a day";
  }

  private static float[] vector(int number) {
    return new float[] {1, number, -number, 2};
  }

  private static List<Long> written(Path store) {
    try (ChildJvm child = ChildJvm.start(Writer.class, List.of(store.toString()), Map.of())) {
      assertEquals(0, child.waitFor(TIMEOUT), child::errors);
      return child.lines().stream().map(Long::valueOf).toList();
    }
  }

  private static Path writeAheadLog(Path log) throws IOException {
    try (Stream<Path> files = Files.list(log)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  private static List<Path> files(Path store) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(store)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        boolean diary = file.getFileName().toString().equals("LOG");
        if (!diary && Files.size(file) > 0) {
          files.add(file);
        }
      }
    }
    return files;
  }

  private Path copyOf(Path store) throws IOException {
    Path copy = directory.resolve("copy");
    try (Stream<Path> all = Files.walk(store)) {
      for (Path file : all.toList()) {
        Files.copy(file, copy.resolve(store.relativize(file)));
      }
    }
    return copy;
  }

  private static void delete(Path copy) throws IOException {
    try (Stream<Path> all = Files.walk(copy)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
