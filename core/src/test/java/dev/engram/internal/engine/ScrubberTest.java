package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.MaintenancePlan;
import dev.engram.MemorySpace;
import dev.engram.Stats.ScrubStats;
import dev.engram.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading all files again and again. */
class ScrubberTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private OpenStore open(long bytesPerSecond) {
    return (OpenStore)
        Engram.open(
            EngramConfig.at(directory)
                .clock(clock)
                .maintenance(MaintenancePlan.none().scrub(bytesPerSecond)));
  }

  private static void write(Engram engram) {
    MemorySpace space = engram.space("s");
    for (int i = 0; i < 50; i++) {
      space.learn("memory number " + i).id();
    }
    assertTrue(engram.awaitViews(engram.lastCommit(), Duration.ofMinutes(1)));
    engram.checkpoint();
  }

  /** Reads every file once; how many bytes. */
  private static long pass(OpenStore store) {
    long[] bytes = {0};
    while (store.scrubber().step(read -> bytes[0] += read)) {
      assertFalse(store.journal().scrubbed().after().isEmpty());
    }
    return bytes[0];
  }

  private Path dataFile() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("log"))) {
      return files.filter(file -> file.toString().endsWith(".sst")).findFirst().orElseThrow();
    }
  }

  @Test
  void findsDamageAndForgetsItWhenItIsMended() throws IOException {
    String path;
    try (OpenStore store = open(0)) {
      write(store);
      assertTrue(pass(store) > 1_000);
      ScrubStats clean = store.stats().scrub();
      assertEquals(1, clean.passes());
      assertEquals(Optional.of(clock.instant()), clean.lastPass());
      assertEquals(Map.of(), clean.damaged());
      Path file = dataFile();
      path = "log/" + file.getFileName();
      byte[] whole = Files.readAllBytes(file);
      byte[] damaged = whole.clone();
      damaged[whole.length / 3] ^= 1;
      Files.write(file, damaged);
      long _ = pass(store);
      assertEquals(Set.of(path), store.stats().scrub().damaged().keySet());
      Files.write(file, whole);
    }
    try (OpenStore store = open(0)) {
      assertEquals(Set.of(path), store.stats().scrub().damaged().keySet());
      assertEquals(2, store.stats().scrub().passes());
      long _ = pass(store);
      assertEquals(Map.of(), store.stats().scrub().damaged());
    }
  }

  @Test
  void goesOnWhereItWasWhenTheStoreWasClosed() {
    String reached;
    try (OpenStore store = open(0)) {
      write(store);
      for (int i = 0; i < 4; i++) {
        assertTrue(store.scrubber().step(read -> {}));
      }
      reached = store.journal().scrubbed().after();
      assertEquals(4, store.stats().scrub().files());
    }
    try (OpenStore store = open(0)) {
      assertEquals(reached, store.journal().scrubbed().after());
      assertTrue(store.scrubber().step(read -> {}));
      assertTrue(store.journal().scrubbed().after().compareTo(reached) > 0);
    }
  }

  @Test
  void readsBesideEverythingElse() throws InterruptedException {
    try (OpenStore store = open(1L << 30)) {
      write(store);
      for (int i = 0; i < 1_000 && store.stats().scrub().passes() == 0; i++) {
        Thread.sleep(20);
      }
      assertTrue(store.stats().scrub().passes() > 0);
      assertTrue(store.stats().scrub().bytes() > 0);
      assertTrue(store.check().ok(), () -> store.check().toString());
    }
  }

  @Test
  void isSlowAndEndsAtOnceWhenTheStoreIsClosed() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          try (OpenStore store = open(1)) {
            write(store);
            Thread.sleep(1_500);
            // A file is begun whole; then it rests for as long as that may take.
            assertTrue(store.stats().scrub().files() < 6);
            assertEquals(0, store.stats().scrub().passes());
          }
        });
  }
}
