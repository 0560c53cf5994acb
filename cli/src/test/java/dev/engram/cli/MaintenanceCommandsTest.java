package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Checking, repairing and maintaining from the command line. */
class MaintenanceCommandsTest {
  @TempDir Path folder;

  private Run run(String... args) {
    return Run.on(folder.resolve("brain"), args);
  }

  private void learn(String text) {
    run("learn", text, "--embedder", "none").ok();
  }

  private Path largestDataFile() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("brain/log"))) {
      return files
          .filter(file -> file.toString().endsWith(".sst"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private static void flipMiddle(Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long at = bytes.length() / 2;
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1);
    }
  }

  @Test
  void aCheckHasThreeLevelsAndOneAtATime() {
    learn("green tea");
    for (String level : List.of("quick", "full", "deep")) {
      assertEquals("ok\n", run("check", "--" + level).ok().out());
      JsonNode report = run("check", "--" + level, "--json").ok().json().getFirst();
      assertEquals(level, report.get("level").asString());
      assertTrue(report.get("ok").asBoolean());
      assertEquals(0, report.get("findings").size());
      assertTrue(report.get("counted").get("files").asInt() > 3, report::toString);
      assertTrue(report.get("lastCommit").get("lsn").asLong() > 0);
    }
    run("check", "--quick", "--full").expect(ExitCode.USAGE);
  }

  @Test
  void aDamagedFileIsFoundAndTakenFromABackup() throws IOException {
    learn("green tea");
    run("snapshot", "create", "flushed").ok();
    String target = folder.resolve("backups").toString();
    learn("water");
    run("backup", "create", target).ok();
    flipMiddle(largestDataFile());
    Run check = run("check", "--full", "--json");
    check.expect(ExitCode.CORRUPT);
    run("repair").expect(ExitCode.CORRUPT);
    run("repair", "--from", target + "2").expect(ExitCode.NOT_FOUND);
    Run repaired = run("repair", "--from", target).ok();
    assertTrue(repaired.out().contains("took a damaged file from a backup"), repaired.out());
    assertTrue(repaired.out().contains("nothing was lost"), repaired.out());
    assertEquals("ok\n", run("check").ok().out());
    assertTrue(run("recall", "water", "--embedder", "none").ok().out().contains("water"));
  }

  @Test
  void maintenanceTellsWhatItDid() {
    learn("green tea");
    List<JsonNode> all = run("maintain", "--json").ok().json();
    assertEquals(
        List.of("expire", "consolidate", "compact", "check"),
        all.stream().map(each -> each.get("task").asString()).toList());
    assertTrue(all.stream().allMatch(each -> each.get("ok").asBoolean()), all::toString);
    String target = folder.resolve("backups").toString();
    Run named = run("maintain", "back-up", "retain", "--to", target, "--last", "1").ok();
    assertEquals(2, named.lines().size());
    assertTrue(named.lines().getFirst().startsWith("back-up: id="), named.out());
    assertEquals(1, run("backup", "list", target).ok().lines().size());
    run("maintain", "back-up").expect(ExitCode.USAGE);
    run("maintain", "retain", "--to", target).expect(ExitCode.USAGE);
    run("maintain", "sing").expect(ExitCode.USAGE);
    run("maintain", "check", "--level", "very").expect(ExitCode.USAGE);
    Run.on(folder.resolve("none"), "maintain").expect(ExitCode.NOT_FOUND);
    JsonNode stats = run("stats", "--json").ok().json().getFirst();
    JsonNode check = stats.get("maintenance").get(5);
    assertEquals("CHECK", check.get("task").asString());
    assertTrue(check.get("last").get("what").asString().contains("findings=0"), stats::toString);
    assertTrue(run("stats").ok().out().contains("last back-up"));
  }

  @Test
  void maintenanceAppliesWhatTimeHasDone() throws InterruptedException {
    run("learn", "green tea", "--id", "tea", "--embedder", "none").ok();
    run("dynamics", "--history-time", "1ms").ok();
    Thread.sleep(5);
    run("end", "tea").ok();
    Thread.sleep(5);
    Run done = run("maintain", "expire").ok();
    assertTrue(done.out().contains("history=") && !done.out().contains("history=0"), done.out());
  }

  @Test
  void compactionPrintsWhatItGained() {
    learn("green tea");
    assertTrue(run("compact").ok().out().contains("bytes before"));
    JsonNode report = run("compact", "--json").ok().json().getFirst();
    assertTrue(report.get("bytesAfter").asLong() > 0, report::toString);
    assertEquals("rows", report.get("parts").get(0).get("name").asString());
  }

  @Test
  void theAuditLogTellsWhoDidWhat() throws IOException {
    Map<String, String> asAlice =
        Map.of("ENGRAM_STORE", folder.resolve("brain").toString(), "ENGRAM_ACTOR", "alice");
    learn("green tea");
    run("audit-log", "on").ok();
    Run.with(asAlice, "", "learn", "water", "--embedder", "none").ok();
    List<JsonNode> entries = run("audit-log", "show", "--json").ok().json();
    assertEquals(2, entries.size());
    assertEquals("alice", entries.getLast().get("actor").asString());
    assertEquals("store", entries.getLast().get("action").asString());
    assertEquals(
        entries.getFirst().get("hash").asString(), entries.getLast().get("previous").asString());
    String head = run("audit-log", "head").ok().out().strip();
    assertEquals("ok: 2 entries\n", run("audit-log", "verify", "--head", head).ok().out());
    String other = head.replaceFirst(".$", head.endsWith("0") ? "1" : "0");
    run("audit-log", "verify", "--head", other).expect(ExitCode.CORRUPT);
    run("audit-log", "verify", "--head", "x").expect(ExitCode.ERROR);
    Path file = folder.resolve("audit.jsonl");
    run("audit-log", "export", "--out", file.toString()).ok();
    assertEquals(run("audit-log", "show", "--json").ok().lines(), Files.readAllLines(file));
    run("audit-log", "trim", "--older-than", "0s").ok();
    JsonNode verified = run("audit-log", "verify", "--json").ok().json().getFirst();
    assertEquals(2, verified.get("entries").asInt());
    run("audit-log").expect(ExitCode.USAGE);
  }
}
