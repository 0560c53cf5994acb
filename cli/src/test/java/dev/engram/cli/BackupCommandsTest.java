package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.objectstore.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Snapshots and backups from the command line. */
class BackupCommandsTest {
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

  @Test
  void aSnapshotIsMadeListedRestoredAndDeleted() {
    learn("green tea");
    JsonNode made =
        run("snapshot", "create", "one", "--meta", "n=1", "--json").ok().json().getFirst();
    assertEquals("one", made.get("name").asString());
    assertEquals(1, made.get("metadata").get("n").asInt());
    learn("water");
    assertTrue(run("snapshot", "create", "one").expect(ExitCode.CONFLICT).err().contains("one"));
    assertTrue(run("snapshot", "create", "two").ok().err().contains("made the snapshot two"));
    List<String> listed = run("snapshot", "list").ok().lines();
    assertTrue(listed.getFirst().startsWith("two  ") && listed.getLast().startsWith("one  "));
    JsonNode restored = run("snapshot", "restore", "one", "--json").ok().json().getFirst();
    assertTrue(restored.get("lastCommit").asString().startsWith("2/"), restored.toString());
    assertTrue(run("recall", "water", "--embedder", "none").ok().err().contains("nothing found"));
    assertEquals("ok", run("check").ok().out().strip());
    run("snapshot", "restore", "three").expect(ExitCode.NOT_FOUND);
    run("snapshot", "delete", "one").ok();
    run("snapshot", "delete", "one").expect(ExitCode.NOT_FOUND);
    assertTrue(run("snapshot", "keep", "0").ok().out().startsWith("two  "));
    assertTrue(run("snapshot", "list").ok().err().contains("no snapshots"));
    run("snapshot").expect(ExitCode.USAGE);
    run("snapshot", "keep", "-1").expect(ExitCode.ERROR);
  }

  @Test
  void oneSpaceIsBroughtBackAndTheRestStays() throws IOException {
    learn("green tea");
    run("learn", "a note", "--space", "notes", "--embedder", "none").ok();
    run("snapshot", "create", "one").ok();
    run("backup", "create", target()).ok();
    learn("water");
    run("snapshot", "restore", "one", "--only", "default").expect(ExitCode.CONFLICT);
    Run back = run("snapshot", "restore", "one", "--only", "default", "--as", "before").ok();
    assertTrue(back.err().contains("brought back before: 1 records"), back.err());
    run("restore", target(), "--only", "notes", "--as", "notes-before", "--json").ok();
    run("restore", target(), "--only", "none").expect(ExitCode.NOT_FOUND);
    run("snapshot", "restore", "one", "--as", "forgot-only").expect(ExitCode.USAGE);
    run("snapshot", "restore", "one", "--only", "default", "--into", "x").expect(ExitCode.USAGE);
    assertTrue(recalled("tea", "before").contains("green tea"));
    assertTrue(recalled("note", "notes-before").contains("a note"));
    assertTrue(recalled("water", "default").contains("water"));
    assertEquals("ok", run("check").ok().out().strip());
    assertTrue(Files.notExists(folder.resolve("brain").resolve("engram-only")));
  }

  private String recalled(String question, String space) {
    return run("recall", question, "--space", space, "--embedder", "none").ok().out();
  }

  @Test
  void theOldestSnapshotGoesWhenThereAreMoreThanTen() {
    learn("green tea");
    for (int i = 1; i <= 10; i++) {
      assertEquals(1, run("snapshot", "create", "n" + i).ok().err().lines().count());
    }
    Run eleventh = run("snapshot", "create", "n11").ok();
    assertTrue(eleventh.err().contains("deleted the oldest, n1 "), eleventh.err());
    assertEquals(10, run("snapshot", "list").ok().lines().size());
  }

  @Test
  void aBackupIsMadeVerifiedAndRestored() throws IOException {
    learn("green tea");
    String first = run("backup", "create", target(), "--meta", "n=1").ok().out().strip();
    learn("water");
    String second = run("backup", "create", target()).ok().out().strip();
    List<JsonNode> listed = run("backup", "list", target(), "--json").ok().json();
    assertEquals(
        List.of(second, first), listed.stream().map(each -> each.get("id").asString()).toList());
    assertEquals(1, listed.getLast().get("metadata").get("n").asInt());
    assertEquals(
        List.of(second + ": ok", first + ": ok"), run("backup", "verify", target()).ok().lines());
    String other = folder.resolve("other").toString();
    run("restore", target(), first, "--store", other).ok();
    assertTrue(
        Run.on(folder.resolve("other"), "recall", "water", "--embedder", "none")
            .ok()
            .err()
            .contains("nothing found"));
    run("restore", target(), "--store", other).expect(ExitCode.CONFLICT);
    run("restore", target(), "unheard", "--store", other + "2").expect(ExitCode.NOT_FOUND);
    damageAll(folder.resolve("backups/objects"));
    Run damaged = run("backup", "verify", target(), "latest").expect(ExitCode.CORRUPT);
    assertTrue(damaged.out().contains("the backup is damaged"), damaged.out());
    run("restore", target(), "--store", other + "2").expect(ExitCode.CORRUPT);
    Run retained = run("backup", "retain", target(), "--last", "1").ok();
    assertTrue(retained.out().startsWith(first + " "), retained.out());
    run("backup", "retain", target()).expect(ExitCode.ERROR);
    run("backup", "delete", target(), second).ok();
    run("backup", "delete", target(), second).expect(ExitCode.NOT_FOUND);
    assertTrue(run("backup", "list", target()).ok().err().contains("no backups"));
    run("backup", "list", target() + "2").expect(ExitCode.NOT_FOUND);
    run("backup").expect(ExitCode.USAGE);
  }

  @Test
  void whatIsWrongWithAnAddressIsToldWithoutItsSecrets() {
    learn("green tea");
    for (String act : List.of("create", "list", "verify", "retain")) {
      Run secret = run("backup", act, "s3://key:secret@bucket/a").expect(ExitCode.ERROR);
      assertTrue(secret.err().contains("invalid-input"), secret.err());
      assertFalse((secret.err() + secret.out()).contains("secret"), secret.err());
      run("backup", act, "gopher://bucket/a").expect(ExitCode.NOT_FOUND);
    }
    run("restore", "s3://key:secret@bucket", "--store", target()).expect(ExitCode.ERROR);
    try (S3Server.Settings _ = S3Server.shared().settings()) {
      Run unheard = run("backup", "list", "s3://no-such-bucket/a").expect(ExitCode.NOT_FOUND);
      assertTrue(unheard.err().contains("no-such-bucket"), unheard.err());
      String secret = System.setProperty("aws.secretAccessKey", "wrong");
      Run denied = run("backup", "list", "s3://my-bucket/a").expect(ExitCode.ERROR);
      assertTrue(denied.err().contains("(denied)"), denied.err());
      assertFalse(denied.err().contains(secret), denied.err());
    }
    String file = folder.resolve("backups").toUri().toString();
    String id = run("backup", "create", file).ok().out().strip();
    assertEquals(List.of(id + ": ok"), run("backup", "verify", target()).ok().lines());
    run("backup", "list", file + "2").expect(ExitCode.NOT_FOUND);
  }

  /** Alters every object. */
  private static void damageAll(Path objects) throws IOException {
    try (Stream<Path> all = Files.list(objects)) {
      for (Path file : all.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 0) {
          bytes[bytes.length / 2] ^= 1;
          Files.write(file, bytes);
        }
      }
    }
  }
}
