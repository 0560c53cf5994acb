package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.Metadata;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SearchCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void fill() {
    try (Engram engram = Engram.open(folder.resolve("brain"))) {
      VectorCollection docs = engram.collection("docs", CollectionConfig.ofDimension(2));
      docs.upsert(record("east", 1, 0, "green tea", 2020));
      docs.upsert(record("north", 0, 1, "black coffee", 2021));
      docs.upsert(record("between", 1, 1, "green coffee", 2022));
    }
  }

  private static VectorRecord record(String id, float x, float y, String text, int year) {
    return VectorRecord.of(id, new float[] {x, y})
        .withText(text)
        .withMetadata(Metadata.of("year", year));
  }

  private Run run(String... options) {
    String[] args = Stream.concat(Stream.of("search"), Stream.of(options)).toArray(String[]::new);
    return Run.on(folder.resolve("brain"), args);
  }

  private List<String> found(String... options) {
    return run(Stream.concat(Stream.of(options), Stream.of("--json")).toArray(String[]::new))
        .ok()
        .json()
        .stream()
        .map(hit -> hit.get("id").asString())
        .toList();
  }

  @Test
  void findsByVectorByWordsByBothAndByExample() throws IOException {
    assertEquals(List.of("east", "between", "north"), found("docs", "--vector", "[1, 0.1]"));
    Path file = Files.writeString(folder.resolve("query.json"), "[0.1, 1]\n");
    assertEquals(List.of("north"), found("docs", "--vector", file.toString(), "--limit", "1"));
    assertEquals(List.of("east"), found("docs", "--text", "tea"));
    assertEquals(
        List.of("between"),
        found("docs", "--vector", "[1, 1]", "--text", "coffee", "--limit", "1"));
    assertEquals(List.of("between", "north"), found("docs", "--like", "east"));
    assertEquals(List.of("between"), found("docs", "--like", "east", "--unlike", "north"));
  }

  @Test
  void readsTheVectorFromStandardInput() {
    Run run =
        Run.withInput(folder.resolve("brain"), "[1, 0]", "search", "docs", "--vector", "-").ok();
    assertTrue(run.out().startsWith("1. 1.000  east\n   green tea\n"), run.out());
  }

  @Test
  void keepsToFilterScoreAndDiversity() {
    String[] near = {"docs", "--vector", "[1, 0]"};
    assertEquals(List.of("north"), found("docs", "--vector", "[1, 0]", "--where", "year = 2021"));
    assertEquals(
        List.of("east", "between"), found("docs", "--vector", "[1, 0]", "--min-score", "0.5"));
    assertEquals(List.of("east", "between", "north"), found(near));
    assertEquals(
        List.of("east", "north", "between"),
        found("docs", "--vector", "[1, 0]", "--diversity", "0", "--exact", "--verify"));
  }

  @Test
  void explainsScoresAndThePlan() {
    Run run = run("docs", "--vector", "[1, 0]", "--recall", "0.9", "--explain").ok();
    assertTrue(run.out().contains("· vector: 1.000 × 1.0 = 1.000"), run.out());
    assertTrue(run.out().contains("plan: vectors flat, text no, recall 0.9"), run.out());
    List<JsonNode> lines = run("docs", "--text", "tea", "--explain", "--json").ok().json();
    assertEquals("text", lines.getFirst().at("/explanation/contributions/0/arm").asString());
    assertTrue(lines.getLast().at("/plan/text").asBoolean());
    assertTrue(lines.getLast().at("/plan/phases/0/nanos").isNumber());
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertTrue(run("docs", "--text", "unheard").ok().err().contains("nothing found"));
    run("docs").expect(ExitCode.USAGE);
    run("docs", "--like", "east", "--text", "tea").expect(ExitCode.USAGE);
    run("docs", "--text", "tea", "--unlike", "east").expect(ExitCode.USAGE);
    run("nowhere", "--text", "tea").expect(ExitCode.NOT_FOUND);
    run("docs", "--like", "nobody").expect(ExitCode.NOT_FOUND);
    run("docs", "--vector", "missing.json").expect(ExitCode.NOT_FOUND);
    run("docs", "--vector", "[1, 2, 3]").expect(ExitCode.ERROR);
    run("docs", "--vector", "[1, 2").expect(ExitCode.ERROR);
    run("docs", "--vector", "[1, \"x\"]").expect(ExitCode.ERROR);
    run("docs", "--vector", "[1, 0]", "--recall", "2").expect(ExitCode.ERROR);
    Run nowhere = Run.on(folder.resolve("other"), "search", "docs", "--text", "tea");
    nowhere.expect(ExitCode.NOT_FOUND);
  }
}
