package dev.engram.internal.text;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.ClosedException;
import dev.engram.CorruptStoreException;
import dev.engram.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextIndexDurabilityTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final TextQuery QUERY = TextQuery.of(1, 0, "harbour boats", 1_000);

  @TempDir private Path temporary;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = temporary.resolve("text");
  }

  private static void put(TextIndex index, int ordinal, String text) {
    index.put(1, 0, ordinal, text, "english");
  }

  @Test
  void keepsWhatIsCommittedWithItsWatermarkAndLosesTheRest() {
    try (TextIndex index = TextIndex.open(path)) {
      assertEquals(Optional.empty(), index.committedWatermark());
      put(index, 0, "harbour");
      index.commit(new TextWatermark(2, 77, "store"));
      put(index, 1, "harbour");
      index.delete(1, 0, 0);
      index.refresh();
      assertEquals(1, index.search(QUERY).getFirst().ordinal());
    }
    try (TextIndex index = TextIndex.open(path)) {
      assertEquals(Optional.of(new TextWatermark(2, 77, "store")), index.committedWatermark());
      assertEquals(List.of(0), index.search(QUERY).stream().map(TextHit::ordinal).toList());
      index.verify();
    }
  }

  @Test
  void movesTheWatermarkWithoutOtherChanges() {
    try (TextIndex index = TextIndex.open(path)) {
      index.commit(new TextWatermark(0, 1, "store"));
      index.commit(new TextWatermark(0, 2, "store"));
    }
    try (TextIndex index = TextIndex.open(path)) {
      assertEquals(2, index.committedWatermark().orElseThrow().lsn());
    }
  }

  @Test
  void opensAfterACrashBeforeTheFirstCommitAndWithAForgottenLock() throws IOException {
    TextIndex.open(path).close();
    assertTrue(Files.exists(path.resolve("write.lock")));
    try (TextIndex index = TextIndex.open(path)) {
      assertEquals(Optional.empty(), index.committedWatermark());
      assertThrows(StoreLockedException.class, () -> TextIndex.open(path));
      put(index, 1, "harbour");
      index.refresh();
      assertEquals(1, index.search(QUERY).size());
    }
  }

  @Test
  void destroysAnIndexSoThatTheNextIsNew() {
    try (TextIndex index = TextIndex.open(path)) {
      put(index, 0, "harbour");
      index.commit(new TextWatermark(0, 1, "store"));
    }
    TextIndex.destroy(path);
    assertFalse(Files.exists(path));
    TextIndex.destroy(path);
    try (TextIndex index = TextIndex.open(path)) {
      assertEquals(Optional.empty(), index.committedWatermark());
    }
  }

  @Test
  void detectsAFlippedByteInEveryFile() throws Exception {
    List<TextHit> truth = build();
    Random random = new Random(SEED);
    Set<String> kinds = new HashSet<>();
    for (Path file : files()) {
      kinds.add(file.toString().replaceAll(".*[._]", ""));
      byte[] whole = Files.readAllBytes(file);
      for (int i = 0; i < 6; i++) {
        byte[] damaged = whole.clone();
        int at = i == 0 ? 0 : i == 1 ? whole.length - 1 : random.nextInt(whole.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, damaged);
        assertDetected(file + " at " + at + ", seed " + SEED);
      }
      Files.write(file, whole);
    }
    assertTrue(
        kinds.containsAll(List.of("si", "cfs", "cfe", "liv", "doc", "tim")), kinds::toString);
    try (TextIndex index = TextIndex.open(path)) {
      assertEquals(truth, index.search(QUERY));
    }
  }

  @Test
  void detectsTruncatedEmptyAndMissingFiles() throws Exception {
    build();
    for (Path file : files()) {
      byte[] whole = Files.readAllBytes(file);
      for (int length : new int[] {0, 1, whole.length / 2, whole.length - 1}) {
        Files.write(file, java.util.Arrays.copyOf(whole, length));
        assertDetected(file + " cut to " + length);
      }
      Files.delete(file);
      assertDetected(file + " missing");
      Files.write(file, whole);
    }
  }

  private void assertDetected(String damage) {
    assertThrows(CorruptStoreException.class, () -> TextIndex.open(path).close(), damage);
  }

  /** A commit of a merged segment with separate files, small ones in one file, and deletes. */
  private List<TextHit> build() throws IOException, InterruptedException {
    Words words = new Words(new Random(SEED), 500);
    try (TextIndex index = TextIndex.open(path)) {
      for (int ordinal = 0; !hasMergedSegment(); ordinal++) {
        put(index, ordinal, "harbour " + words.text(10));
        index.refresh();
        if (ordinal % 20 == 19) {
          index.commit(new TextWatermark(0, ordinal, "store"));
          Thread.sleep(20);
        }
      }
      put(index, 5_000, "boats in the harbour");
      index.delete(1, 0, 3);
      index.refresh();
      index.commit(new TextWatermark(0, 9, "store"));
      return index.search(QUERY);
    }
  }

  private boolean hasMergedSegment() throws IOException {
    return files().stream().anyMatch(file -> file.toString().endsWith(".doc"));
  }

  private List<Path> files() throws IOException {
    if (!Files.exists(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(file -> !file.endsWith("write.lock")).sorted().toList();
    }
  }

  @Test
  void verifyFindsDamageDoneWhileOpen() throws Exception {
    build();
    try (TextIndex index = TextIndex.open(path)) {
      index.verify();
      Path file =
          files().stream().filter(f -> f.toString().matches(".*\\.(doc|cfs)")).findFirst().get();
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 4;
      Files.write(file, bytes);
      assertThrows(CorruptStoreException.class, index::verify);
    }
  }

  @Test
  void refusesAnIndexOfAnotherMaker() throws IOException {
    Files.createDirectories(path);
    Files.writeString(path.resolve("segments_1"), "not an index");
    assertThrows(CorruptStoreException.class, () -> TextIndex.open(path));
    TextIndex.destroy(path);
    assertDoesNotThrow(() -> TextIndex.open(path).close());
  }

  @Test
  void searchesWhileOthersWriteAndThenIsClosed() throws InterruptedException {
    TextIndex index = TextIndex.open(path);
    List<Throwable> failures = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
    java.util.concurrent.atomic.AtomicLong searches = new java.util.concurrent.atomic.AtomicLong();
    put(index, 0, "harbour");
    index.refresh();
    Runnable searching =
        () -> {
          while (!index.search(QUERY).isEmpty()) {
            index.count(1, 0);
            searches.incrementAndGet();
          }
        };
    Runnable writing =
        () -> {
          for (int i = 1; ; i++) {
            put(index, i % 300, "boats in harbour " + i);
            index.refresh();
            if (i % 40 == 0) {
              index.commit(new TextWatermark(0, i, "store"));
            }
          }
        };
    List<Thread> threads =
        Stream.of(searching, searching, searching, writing)
            .map(work ->
                Thread.ofPlatform()
                    .start(() -> {
                      Throwable end = assertThrows(Throwable.class, work::run);
                      if (!(end instanceof ClosedException)) {
                        failures.add(end);
                      }
                    }))
            .toList();
    Thread.sleep(1_200);
    index.close();
    for (Thread thread : threads) {
      thread.join(10_000);
      assertFalse(thread.isAlive());
    }
    assertEquals(List.of(), failures);
    assertTrue(searches.get() > 0);
    try (TextIndex again = TextIndex.open(path)) {
      again.verify();
    }
  }
}
