package dev.engram.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChildJvmTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Prints a line, and then does what its argument says. */
  static final class Program {
    public static void main(String[] arguments) throws InterruptedException {
      System.out.println("started " + System.getenv("GREETING"));
      switch (arguments[0]) {
        case "end" -> System.exit(7);
        case "fail" -> throw new IllegalStateException("on purpose");
        default -> Thread.sleep(TIMEOUT.toMillis() * 10);
      }
    }
  }

  @Test
  void givesLinesAndExitCode() {
    try (ChildJvm child = start("end")) {
      assertEquals(7, child.waitFor(TIMEOUT));
      assertEquals(List.of("started hello"), child.lines());
    }
  }

  @Test
  void linesComeWhileTheChildRuns() {
    try (ChildJvm child = start("wait")) {
      assertEquals(List.of("started hello"), child.awaitLines(1, TIMEOUT));
      child.kill();
      assertEquals(128 + 9, child.waitFor(TIMEOUT));
      assertEquals(List.of("started hello"), child.lines());
    }
  }

  @Test
  void failureTellsWhatTheChildSaid() {
    try (ChildJvm child = start("fail")) {
      AssertionError error = assertThrows(AssertionError.class, () -> child.awaitLines(2, TIMEOUT));
      assertTrue(error.getMessage().contains("on purpose"), error.getMessage());
    }
  }

  @Test
  void timeOutKillsTheChild() {
    try (ChildJvm child = start("wait")) {
      child.awaitLines(1, TIMEOUT);
      assertThrows(AssertionError.class, () -> child.awaitLines(2, Duration.ofMillis(10)));
      assertThrows(AssertionError.class, () -> child.waitFor(Duration.ofMillis(10)));
      assertEquals(128 + 9, child.waitFor(Duration.ZERO));
    }
  }

  @Test
  void closeLeavesNothingRunning() {
    ChildJvm child = start("wait");
    child.awaitLines(1, TIMEOUT);
    child.close();
    assertEquals(128 + 9, child.waitFor(Duration.ZERO));
    assertFalse(child.lines().isEmpty());
  }

  private static ChildJvm start(String argument) {
    return ChildJvm.start(Program.class, List.of(argument), Map.of("GREETING", "hello"));
  }
}
