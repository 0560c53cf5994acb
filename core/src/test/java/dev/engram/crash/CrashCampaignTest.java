package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.crash.Oracle.Verdict;
import dev.engram.testing.ChildJvm;
import dev.engram.testing.OrSkip;
import dev.engram.testing.PowerLossShim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills and power losses with an oracle outside the store. How many is set by {@code engram.kills}
 * and {@code engram.powerLosses}; the seed is printed and {@code engram.seed} sets it again.
 */
class CrashCampaignTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int THREADS = 3;
  private static final List<String> POINTS =
      List.of("before-log-write", "after-log-write", "after-views-before-ack");

  @TempDir Path directory;
  private final long seed = Long.getLong("engram.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void losesNothingThatWasAcknowledgedWhenItIsKilled() throws IOException {
    int kills = Integer.getInteger("engram.kills", 6);
    int acknowledged = 0;
    for (int i = 0; i < kills; i++) {
      String durability = i % 2 == 0 ? "durable" : "process";
      Path store = directory.resolve("kill" + i);
      Oracle oracle =
          i % 3 == 0 ? killedAtPoint(store, durability, i) : killedSometime(store, durability);
      Verdict verdict = judge(store, durability, oracle);
      assertTrue(verdict.clean(), () -> durability + ", seed=" + seed + ": " + verdict);
      acknowledged += verdict.acknowledged();
      delete(store);
    }
    System.out.println(
        "kills="
            + kills
            + ", acknowledged="
            + acknowledged
            + ", lost=0, half commits=0, differing views=0, seed="
            + seed);
  }

  @Test
  void losesOnlyTheEndWhenItIsKilledUnderPeriodicDurability() throws IOException {
    Path store = directory.resolve("periodic");
    Oracle oracle = killedSometime(store, "periodic");
    Verdict verdict = judge(store, "periodic", oracle);
    assertTrue(
        verdict.acknowledged() > 0 && verdict.lost() > 0, "the control must lose: " + verdict);
    assertEquals(0, verdict.halves() + verdict.gaps(), verdict::toString);
    assertEquals(List.of(), verdict.findings());
  }

  @Test
  void losesNothingThatWasAcknowledgedWhenThePowerFails() throws IOException {
    PowerLossShim shim = OrSkip.powerLoss();
    int losses = Integer.getInteger("engram.powerLosses", 5);
    int acknowledged = 0;
    long operations = operationsOfAWholeRun(shim, "durable");
    for (int i = 0; i < losses; i++) {
      Path store = Files.createDirectory(directory.resolve("power" + i));
      long at = 1 + random.nextLong(operations);
      Oracle oracle = powerLoss(shim, store, "durable", at, 1 + random.nextInt(1 << 30));
      Verdict verdict = judge(store, "durable", oracle);
      assertTrue(verdict.clean(), () -> "at=" + at + ", seed=" + seed + ": " + verdict);
      acknowledged += verdict.acknowledged();
      delete(store);
    }
    System.out.println(
        "power losses="
            + losses
            + ", operations="
            + operations
            + ", acknowledged="
            + acknowledged
            + ", lost=0, half commits=0, differing views=0, seed="
            + seed);
  }

  @Test
  void losesWhenThePowerFailsAndTheLogIsNotSynced() throws IOException {
    PowerLossShim shim = OrSkip.powerLoss();
    long operations = operationsOfAWholeRun(shim, "process");
    List<Verdict> verdicts = new ArrayList<>();
    // Opening and closing take most of the operations: the commits are somewhere between.
    for (int eighths = 4; eighths < 8; eighths++) {
      Path store = Files.createDirectory(directory.resolve("control" + eighths));
      long at = operations * eighths / 8;
      Oracle oracle = powerLoss(shim, store, "process", at, PowerLossShim.LOSE_ALL);
      Verdict verdict = judge(store, "process", oracle);
      assertEquals(0, verdict.halves() + verdict.gaps(), verdict::toString);
      verdicts.add(verdict);
    }
    assertTrue(
        verdicts.stream().anyMatch(each -> each.acknowledged() > 0 && each.lost() > 0),
        "the control must lose: " + verdicts);
  }

  private Oracle killedSometime(Path store, String durability) {
    try (ChildJvm child =
        ChildJvm.start(
            Workload.class, arguments(store, durability, 1_000_000, "never", 1), Map.of())) {
      child.awaitLines(20 + random.nextInt(200), TIMEOUT);
      child.kill();
      child.waitFor(TIMEOUT);
      return Oracle.of(child.lines());
    }
  }

  private Oracle killedAtPoint(Path store, String durability, int i) {
    String point = POINTS.get(i / 3 % POINTS.size());
    try (ChildJvm child =
        ChildJvm.start(
            Workload.class,
            arguments(store, durability, 1_000_000, point, 10 + random.nextInt(100)),
            Map.of())) {
      assertEquals(137, child.waitFor(TIMEOUT), child::errors);
      return Oracle.of(child.lines());
    }
  }

  private long operationsOfAWholeRun(PowerLossShim shim, String durability) throws IOException {
    Path store = Files.createDirectory(directory.resolve("count" + random.nextInt(1 << 30)));
    try (ChildJvm child =
        ChildJvm.start(
            Workload.class,
            arguments(store, durability, 30, "never", 1),
            shim.environment(store, PowerLossShim.NEVER, seed))) {
      assertEquals(0, child.waitFor(TIMEOUT), child::errors);
    }
    long operations = shim.operations(store);
    delete(store);
    return operations;
  }

  private Oracle powerLoss(
      PowerLossShim shim, Path store, String durability, long at, long lossSeed) {
    try (ChildJvm child =
        ChildJvm.start(
            Workload.class,
            arguments(store, durability, 30, "never", 1),
            shim.environment(store, at, lossSeed))) {
      child.waitFor(TIMEOUT);
      return Oracle.of(child.lines());
    }
  }

  private static List<String> arguments(
      Path store, String durability, int transactions, String point, int count) {
    return List.of(
        store.toString(),
        durability,
        Integer.toString(THREADS),
        Integer.toString(transactions),
        point,
        Integer.toString(count));
  }

  private Verdict judge(Path store, String durability, Oracle oracle) {
    EngramConfig config = EngramConfig.at(store).durability(Workload.durability(durability));
    try (Engram engram = Engram.open(config)) {
      return oracle.judge(engram, THREADS);
    }
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
