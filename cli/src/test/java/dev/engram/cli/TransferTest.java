package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Exports that are restored. */
class TransferTest {
  private static final Path GUIDE = Path.of("..", "docs", "guides", "transfer.md");
  private static final Pattern FILE = Pattern.compile("[\\w-]+(\\.[a-z]+)+");

  @TempDir Path folder;

  @BeforeEach
  void learn() {
    run("learn", "Alice prefers green tea", "--id", "tea", "--user", "alice", "--meta", "year=2024")
        .ok();
    run("learn", "Alice moved to Kyoto", "--id", "kyoto", "--user", "alice").ok();
    run("learn", "Bob prefers coffee", "--id", "coffee", "--user", "bob").ok();
    run("associate", "tea", "kyoto").ok();
    run("associate", "tea", "coffee").ok();
    run("access", "tea").ok();
    run("pin", "kyoto").ok();
  }

  @Test
  void everythingComesBackAsItWas() throws IOException {
    Path lines = folder.resolve("out.jsonl");
    assertTrue(
        run("export", "--out", lines.toString()).ok().err().contains("exported 3 and 2 synapses"));
    for (String form : List.of("jsonl", "json", "msgpack")) {
      for (String codec : List.of("gzip", "zstd", "lz4", "brotli")) {
        Path file = folder.resolve("export-" + form + codec);
        run("export", "--format", form, "--compress", codec, "--out", file.toString()).ok();
        Run read = Run.on(other(form + codec), "import", file.toString(), "--embedder", "none");
        assertTrue(read.ok().err().contains("imported 3 records and 2 synapses"), read.err());
        String again = Run.on(other(form + codec), "export", "--embedder", "none").ok().out();
        assertEquals(Files.readString(lines), again);
        assertEquals("ok\n", Run.on(other(form + codec), "check", "--quiet").ok().out());
      }
    }
  }

  @Test
  void scopesAndFiltersChoose() {
    Run alice = run("export", "--user", "alice").ok();
    assertEquals(2, alice.json().stream().filter(line -> line.has("id")).count());
    assertEquals(1, alice.json().stream().filter(line -> line.has("from")).count());
    Run year = run("export", "--where", "year >= 2020").ok();
    assertEquals(1, year.json().stream().filter(line -> line.has("id")).count());
    run("export", "--all", "--collection", "x").expect(ExitCode.USAGE);
    run("export", "--level", "3").expect(ExitCode.USAGE);
    run("export", "--format", "xml").expect(ExitCode.NOT_FOUND);
    run("export", "--compress", "gzip", "--level", "99").expect(ExitCode.ERROR);
  }

  @Test
  void whatCameAfterAnExportIsExportedAlone() {
    String file = folder.resolve("all.jsonl").toString();
    JsonNode told = run("export", "--out", file, "--json").ok().json().getFirst();
    assertEquals(3, told.get("exported").intValue());
    run("learn", "Carol sings", "--id", "sings").ok();
    Run later = run("export", "--after", told.get("commit").stringValue()).ok();
    assertEquals(1, later.json().stream().filter(line -> line.has("id")).count());
    assertTrue(later.out().contains("Carol sings"), later.out());
    assertTrue(run("export", "--after", "9/1").expect(1).err().contains("(mismatch)"));
    run("export", "--after", "yesterday").expect(ExitCode.USAGE);
  }

  @Test
  void learningAnExportLeavesOutWhatIsNotLearned() {
    Path file = folder.resolve("out.jsonl");
    run("export", "--out", file.toString()).ok();
    assertTrue(run("import", file.toString()).ok().err().contains("0 memories, 3 were there"));
    run("import", file.toString(), "--space", "copy").ok();
    JsonNode kyoto = run("get", "kyoto", "--space", "copy", "--json").ok().json().getFirst();
    assertFalse(kyoto.get("pinned").booleanValue());
    run("import", file.toString(), "--space", "copy", "--exact").ok();
    kyoto = run("get", "kyoto", "--space", "copy", "--json").ok().json().getFirst();
    assertTrue(kyoto.get("pinned").booleanValue());
  }

  @Test
  void learningAnExportKeepsWhenSomethingHolds() throws IOException {
    Path file = folder.resolve("held.jsonl");
    Files.writeString(
        file,
        """
        {"id":"h","text":"held","metadata":{},"validFrom":"2026-01-01T00:00:00Z"}
        """);
    run("import", file.toString()).ok();
    JsonNode held = run("get", "h", "--json").ok().json().getFirst();
    assertEquals("2026-01-01T00:00:00Z", held.get("validFrom").asString());
    assertEquals(0, held.get("metadata").size());
  }

  @Test
  void aDamagedExportChangesNothing() throws IOException {
    Path file = folder.resolve("out.jsonl");
    run("export", "--out", file.toString()).ok();
    String whole = Files.readString(file);
    Files.writeString(file, whole.replace("green tea", "black tea"));
    Run damaged =
        run("import", file.toString(), "--exact", "--space", "copy").expect(ExitCode.ERROR);
    assertTrue(damaged.err().contains("sha256="), damaged.err());
    Files.writeString(file, whole.substring(0, whole.length() / 2));
    run("import", file.toString(), "--exact", "--space", "copy").expect(ExitCode.ERROR);
    assertFalse(run("collections").ok().out().contains("copy"));
  }

  @Test
  void theCommandsOfTheGuideRun() throws IOException {
    Files.writeString(folder.resolve("vectors.jsonl"), "{\"id\": \"a\", \"vector\": [1, 0]}\n");
    Files.writeString(
        folder.resolve("graph.mcp.jsonl"),
        """
        {"type":"entity","name":"Ann","entityType":"person","observations":["sings"]}
        """);
    int commands = 0;
    for (String line : Files.readAllLines(GUIDE)) {
      if (line.startsWith("./engram ")) {
        commands++;
        run(words(line.substring("./engram ".length()))).ok();
      }
    }
    assertTrue(commands > 8, "the guide has " + commands + " commands");
  }

  /** The words of a command, with files in the test's folder. */
  private String[] words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(command);
    while (word.find()) {
      String plain = word.group(1) == null ? word.group(2) : word.group(1);
      boolean path = FILE.matcher(plain).matches() || plain.startsWith("brain-");
      words.add(path ? folder.resolve(plain).toString() : plain);
    }
    return words.toArray(String[]::new);
  }

  private Run run(String... args) {
    return Run.on(
        folder.resolve("brain"),
        Stream.concat(Stream.of(args), Stream.of("--embedder", "none")).toArray(String[]::new));
  }

  private Path other(String name) {
    return folder.resolve("store-" + name);
  }
}
