package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CommitOptions;
import dev.engram.Engram;
import dev.engram.EngramException;
import dev.engram.testing.ChildJvm;
import dev.engram.testing.OrSkip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that begins to fail while the store is open, or is full. */
class FailingDeviceTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  @TempDir Path directory;

  /** Commits, before the device fails, while it does and afterwards; says what came of it. */
  static final class Writer {
    public static void main(String[] arguments) throws IOException {
      Path trigger = Path.of(arguments[1]);
      Engram engram = Engram.open(Path.of(arguments[0]));
      learn(engram, "before");
      Files.createFile(trigger);
      learn(engram, "during");
      learn(engram, "later");
      System.out.println("reads " + engram.space("s").count());
      Files.delete(trigger);
      learn(engram, "afterwards");
      System.out.flush();
      Runtime.getRuntime().halt(0);
    }

    private static void learn(Engram engram, String key) {
      try {
        var _ =
            engram.write(
                CommitOptions.NONE.idempotencyKey(key),
                tx -> tx.space("s").learn("a memory " + key));
        System.out.println(key + " ok");
      } catch (EngramException e) {
        System.out.println(key + " " + e.getClass().getSimpleName());
      }
    }
  }

  @Test
  void stopsWritingAfterAFailedSyncAndReadsOn() {
    Path trigger = directory.resolve("fail");
    assertFailsAndRecovers(trigger, OrSkip.failingDevice().failingSyncs(trigger));
  }

  @Test
  void stopsWritingWhenTheDiskIsFullAndReadsOn() {
    Path trigger = directory.resolve("full");
    assertFailsAndRecovers(trigger, OrSkip.failingDevice().fullDisk(trigger));
  }

  private void assertFailsAndRecovers(Path trigger, Map<String, String> environment) {
    Path store = directory.resolve("store");
    try (ChildJvm child =
        ChildJvm.start(Writer.class, List.of(store.toString(), trigger.toString()), environment)) {
      assertEquals(0, child.waitFor(TIMEOUT), child::errors);
      assertEquals(
          List.of(
              "before ok",
              "during OutcomeUnknownException",
              "later StorageException",
              "reads 1",
              "afterwards StorageException"),
          child.lines());
    }
    try (Engram engram = Engram.open(store)) {
      for (int attempt = 0; attempt < 2; attempt++) {
        engram.write(
            CommitOptions.NONE.idempotencyKey("during"),
            tx -> tx.space("s").learn("a memory during"));
      }
      assertEquals(2, engram.space("s").count());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }
}
