package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on by itself. */
class MaintenanceTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  @Test
  void sweepsLongTextsThatExpireAtOnce() {
    String dots = ".".repeat(2 << 20);
    try (Engram engram = Engram.open(EngramConfig.at(directory).clock(clock));
        Maintenance maintenance = new Maintenance((OpenStore) engram)) {
      MemorySpace space = engram.space("s");
      Iterator<Learning> texts =
          IntStream.range(0, 70)
              .mapToObj(i -> "text " + i + dots)
              .map(text -> Learning.of(text).withTimeToLive(Duration.ofHours(1)))
              .iterator();
      assertEquals(70, space.learnAll(texts, Progress.NONE));
      clock.pass(Duration.ofHours(2));
      maintenance.sweep();
      assertEquals(List.of(), ((OpenStore) engram).expiries().keys(clock.millis(), 1));
    }
  }
}
