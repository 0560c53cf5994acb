package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.engram.CheckReport;
import dev.engram.CollectionConfig;
import dev.engram.CorruptStoreException;
import dev.engram.Engram;
import dev.engram.EngramException;
import dev.engram.Search;
import dev.engram.StoreLockedException;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.testing.ChildJvm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/**
 * Files that were cut or altered while no process had the store open. With {@code engram.cutStep} 1
 * the log is cut at every byte of its last record.
 */
class DamageTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int FLUSHED = 12;
  private static final int COMMITS = 20;
  private static final int LARGE = 2_048;

  /** Longer than the headers of a record of the log and of the writes in it. */
  private static final int EDGE = 32;

  private static final int CHECK_EVERY = 16;

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
        System.out.println(Files.size(writeAheadLog(store)));
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
    assertEquals(last, Files.size(writeAheadLog(store)));
    int cuts = 0;
    for (long length : lengths(ends)) {
      assertPrefix(store, length, ends, cuts++ % CHECK_EVERY == 0);
    }
  }

  /**
   * Every byte of the last record's beginning and end, and some of the bytes between, which the log
   * does not tell apart; the whole record is one more, so that nothing is cut. Some bytes of the
   * two records before it.
   */
  private static List<Long> lengths(List<Long> ends) {
    long begin = ends.get(COMMITS - 2);
    long end = ends.getLast();
    int step = Integer.getInteger("engram.cutStep", 8);
    List<Long> lengths = new ArrayList<>();
    for (long length = begin + 1; length <= end; length++) {
      boolean atAnEdge = length <= begin + EDGE || length > end - EDGE;
      if (atAnEdge || Math.floorMod(length + SEED, step) == 0) {
        lengths.add(length);
      }
    }
    for (long length = ends.get(COMMITS - 4); length < begin; length += 29) {
      lengths.add(length);
    }
    return lengths;
  }

  private void assertPrefix(Path store, long length, List<Long> ends, boolean check)
      throws IOException {
    Path copy = copyOf(store);
    try (RandomAccessFile log = new RandomAccessFile(writeAheadLog(copy).toFile(), "rw")) {
      log.setLength(length);
    }
    int whole = FLUSHED + (int) ends.stream().skip(FLUSHED).filter(end -> end <= length).count();
    try (Engram engram = Engram.open(copy)) {
      assertEquals(whole, held(engram), "length=" + length);
      if (check) {
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

  private static Path writeAheadLog(Path store) throws IOException {
    try (Stream<Path> files = Files.list(store.resolve("log"))) {
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
