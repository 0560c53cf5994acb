package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class KeysCommandTest {
  @TempDir Path folder;

  private String keyring() {
    return folder.resolve("keyring").toString();
  }

  private Run run(String... arguments) {
    return Run.on(folder.resolve("brain"), arguments);
  }

  private Run with(String variable, String value, String... arguments) {
    String store = folder.resolve("brain").toString();
    return Run.with(Map.of("ENGRAM_STORE", store, variable, value), "", arguments);
  }

  @Test
  void makesAnEncryptedStoreAndOpensItByAnyWayToGiveTheKey() throws IOException {
    assertTrue(run("init", "--encrypt").expect(ExitCode.USAGE).err().contains("--key-file"));
    assertFalse(Files.exists(folder.resolve("brain")));
    String id =
        run("keys", "new", keyring(), "--json").ok().json().getFirst().get("masterKey").asString();
    assertTrue(run("keys", "new", keyring()).expect(ExitCode.CONFLICT).err().contains("keyring"));
    assertTrue(run("init", "--encrypt", "--key-file", keyring()).ok().err().contains("encrypted"));
    assertEquals(ExitCode.CONFLICT, run("init", "--key-file", keyring()).code());
    Run _ = with("ENGRAM_KEY_FILE", keyring(), "learn", "green tea", "--embedder", "none").ok();
    String key = Files.readAllLines(folder.resolve("keyring")).getLast();
    Run status = with("ENGRAM_KEY", key, "keys", "status").ok();
    assertEquals("master key " + id, status.lines().getFirst());
    assertTrue(status.lines().get(1).startsWith("data key 1  20"), status.out());
    assertFalse((status.out() + status.err()).contains(key));
    assertTrue(run("keys", "status").expect(ExitCode.ERROR).err().contains("(encryption)"));
    Run _ = run("keys", "new", folder.resolve("other").toString()).ok();
    Run wrong = with("ENGRAM_KEY_FILE", folder.resolve("other").toString(), "stats");
    assertTrue(wrong.expect(ExitCode.ERROR).err().contains(id), wrong.err());
  }

  @Test
  void changesDataKeysAndTheMasterKey() {
    Run _ = run("keys", "new", keyring()).ok();
    Run _ = run("learn", "green tea", "--embedder", "none", "--key-file", keyring()).ok();
    Run _ = run("keys", "rotate", "--key-file", keyring()).ok();
    Run added = run("keys", "new", "--add", keyring(), "--json").ok();
    String id = added.json().getFirst().get("masterKey").asString();
    Run _ = run("keys", "rewrap", "--key-file", keyring()).ok();
    JsonNode status =
        run("keys", "status", "--json", "--key-file", keyring()).ok().json().getFirst();
    assertEquals(id, status.get("masterKey").asString());
    assertEquals(2, status.get("dataKeys").get(1).get("id").asInt());
    Run kept = run("keys", "prune", "--key-file", keyring()).ok();
    assertTrue(kept.err().contains("removed no data key"), kept.err());
    Run _ = run("keys", "reseal", "--key-file", keyring()).ok();
    Run removed = run("keys", "prune", "--json", "--key-file", keyring()).ok();
    assertEquals("[1]", removed.json().getFirst().get("removed").toString());
    Run recalled = run("recall", "tea", "--embedder", "none", "--key-file", keyring());
    assertTrue(recalled.ok().out().contains("green tea"));
  }

  @Test
  void shredsWhatWasDropped() {
    String _ = newKeyring(keyring());
    Run _ = run("learn", "green tea", "--embedder", "none", "--key-file", keyring()).ok();
    Run _ =
        run("learn", "a secret", "--space", "secret", "--embedder", "none", "--key-file", keyring())
            .ok();
    Run _ = run("snapshot", "create", "before", "--key-file", keyring()).ok();
    Run _ = run("drop", "secret", "--key-file", keyring()).ok();
    Run kept = run("keys", "shred", "--key-file", keyring()).ok();
    assertTrue(kept.err().contains("data keys [1]"), kept.err());
    Run _ = run("snapshot", "delete", "before", "--key-file", keyring()).ok();
    JsonNode done = run("keys", "shred", "--json", "--key-file", keyring()).ok().json().getLast();
    assertEquals("[1,2]", done.get("removed").toString());
    assertEquals("[]", done.get("kept").toString());
    Run _ = run("check", "--key-file", keyring()).ok();
    Run recalled = run("recall", "tea", "--embedder", "none", "--key-file", keyring());
    assertTrue(recalled.ok().out().contains("green tea"));
  }

  @Test
  void exportsAnEncryptedStoreAsPlainTextOnlyWhereThatIsAllowed() {
    String id = newKeyring(keyring());
    Run _ = run("learn", "green tea", "--embedder", "none", "--key-file", keyring()).ok();
    String file = folder.resolve("export").toString();
    Run sealed = run("export", "--out", file, "--key-file", keyring()).ok();
    assertTrue(sealed.err().contains("exported 1, encrypted"), sealed.err());
    assertEquals(id + "\n", run("keys", "needed", file).ok().out());
    JsonNode needed = run("keys", "needed", file, "--json").ok().json().getFirst();
    assertEquals(id, needed.get("masterKey").asString());
    Run allowed = run("export", "--plaintext", "--key-file", keyring()).ok();
    assertTrue(allowed.out().contains("green tea"));
    Run database = run("export", "--format", "sqlite", "--key-file", keyring());
    assertTrue(database.expect(ExitCode.ERROR).err().contains("(encryption)"), database.err());
    run("export", "--plaintext", "--export-key", keyring(), "--key-file", keyring())
        .expect(ExitCode.USAGE);
    run("keys", "needed", keyring()).expect(ExitCode.ERROR);
    run("keys", "needed", folder.resolve("none").toString()).expect(ExitCode.NOT_FOUND);
  }

  private String newKeyring(String file) {
    Run made = run("keys", "new", file, "--json").ok();
    return made.json().getFirst().get("masterKey").asString();
  }

  @Test
  void importsWhatIsEncryptedByTheKeyThatItWasEncryptedWith() throws IOException {
    String _ = newKeyring(keyring());
    String given = folder.resolve("given").toString();
    String id = newKeyring(given);
    Run _ = run("learn", "green tea", "--embedder", "none").ok();
    // The name says text; the content decides.
    String file = folder.resolve("memories.txt").toString();
    Run _ = run("export", "--compress", "gzip", "--export-key", given, "--out", file).ok();
    assertEquals(id + "\n", run("keys", "needed", file).ok().out());
    Path copy = folder.resolve("copy");
    for (String[] key :
        new String[][] {{}, {"--key-file", keyring()}, {"--export-key", keyring()}}) {
      Run refused = imported(copy, file, key).expect(ExitCode.ERROR);
      assertTrue(refused.err().contains("(encryption)"), refused.err());
      assertFalse(Files.exists(copy), "a store was made for nothing");
    }
    assertTrue(imported(copy, file, "--export-key", given).ok().err().contains("imported 1 "));
    assertEquals(ExitCode.OK, Run.on(copy, "stats").code());
    Path both = folder.resolve("both");
    Run _ = imported(both, file, "--export-key", given, "--key-file", keyring()).ok();
    Run _ = Run.on(both, "stats", "--key-file", keyring()).ok();
    Path own = folder.resolve("own");
    Run _ = imported(own, file, "--key-file", given, "--space", "mine").ok();
    Run recalled =
        Run.on(own, "recall", "tea", "--space", "mine", "--embedder", "none", "--key-file", given);
    assertTrue(recalled.ok().out().contains("green tea"));
    byte[] damaged = Files.readAllBytes(Path.of(file));
    damaged[damaged.length - 1] ^= 1;
    Files.write(Path.of(file), damaged);
    Run refused = imported(own, file, "--key-file", given, "--space", "again");
    assertTrue(refused.expect(ExitCode.ERROR).err().contains("(invalid-input)"), refused.err());
    Run there = Run.on(own, "collections", "--key-file", given).ok();
    assertFalse(there.out().contains("again"), there.out());
  }

  private static Run imported(Path store, String file, String... more) {
    Stream<String> command = Stream.of("import", file, "--embedder", "none");
    return Run.on(store, Stream.concat(command, Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void makesAnEncryptedCopyOfAPlainStore() {
    Run _ = run("learn", "green tea", "--embedder", "none").ok();
    assertTrue(run("keys", "status").expect(ExitCode.ERROR).err().contains("not encrypted"));
    Run _ = run("keys", "new", keyring()).ok();
    assertEquals(ExitCode.ERROR, run("stats", "--key-file", keyring()).code());
    String copy = folder.resolve("copy").toString();
    Run _ = run("keys", "encrypt", copy, "--key-file", keyring()).ok();
    Run recalled =
        run("recall", "tea", "--embedder", "none", "--store", copy, "--key-file", keyring());
    assertTrue(recalled.ok().out().contains("green tea"));
    assertEquals(ExitCode.ERROR, run("recall", "tea", "--store", copy).code());
  }
}
