package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo;
import dev.engram.Engram;
import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Metadata;
import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ImportTest {
  @TempDir Path folder;

  @Test
  void aFolderBecomesPassagesThatKnowFileLineAndHeading() throws IOException {
    write("notes/tea.md", "# Tea\n\nGreen tea is steeped cool.\n\n## Black\n\nBoiling water.\n");
    write("notes/deep/list.txt", "buy milk\n");
    write("notes/.git/hidden.md", "hidden");
    write("notes/target/built.md", "built");
    write("notes/picture.png", "no text");
    Run run = imported("notes");
    assertTrue(run.err().contains("imported 3 memories, 0 were there"), run.err());
    JsonNode black = recalled("boiling water").getFirst();
    assertEquals("notes/tea.md", black.get("provenance").get("source").asString());
    assertEquals("5", black.get("provenance").get("position").asString());
    assertEquals("Tea > Black", black.get("metadata").get("heading").asString());
    assertEquals(
        "notes/deep/list.txt", recalled("milk").getFirst().at("/metadata/source").asString());
  }

  @Test
  void importingAgainLearnsOnlyWhatChanged() throws IOException {
    write("notes/a.md", "# A\n\nfirst\n\n# B\n\nsecond\n");
    imported("notes");
    String id = recalled("second").getFirst().get("id").asString();
    assertTrue(imported("notes").err().contains("imported 0 memories, 2 were there"));
    write("notes/a.md", "# A\n\nchanged\n\n# B\n\nsecond\n");
    Run changed = imported("notes");
    assertTrue(changed.err().contains("imported 1 memories, 1 were there"), changed.err());
    assertTrue(changed.err().contains("1 forgotten"), changed.err());
    write("notes/a.md", "# A\n\nchanged\n\n\n\n# B\n\nsecond\n");
    imported("notes");
    JsonNode moved = recalled("second").getFirst();
    assertEquals(id, moved.get("id").asString());
    assertEquals("7", moved.at("/provenance/position").asString());
  }

  @Test
  void theSamePassageTwiceIsTwoMemories() throws IOException {
    write("a.txt", "again\n" + "x".repeat(1000) + "\n\n" + "x".repeat(1000) + "\n");
    imported("a.txt");
    assertEquals(3, exported().size());
  }

  @Test
  void jsonLinesCarryIdsMetadataAndProvenance() throws IOException {
    write(
        "a.jsonl",
        """
        \ufeff{"id": "x", "text": "an apple", "colour": "red", "tags": ["a", 1, null], "no": null}

        {"id": 7, "text": "a pear", "metadata": {"at": {"@instant": "2026-01-01T00:00:00Z"}}}
        {"text": "a plum", "provenance": {"source": "book", "position": "3"}}
        {"text": "a plum"}
        """);
    imported("a.jsonl");
    List<JsonNode> all = exported();
    assertEquals(3, all.size());
    JsonNode apple = run("get", "x", "--json").ok().json().getFirst();
    assertEquals("red", apple.at("/metadata/colour").asString());
    assertEquals(2, apple.at("/metadata/tags").size());
    JsonNode pear = run("get", "7", "--json").ok().json().getFirst();
    assertEquals("2026-01-01T00:00:00Z", pear.at("/metadata/at/@instant").asString());
    assertTrue(run("recall", "plum", "--where", "at > @2025-01-01T00:00:00Z").ok().out().isEmpty());
  }

  @Test
  void whatHoldsNoMoreComesBackSo() throws IOException {
    try (Engram engram = Engram.open(store())) {
      MemorySpace space = engram.space("other");
      Learning tea = Learning.of("Ann drinks tea").validFrom(Instant.parse("2026-01-01T00:00:00Z"));
      Memory _ = space.supersede(space.learn(tea).id(), Learning.of("Ann drinks coffee"));
    }
    write("a.jsonl", run("export", "--space", "other").ok().out());
    imported("a.jsonl");
    assertEquals(contents("other"), contents("default"));
    assertEquals(1, recalled("Ann").size());
    assertEquals("Ann drinks coffee", recalled("Ann").getFirst().get("text").asString());
  }

  @Test
  void aCollectionComesBackAsItWasMade() {
    Path file = folder.resolve("made.jsonl");
    try (Engram engram = Engram.open(store())) {
      CollectionConfig config =
          CollectionConfig.ofDimension(2)
              .metric(Metric.DOT)
              .language("german")
              .timeToLive(Duration.ofHours(24))
              .recallTarget(.8)
              .quantization(Quantization.BITS_2)
              .resident(true);
      VectorCollection made = engram.collection("made", config);
      made.upsert(
          VectorRecord.ofText("words", "nur Text")
              .withMetadata(Metadata.of("k", Map.of("@instant", "not a date"))));
      made.upsert(VectorRecord.of("zero", new float[] {0, 0}));
    }
    run("export", "--collection", "made", "--vectors", "--out", file.toString()).ok();
    run("import", file.toString(), "--collection", "copy").ok();
    try (Engram engram = Engram.open(store())) {
      CollectionInfo made = engram.collection("made").info();
      CollectionInfo copy = engram.collection("copy").info();
      assertEquals(made.config().toString(), copy.config().toString());
      assertEquals(2, copy.count());
      assertEquals(
          engram.collection("made").get("words").orElseThrow().metadata(),
          engram.collection("copy").get("words").orElseThrow().metadata());
    }
    assertTrue(
        run("import", file.toString()).expect(ExitCode.ERROR).err().contains("--collection"));
  }

  @Test
  void exportAndImportAreARoundTrip() throws IOException {
    write(
        "a.jsonl",
        """
        {"id": "x", "text": "an\\n apple ü \\u2028", "metadata": {"a": 1, "b": 1.0, "c": [true]}}
        {"id": "y", "text": "an apple", "provenance": {"source": "s", "position": ""}}
        {"id": "z", "text": "an apple"}
        {"id": "text:7", "text": "7", "metadata": {"at": {"@instant": "2026-01-01T00:00:00Z"}}}
        {"id": "e", "text": "expires", "metadata": {}, "expiresAt": "2999-01-01T00:00:00Z"}
        """);
    imported("a.jsonl");
    Path file = folder.resolve("out.jsonl");
    run("export", "--out", file.toString()).ok();
    run("import", file.toString(), "--space", "copy").ok();
    assertEquals(contents("default"), contents("copy"));
    assertEquals(5, contents("copy").size());
    JsonNode expiring = run("get", "e", "--space", "copy", "--json").ok().json().getFirst();
    Instant expiry = Instant.parse(expiring.get("expiresAt").asString());
    Instant wanted = Instant.parse("2999-01-01T00:00:00Z");
    assertTrue(Duration.between(wanted, expiry).abs().toSeconds() < 60, expiry::toString);
    try (Stream<Path> files = Files.list(folder)) {
      assertFalse(files.anyMatch(path -> path.getFileName().toString().startsWith(".export")));
    }
  }

  @Test
  void collectionsGoOutAndInWithTheirVectors() throws IOException {
    write(
        "a.jsonl",
        """
        {"id": "x", "vector": [1, 0.5, 0], "text": "an apple", "colour": "red"}
        {"id": "y", "vector": [0, 1, 0], "metadata": {}, "expiresAt": "2999-01-01T00:00:00Z"}
        """);
    run("import", path("a.jsonl"), "--collection", "fruit").ok();
    Path file = folder.resolve("out.jsonl");
    run("export", "--collection", "fruit", "--vectors", "--out", file.toString()).ok();
    assertTrue(run("import", file.toString(), "--collection", "copy").ok().err().contains("2 rec"));
    String copy = run("export", "--collection", "copy", "--vectors").ok().out();
    assertEquals(records(Files.readString(file)), records(copy));
    assertFalse(run("export", "--collection", "copy").ok().out().contains("vector"));
    run("export", "--collection", "nowhere").expect(ExitCode.NOT_FOUND);
    run("import", file.toString(), "--collection", "four", "--quantization", "4").ok();
    run("import", file.toString(), "--collection", "four", "--quantization", "4").ok();
    String listed = run("collections", "four", "--indexes").ok().out();
    assertTrue(listed.contains("dimension 3, 4 bits"), listed);
    assertTrue(listed.contains("ranks by 4 bits"), listed);
    Run other =
        run("import", file.toString(), "--collection", "four", "--quantization", "none")
            .expect(ExitCode.ERROR);
    assertTrue(other.err().contains("quantization=NONE"), other.err());
    run("import", file.toString(), "--quantization", "4").expect(ExitCode.USAGE);
    run("import", file.toString(), "--metric", "dot").expect(ExitCode.USAGE);
    run("import", file.toString(), "--collection", "city", "--metric", "cities")
        .expect(ExitCode.USAGE);
    run("import", path("a.jsonl"), "--collection", "city", "--metric", "manhattan").ok();
    JsonNode city = run("collections", "city", "--json").ok().json().getFirst();
    assertEquals("manhattan", city.get("metric").asString());
    assertEquals("none", city.get("quantization").asString());
    String nearest = run("search", "city", "--vector", "[0, 1, 1]").ok().out();
    assertTrue(nearest.contains("-1.000"), nearest);
    Files.writeString(file, "{\"id\": \"z\", \"vector\": [1]}");
    Run wrong = run("import", file.toString(), "--collection", "copy").expect(ExitCode.ERROR);
    assertTrue(wrong.err().contains("dimension"), wrong.err());
    Files.writeString(file, "");
    assertTrue(run("import", file.toString(), "--collection", "new").ok().err().contains("0 rec"));
  }

  @Test
  void aBadLineNamesItselfAndWhatCameBeforeStays() throws IOException {
    Map<String, String> lines = new TreeMap<>();
    lines.put("{\"text\": ", "it is not JSON");
    lines.put("[1]", "it is not an object");
    lines.put("{\"text\": 1}", "field=text");
    lines.put("{\"id\": 1}", "field=text");
    lines.put("{\"text\": \"a\", \"id\": {}}", "field=id");
    lines.put("{\"text\": \"a\", \"id\": \"\"}", "invalid record id");
    lines.put("{\"text\": \"a\", \"vector\": [1]}", "field=vector");
    lines.put("{\"text\": \"a\", \"provenance\": {}}", "field=provenance");
    lines.put("{\"text\": \"a\", \"metadata\": {}, \"expiresAt\": \"soon\"}", "invalid instant");
    lines.put("{\"text\": \"a\", \"n\": 1e999}", "invalid metadata");
    for (Map.Entry<String, String> line : lines.entrySet()) {
      write("a.jsonl", "{\"text\": \"good\"}\n" + line.getKey() + "\n");
      Run run = run("import", path("a.jsonl")).expect(ExitCode.ERROR);
      assertTrue(run.err().contains("line=2"), run.err());
      assertTrue(run.err().contains(line.getValue()), run.err());
      assertTrue(run.err().contains("(invalid-input)"), run.err());
    }
    write("many.jsonl", manyLines() + "{");
    run("import", path("many.jsonl")).expect(ExitCode.ERROR);
    run("get", "1").ok();
    assertEquals("ok\n", run("check", "--quiet").ok().out());
  }

  @Test
  void anIdThatComesSeveralTimesIsOneMemory() throws IOException {
    write(
        "a.jsonl",
        """
        {"id": "x", "text": "first"}
        {"id": "x", "text": "first"}
        {"id": "x", "text": "last", "metadata": {"n": 1}}
        {"id": "x", "text": "last", "metadata": {"n": 2}}
        """);
    imported("a.jsonl");
    assertEquals("ok\n", run("check", "--quiet").ok().out());
    assertEquals(1, recalled("last").size());
    assertEquals(0, recalled("first").size());
    assertEquals(2, recalled("last").getFirst().at("/metadata/n").asInt());
  }

  @Test
  void badVectorsNameTheirComponent() throws IOException {
    Map<String, String> lines =
        Map.of(
            "{\"vector\": [1]}", "field=id",
            "{\"id\": 1, \"vector\": 2}", "field=vector",
            "{\"id\": 1, \"vector\": [1, \"a\"]}", "component=1");
    for (Map.Entry<String, String> line : lines.entrySet()) {
      write("a.jsonl", line.getKey());
      Run run = run("import", path("a.jsonl"), "--collection", "c").expect(ExitCode.ERROR);
      assertTrue(run.err().contains(line.getValue()), run.err());
    }
  }

  @Test
  void filesThatAreNotTextAreRefused() throws IOException {
    Path file = folder.resolve("latin.txt");
    Files.write(file, "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(run("import", file.toString()).expect(ExitCode.ERROR).err().contains("not UTF-8"));
    Path lines = folder.resolve("latin.jsonl");
    Files.write(lines, "{\"text\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(run("import", lines.toString()).expect(ExitCode.ERROR).err().contains("not UTF-8"));
    write("program", "\0\0\0");
    assertTrue(run("import", path("program")).expect(ExitCode.ERROR).err().contains("not text"));
    run("import", path("nowhere.md")).expect(ExitCode.NOT_FOUND);
  }

  @Test
  void unknownNamesAreToldByHowTheyBegin() throws IOException {
    write("a", "plain words");
    write("b", "  {\"text\": \"from json\"}");
    imported("a");
    imported("b");
    assertEquals(2, exported().size());
  }

  @Test
  void aModelIsLoadedWhereOneIsChosen() throws IOException {
    write("a.txt", "The cat sleeps on the sofa");
    Run.on(store(), "import", path("a.txt")).ok();
    assertTrue(run("collections").ok().out().contains("minilm"));
  }

  private static String manyLines() {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 5000; i++) {
      lines.append("{\"text\": \"number ").append(i).append("\", \"id\": ").append(i).append("}\n");
    }
    return lines.toString();
  }

  private Map<String, JsonNode> contents(String space) {
    Map<String, JsonNode> contents = new TreeMap<>();
    for (JsonNode line : memories(run("export", "--space", space))) {
      JsonNode kept =
          ((tools.jackson.databind.node.ObjectNode) line)
              .remove(
                  List.of(
                      "createdAt",
                      "updatedAt",
                      "expiresAt",
                      "lastAccessed",
                      "importance",
                      "importanceSince"));
      contents.put(line.get("id").asString(), kept);
    }
    return contents;
  }

  private List<JsonNode> exported() {
    return memories(run("export"));
  }

  /** An export without its sections, synapses and end. */
  private static List<JsonNode> memories(Run exported) {
    return exported.ok().json().stream().filter(line -> line.has("id")).toList();
  }

  private static List<String> records(String exported) {
    return exported.lines().filter(line -> line.startsWith("{\"id\"")).toList();
  }

  private List<JsonNode> recalled(String question) {
    return run("recall", question, "--json").ok().json();
  }

  private Run imported(String name) {
    return run("import", path(name)).ok();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private Run run(String... args) {
    return Run.on(
        store(),
        Stream.concat(Stream.of(args), Stream.of("--embedder", "none")).toArray(String[]::new));
  }

  private Path store() {
    return folder.resolve("store").resolve("brain");
  }
}
