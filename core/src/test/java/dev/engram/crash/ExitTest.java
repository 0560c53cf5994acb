package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.engram.Engram;
import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Recall;
import dev.engram.RecordId;
import dev.engram.testing.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that ends in an orderly way, and leaves its store open. */
class ExitTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  @TempDir Path directory;

  /** What was recalled last is counted when the store is closed. */
  @Test
  void closesTheStoreWhereTheProcessEnds() {
    Path store = directory.resolve("store");
    List<String> arguments = List.of(store.toString());
    try (ChildJvm child = ChildJvm.start(Forgetful.class, arguments, Map.of())) {
      assertEquals(7, child.waitFor(TIMEOUT), child::errors);
    }
    try (Engram engram = Engram.open(store)) {
      Memory tea = engram.space("s").get(RecordId.of("tea")).orElseThrow();
      assertEquals(2, tea.accessCount());
    }
  }

  /** Exits without closing its store. */
  static final class Forgetful {
    private Forgetful() {}

    public static void main(String[] arguments) {
      Engram engram = Engram.open(Path.of(arguments[0]));
      MemorySpace space = engram.space("s");
      Memory _ = space.learn(Learning.of("green tea").withId(RecordId.of("tea")));
      if (space.recall(Recall.about("tea")).size() != 1) {
        throw new IllegalStateException("not found");
      }
      System.exit(7);
    }
  }
}
