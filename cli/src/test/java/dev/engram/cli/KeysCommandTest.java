package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    Run recalled = run("recall", "tea", "--embedder", "none", "--key-file", keyring());
    assertTrue(recalled.ok().out().contains("green tea"));
  }

  @Test
  void refusesWhatWouldLeaveTheStoreAsPlainText() {
    Run _ = run("keys", "new", keyring()).ok();
    Run _ = run("learn", "green tea", "--embedder", "none", "--key-file", keyring()).ok();
    Run refused = run("export", "--key-file", keyring()).expect(ExitCode.ERROR);
    assertTrue(refused.err().contains("(encryption)"), refused.err());
    assertEquals("", refused.out());
    Run allowed = run("export", "--plaintext", "--key-file", keyring()).ok();
    assertTrue(allowed.out().contains("green tea"));
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
