package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The log, archives, recoveries and incremental backups from the command line. */
class ArchiveCommandsTest {
  @TempDir Path folder;

  private Run run(String... args) {
    return Run.on(folder.resolve("brain"), args);
  }

  private String target() {
    return folder.resolve("backups").toString();
  }

  private void learn(String text) {
    run("learn", text, "--embedder", "none").ok();
  }

  private String recalled(String store, String question) {
    return Run.on(folder.resolve(store), "recall", question, "--embedder", "none").ok().out();
  }

  @Test
  void printsTheCommitsOfTheLog() {
    learn("green tea");
    learn("water");
    List<String> lines = run("log").ok().lines();
    assertTrue(lines.size() >= 2, lines::toString);
    assertTrue(lines.getFirst().contains(" stored, "), lines::toString);
    assertEquals(1, run("log", "--limit", "1").ok().lines().size());
    JsonNode newest = run("log", "--json", "--limit", "1").ok().json().getFirst();
    assertEquals(1, newest.get("records").asInt());
    long lsn = newest.get("lsn").asLong();
    assertEquals(lines.size() - 1, run("log", "--to", "" + (lsn - 1)).ok().lines().size());
    assertEquals(1, run("log", "--from", "" + lsn).ok().lines().size());
    assertEquals(lines.size(), run("log", "--since", "2020-01-01").ok().lines().size());
    Run none = run("log", "--until", "2020-01-01").ok();
    assertTrue(none.out().isEmpty() && none.err().contains("no such commit"), none.err());
    run("log", "--limit", "0").expect(ExitCode.ERROR);
    run("log", "--since", "yesterday").expect(ExitCode.USAGE);
  }

  @Test
  void archivesMarksListsVerifiesAndRecovers() throws IOException {
    learn("green tea");
    JsonNode shipped = run("archive", "ship", target(), "--json").ok().json().getFirst();
    assertTrue(shipped.get("commits").asInt() > 0, shipped.toString());
    assertTrue(run("archive", "mark", target(), "before").ok().err().contains("is before"));
    long lsn = run("log", "--json", "--limit", "1").ok().json().getFirst().get("lsn").asLong();
    learn("water");
    assertTrue(run("stats").ok().out().contains("archived"));
    run("archive", "ship", target()).ok();
    List<String> listed = run("archive", "list", target()).ok().lines();
    assertEquals(2, listed.size(), listed::toString);
    assertTrue(listed.getFirst().contains("commits 1 to "), listed::toString);
    assertTrue(listed.getLast().endsWith("before"), listed::toString);
    assertEquals("ok", run("archive", "verify", target()).ok().err().strip());
    recover("latest");
    assertTrue(recalled("latest", "water").contains("water"));
    for (String[] point :
        List.of(
            new String[] {"name", "--to-name", "before"},
            new String[] {"lsn", "--to-lsn", "" + lsn})) {
      recover(point[0], point[1], point[2]);
      assertTrue(recalled(point[0], "water").isEmpty());
      assertTrue(recalled(point[0], "green tea").contains("green tea"));
    }
    String day = "2020-01-01";
    recoverExpecting(ExitCode.NOT_FOUND, "early", "--to-time", day);
    recoverExpecting(ExitCode.CONFLICT, "latest");
    recoverExpecting(ExitCode.USAGE, "both", "--to-lsn", "1", "--to-time", day);
    run("archive", "prune", target(), "latest").expect(ExitCode.NOT_FOUND);
    damageAll(folder.resolve("backups/archive"));
    run("archive", "verify", target()).expect(ExitCode.CORRUPT);
    recoverExpecting(ExitCode.CORRUPT, "damaged");
    assertTrue(run("archive", "release").ok().err().contains("keeps nothing"));
    run("archive", "list", target() + "2").expect(ExitCode.NOT_FOUND);
    run("archive").expect(ExitCode.USAGE);
  }

  private void recover(String store, String... options) {
    recoverExpecting(ExitCode.OK, store, options);
  }

  private void recoverExpecting(int code, String store, String... options) {
    List<String> all = Stream.concat(Stream.of("recover", target()), Stream.of(options)).toList();
    Run _ = Run.on(folder.resolve(store), all.toArray(String[]::new)).expect(code);
  }

  @Test
  void backsUpWhatHasChanged() {
    learn("green tea");
    String full = run("backup", "create", target()).ok().out().strip();
    learn("water");
    Run incremental = run("backup", "create", target(), "--incremental").ok();
    assertTrue(incremental.err().contains("incremental"), incremental.err());
    learn("coffee");
    JsonNode differential =
        run("backup", "create", target(), "--differential", "--json").ok().json().getFirst();
    assertEquals("DIFFERENTIAL", differential.get("kind").asString());
    assertEquals(full, differential.get("parent").asString());
    assertEquals(3, run("backup", "list", target()).ok().lines().size());
    run("backup", "create", target(), "--differential", "--incremental").expect(ExitCode.USAGE);
    run("backup", "delete", target(), full).expect(ExitCode.ERROR);
    run("restore", target(), incremental.out().strip(), "--store", folder + "/one").ok();
    assertTrue(recalled("one", "water").contains("water"));
    assertTrue(recalled("one", "coffee").isEmpty());
    run("restore", target(), "--store", folder + "/two").ok();
    assertTrue(recalled("two", "coffee").contains("coffee"));
    assertEquals(1, run("backup", "retain", target(), "--last", "1").ok().lines().size());
    run("backup", "verify", target()).ok();
  }

  /** Alters every object. */
  private static void damageAll(Path objects) throws IOException {
    try (Stream<Path> all = Files.walk(objects)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    }
  }
}
