package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Encryption;
import dev.engram.EncryptionException;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Progress;
import dev.engram.SecretKeys;
import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.log.CrashPoints;
import dev.engram.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that is killed while the file of keys of its store is written. */
class KeysCrashTest {
  @TempDir Path directory;

  /** Makes a store, writes, makes a data key, writes, wraps the keys anew, writes. */
  static final class Killed {
    public static void main(String[] arguments) {
      AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[2]));
      CrashPoints points =
          reached -> {
            if (reached.equals(arguments[1]) && left.decrementAndGet() == 0) {
              Runtime.getRuntime().halt(137);
            }
          };
      SecretKeys keys = new SecretKeys(1, 1);
      EngramConfig config = EngramConfig.at(Path.of(arguments[0])).encryption(keys);
      try (Engram engram = EngineFactory.open(config, points)) {
        Encryption encryption = engram.encryption().orElseThrow();
        engram.space("s").learn("green tea");
        assertEquals(2, encryption.rotate());
        engram.space("s").learn("black tea");
        keys.add();
        assertEquals("2", encryption.rewrap());
        engram.space("s").learn("white tea");
      }
    }
  }

  /** Removes the key that nothing is under any more, in a store that was sealed anew. */
  static final class KilledRemoval {
    public static void main(String[] arguments) {
      EngramConfig config = EngramConfig.at(Path.of(arguments[0])).encryption(new SecretKeys(1));
      try (Engram engram = Engram.open(config)) {
        engram.space("s").learn("green tea");
        assertEquals(2, engram.encryption().orElseThrow().rotate());
        assertTrue(engram.encryption().orElseThrow().reseal(Progress.NONE) > 0);
      }
      CrashPoints points =
          reached -> {
            if (reached.equals(arguments[1])) {
              Runtime.getRuntime().halt(137);
            }
          };
      try (Engram engram = EngineFactory.open(config, points)) {
        engram.space("s").learn("black tea");
        assertEquals(List.of(1), engram.encryption().orElseThrow().prune(Progress.NONE));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"keys-written, 2", "keys-published, 1", "never, 1"})
  void aRemovalThatIsCutShortLeavesEveryValueReadable(String point, int dataKeys) {
    Path store = directory.resolve("store");
    List<String> arguments = List.of(store.toString(), point);
    try (ChildJvm child = ChildJvm.start(KilledRemoval.class, arguments, Map.of())) {
      int expected = point.equals("never") ? 0 : 137;
      assertEquals(expected, child.waitFor(Duration.ofMinutes(1)), child::errors);
    }
    EngramConfig config = EngramConfig.at(store).encryption(new SecretKeys(1));
    try (Engram engram = Engram.open(config)) {
      assertEquals(dataKeys, engram.encryption().orElseThrow().info().dataKeys().size());
      assertEquals(2, engram.space("s").count());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  /** Where it is killed, and what is there then: memories, data keys and the master key. */
  @ParameterizedTest
  @CsvSource({
    "keys-written, 1, 0, 1, 1",
    "keys-published, 1, 0, 1, 1",
    "keys-written, 2, 1, 1, 1",
    "keys-published, 2, 1, 2, 1",
    "keys-written, 3, 2, 2, 1",
    "keys-published, 3, 2, 2, 2",
    "keys-published, 4, 3, 2, 2",
  })
  void holdsWhatWasAcknowledged(
      String point, int count, int memories, int dataKeys, int masterKey) {
    Path store = directory.resolve("store");
    List<String> arguments = List.of(store.toString(), point, Integer.toString(count));
    try (ChildJvm child = ChildJvm.start(Killed.class, arguments, Map.of())) {
      assertEquals(count == 4 ? 0 : 137, child.waitFor(Duration.ofMinutes(1)), child::errors);
    }
    if (Files.exists(store.resolve("engram.keys"))) {
      SecretKeys other = new SecretKeys(3 - masterKey);
      EngramConfig wrong = EngramConfig.at(store).encryption(other);
      assertThrows(EncryptionException.class, () -> Engram.open(wrong));
    }
    SecretKeys keys = new SecretKeys(masterKey);
    for (int i = 0; i < 2; i++) {
      try (Engram engram = Engram.open(EngramConfig.at(store).encryption(keys))) {
        assertEquals(memories + i, engram.space("s").count());
        assertEquals(dataKeys, engram.encryption().orElseThrow().info().dataKeys().size());
        assertTrue(engram.check().ok(), () -> engram.check().toString());
        engram.space("s").learn("it goes on");
      }
    }
  }
}
