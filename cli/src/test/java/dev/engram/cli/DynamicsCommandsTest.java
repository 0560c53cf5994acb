package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Engram;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.Metadata;
import dev.engram.RecordId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a space does with its synapses, from the command line. */
class DynamicsCommandsTest {
  @TempDir Path folder;

  @BeforeEach
  void fill() {
    try (Engram engram = Engram.open(folder.resolve("brain"))) {
      MemorySpace space = engram.space("default");
      for (String id : List.of("tea", "kyoto", "japan", "coffee")) {
        space.learn(
            Learning.of("about " + id)
                .withId(RecordId.of(id))
                .withMetadata(Metadata.of("topic", id)));
      }
    }
  }

  @AfterEach
  void storeIsHealthy() {
    assertEquals("ok", run("check").ok().out().strip());
  }

  private Run run(String... args) {
    return Run.on(folder.resolve("brain"), args);
  }

  private JsonNode json(String... args) {
    return run(withJson(args)).ok().json().getFirst();
  }

  private static String[] withJson(String... args) {
    String[] all = java.util.Arrays.copyOf(args, args.length + 1);
    all[args.length] = "--json";
    return all;
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }

  private void chain() {
    run("associate", "tea", "kyoto", "--strength", "1").ok();
    run("associate", "japan", "kyoto", "--strength", "0.5").ok();
  }

  @Test
  void associatesWithAStrengthAndManyFromAFile() throws IOException {
    assertEquals(
        "0.500  short-term  tea -RELATED-> kyoto\n",
        run("associate", "tea", "kyoto", "--strength", "0.5").ok().out());
    Path file =
        Files.writeString(
            folder.resolve("all.jsonl"),
            """
            {"from":"tea","to":"japan"}

            {"from":"coffee","to":"japan","relation":"CONTRADICTS","strength":0.9}
            """);
    Run all = run("associate", "--file", file.toString(), "--strength", "0.2", "--json").ok();
    assertEquals(2, all.json().getFirst().get("associated").asInt());
    List<JsonNode> synapses = run("neighbours", "japan", "--json").ok().json();
    assertEquals(.9, synapses.getFirst().get("weight").asDouble(), .001);
    assertEquals("CONTRADICTS", synapses.getFirst().get("relation").asString());
    assertEquals("SHORT_TERM", synapses.getFirst().get("tier").asString());
    assertEquals(.2, synapses.get(1).get("weight").asDouble(), .001);
    assertTrue(synapses.get(1).get("lastAccessed").isString());
  }

  @Test
  void associatesManyFromStandardInputInBatches() {
    String lines =
        IntStream.range(0, 2_001)
            .mapToObj(_ -> "{\"from\":\"tea\",\"to\":\"kyoto\"}\n")
            .collect(Collectors.joining());
    Run run = Run.withInput(folder.resolve("brain"), lines, "associate", "--file", "-").ok();
    assertEquals("associated 2001 pairs\n", run.err());
    assertEquals(2_000, json("neighbours", "tea").get("activations").asInt());
  }

  @Test
  void interferes() {
    run("learn", "green tea leaves", "--id", "leaves", "--embedder", "none").ok();
    run("learn", "green tea leaf", "--id", "leaf", "--embedder", "none").ok();
    run("associate", "leaves", "kyoto", "--strength", "0.5").ok();
    JsonNode report = json("interfere", "leaf", "--similarity", "0.5");
    assertEquals(1, report.get("memories").asInt());
    assertEquals(1, report.get("synapses").asInt());
    assertEquals(.4, json("neighbours", "leaves").get("weight").asDouble(), .001);
    assertEquals(
        "weakened 0 synapses of 0 similar memories\n", run("interfere", "leaf").ok().err());
    run("interfere", "nobody").expect(ExitCode.NOT_FOUND);
    run("interfere", "tea", "--similarity", "7").expect(ExitCode.ERROR);
  }

  @Test
  void saysWhatIsWrongWithAnAssociation() {
    run("associate").expect(ExitCode.USAGE);
    run("associate", "tea").expect(ExitCode.USAGE);
    run("associate", "tea", "kyoto", "--file", "-").expect(ExitCode.USAGE);
    run("associate", "tea", "kyoto", "--strength", "2").expect(ExitCode.ERROR);
    run("associate", "tea", "tea").expect(ExitCode.ERROR);
    run("associate", "tea", "nobody").expect(ExitCode.NOT_FOUND);
    run("associate", "--file", "missing.jsonl").expect(ExitCode.NOT_FOUND);
    for (String line :
        List.of(
            "{\"from\":\"tea\"}",
            "{\"from\":\"tea\",\"to\":\"kyoto\",\"strength\":\"x\"}",
            "{\"from\":\"tea\",\"to\":\"kyoto\",\"relation\":1}",
            "{\"from\":true,\"to\":\"kyoto\"}",
            "not JSON")) {
      Run run = Run.withInput(folder.resolve("brain"), line, "associate", "--file", "-");
      assertTrue(run.expect(ExitCode.ERROR).err().contains("line=1"), run.err());
    }
  }

  @Test
  void activatesAndFollowsPaths() {
    chain();
    Run activated = run("activate", "tea").ok();
    assertEquals("1. 0.700  kyoto", activated.lines().getFirst());
    assertTrue(activated.out().contains("   path: tea -> kyoto -> japan"), activated.out());
    JsonNode last = run("activate", "tea", "--json").ok().json().getLast();
    assertEquals(.245, last.get("activation").asDouble(), .001);
    assertEquals("about japan", last.get("text").asString());
    assertEquals(List.of("tea", "kyoto", "japan"), texts(last.get("path")));
    assertEquals(1, run("activate", "tea", "--hops", "1", "--json").ok().json().size());
    assertEquals(1, run("activate", "tea", "--threshold", "0.5", "--json").ok().json().size());
    assertEquals(1, run("activate", "tea", "--limit", "1", "--json").ok().json().size());
    assertTrue(run("activate", "coffee").ok().err().contains("nothing found"));
    JsonNode path = run("paths", "tea", "--json").ok().json().getLast();
    assertEquals(.5, path.get("connectionStrength").asDouble(), .001);
    assertEquals(.5 * .8 * 1.5, path.get("score").asDouble(), .001);
    assertEquals(List.of("tea", "kyoto", "japan"), texts(path.get("path")));
    assertEquals(1, run("paths", "tea", "--max-path", "1", "--json").ok().json().size());
    assertEquals(1, run("paths", "tea", "--min-relevance", "0.9", "--json").ok().json().size());
    assertEquals(1, run("paths", "tea", "--limit", "1", "--json").ok().json().size());
    run("activate").expect(ExitCode.USAGE);
    run("activate", "nobody").expect(ExitCode.NOT_FOUND);
    run("activate", "tea", "--threshold", "0").expect(ExitCode.ERROR);
    run("paths", "nobody").expect(ExitCode.NOT_FOUND);
    run("paths", "tea", "--max-path", "99").expect(ExitCode.ERROR);
  }

  @Test
  void accessesPinsAndSetsImportance() {
    assertEquals("accessed: tea, accesses: 2\n", run("access", "tea").ok().err());
    assertEquals(3, json("access", "tea", "kyoto").get("accessCount").asInt());
    run("access", "japan", "nobody").expect(ExitCode.NOT_FOUND);
    assertEquals(1, json("get", "japan").get("accessCount").asInt(), "all or none");
    run("pin", "tea", "kyoto").ok();
    assertTrue(json("get", "kyoto").get("pinned").asBoolean());
    assertTrue(run("get", "kyoto").ok().out().contains(", pinned"));
    assertFalse(json("pin", "kyoto", "--off").get("pinned").asBoolean());
    assertEquals(.25, json("importance", "tea", "0.25").get("importance").asDouble(), .001);
    assertTrue(run("get", "tea").ok().out().contains("important 0.250, pinned"));
    run("importance", "tea", "2").expect(ExitCode.ERROR);
    run("importance", "tea", "much").expect(ExitCode.USAGE);
    run("importance", "tea").expect(ExitCode.USAGE);
    run("pin", "nobody").expect(ExitCode.NOT_FOUND);
  }

  @Test
  void wiresAndLetsCompete() {
    assertEquals(6, json("hebbian", "tea", "kyoto", "japan").get("strengthened").asInt());
    JsonNode changed = json("compete", "--winner", "tea", "--loser", "japan");
    assertEquals(8, changed.get("changed").asInt());
    run("hebbian", "tea").expect(ExitCode.USAGE);
    run("compete").expect(ExitCode.USAGE);
    run("compete", "--winner", "nobody").expect(ExitCode.NOT_FOUND);
  }

  @Test
  void sleepsAndShowsStrengthsAsOfNow() {
    chain();
    assertEquals(4, run("working", "--json").ok().json().size());
    assertTrue(run("working").ok().out().contains("about tea"));
    assertEquals(2, json("sleep").get("strengthened").asInt());
    run("dynamics", "--working-memory-time", "1ms").ok();
    JsonNode report = json("sleep", "--cycles", "10");
    assertEquals(11, report.get("cycle").asInt());
    assertEquals(4, report.get("dropped").asInt());
    assertTrue(run("working").ok().err().contains("empty"));
    double faded = (.5 * .99 + .2 * (1 - .5 * .99)) * Math.pow(.99, 10);
    assertEquals(faded, json("neighbours", "japan").get("weight").asDouble(), .001);
    run("sleep", "--cycles", "0").expect(ExitCode.ERROR);
    run("sleep", "--cycles", "x").expect(ExitCode.USAGE);
  }

  @Test
  void consolidatesAndReconsolidates() {
    chain();
    for (int i = 0; i < 4; i++) {
      run("access", "tea").ok();
    }
    JsonNode report = json("consolidate");
    assertEquals(1, report.get("promoted").asInt());
    assertEquals(2, report.get("shortTermBefore").asInt());
    assertTrue(run("consolidate").ok().err().contains("left: 1 short-term, 1 long-term"));
    assertTrue(run("neighbours", "tea").ok().out().contains("  long-term   tea -RELATED-> kyoto"));
    assertEquals(1, json("stats").get("longTerm").asInt());
    assertEquals(0, json("consolidate", "--schemas").get("strengthened").asInt());
    assertTrue(run("consolidate", "--schemas").ok().err().contains("0 patterns"));
    assertEquals(1, json("reconsolidate", "tea").get("moved").asInt());
    assertEquals(0, json("stats").get("longTerm").asInt());
    run("reconsolidate", "nobody").expect(ExitCode.NOT_FOUND);
  }

  @Test
  void tellsWhatWasOnRecord() throws InterruptedException {
    Thread.sleep(5); // the next change is of another millisecond
    String before = Instant.now().toString();
    Thread.sleep(5);
    run("learn", "about green tea", "--id", "tea").ok();
    run("associate", "tea", "kyoto").ok();
    List<JsonNode> versions = run("history", "tea", "--json").ok().json();
    assertEquals(
        List.of("about tea", "about green tea"),
        versions.stream().map(version -> version.get("text").asString()).toList());
    assertTrue(versions.getFirst().has("recordedUntil"));
    assertTrue(run("history", "tea").ok().out().contains(" to now\n   about green tea\n"));
    assertEquals("about tea", json("get", "tea", "--as-of", before).get("text").asString());
    assertEquals("", run("neighbours", "tea", "--as-of", before).ok().out());
    assertFalse(run("neighbours", "tea").ok().out().isEmpty());
    String found = run("recall", "green tea", "--as-of", before).ok().out();
    assertTrue(found.contains("   about tea\n") && !found.contains("green"), found);
    run("get", "tea", "--as-of", "2001-01-01").expect(ExitCode.NOT_FOUND);
    run("get", "tea", "--as-of", "2999-01-01").expect(ExitCode.ERROR);
    run("history", "nobody").expect(ExitCode.NOT_FOUND);
  }

  @Test
  void showsAndChangesTheDynamics() {
    assertEquals("learning-rate            0.1", run("dynamics").ok().lines().getFirst());
    JsonNode changed =
        json("dynamics", "--preset", "high-performance", "--undo-window", "30d", "--batch", "7");
    assertEquals(.05, changed.get("learning-rate").asDouble());
    assertEquals("12h", changed.get("consolidation-interval").asString());
    assertEquals("30d", changed.get("undo-window").asString());
    assertEquals(7, changed.get("batch").asInt());
    assertEquals(.001, json("dynamics", "--batch", "8").get("decay-rate").asDouble());
    assertEquals(
        .08, json("dynamics", "--preset", "research-optimized").at("/learning-rate").asDouble());
    assertEquals(.1, json("dynamics", "--preset", "standard").get("learning-rate").asDouble());
    JsonNode others =
        json(
            "dynamics",
            "--learning-rate",
            ".2",
            "--decay-rate",
            ".3",
            "--consolidation-threshold",
            ".4",
            "--short-term-limit",
            "5",
            "--consolidation-interval",
            "6h",
            "--recall-limit",
            "8",
            "--working-memory-limit",
            "9",
            "--working-memory-time",
            "10m",
            "--importance-half-life",
            "11d",
            "--importance-floor",
            ".12",
            "--history-time",
            "60d");
    assertEquals(
        "[0.2, 0.3, 0.4, 5, 6h, 1000, 8, 9, 10m, 11d, 0.12, 7d, 60d, false, none]",
        others.valueStream().map(JsonNode::asString).toList().toString());
    run("dynamics", "--learning-rate", "2").expect(ExitCode.ERROR);
    run("dynamics", "--undo-window", "soon").expect(ExitCode.USAGE);
    run("dynamics", "--preset", "fast").expect(ExitCode.USAGE);
  }

  @Test
  void forgetsByPolicyAfterAPreviewAndUndoesIt() {
    chain();
    String[] policy = {
      "forget", "--policy", "standard", "--unused-for", "1ms", "--fewer-accesses-than", "0"
    };
    Run preview = run(with(policy, "--preview")).ok();
    assertEquals("isolated  coffee  about coffee\n", preview.out());
    assertTrue(preview.err().contains("would forget 1 memories, 0 short-term"), preview.err());
    JsonNode found = json(with(policy, "--preview"));
    assertEquals(1, found.get("memories").asInt());
    assertEquals("isolated", found.at("/first/0/reason").asString());
    assertEquals("coffee", found.at("/first/0/id").asString());
    run(with(policy, "--preview", "--where", "topic = 'tea'")).ok();
    assertEquals(
        0, json(with(policy, "--preview", "--where", "topic = 'tea'")).get("memories").asInt());

    Run done = run(policy).ok();
    String operation = done.out().strip();
    assertTrue(done.err().contains("'engram undo " + operation + "'"), done.err());
    run("get", "coffee").expect(ExitCode.NOT_FOUND);
    String listed = run("forgettings").ok().out();
    assertTrue(listed.startsWith(operation) && listed.contains("undoable until"), listed);
    assertEquals("brought back 1 memories\n", run("undo", operation).ok().err());
    run("get", "coffee").ok();
    assertEquals("undone", json("forgettings").get("state").asString());
  }

  @Test
  void aPolicySparesWhatIsPinnedAndPrunesWeakSynapses() {
    chain();
    run("pin", "tea", "kyoto", "japan", "coffee").ok();
    JsonNode done =
        json("forget", "--policy", "aggressive", "--unused-for", "1ms", "--short-term-below", ".7");
    assertEquals(0, done.get("memories").asInt());
    assertEquals(1, done.get("shortTerm").asInt());
    assertEquals(1, run("neighbours", "kyoto", "--json").ok().json().size());
    assertEquals(
        "brought back 0 memories and 1 synapses that were pruned\n",
        run("undo", done.get("operation").asString()).ok().err());
    assertEquals(2, run("neighbours", "kyoto", "--json").ok().json().size());
    run("forget").expect(ExitCode.USAGE);
    run("forget", "tea", "--policy", "standard").expect(ExitCode.USAGE);
    run("forget", "tea", "--preview").expect(ExitCode.USAGE);
    run("forget", "--policy", "cruel").expect(ExitCode.USAGE);
    run("forget", "--policy", "standard", "--unused-for", "0s").expect(ExitCode.ERROR);
    run("forget", "--policy", "standard", "--where", "a =").expect(ExitCode.ERROR);
    run("forget", "--policy", "standard", "--long-term-below", "2").expect(ExitCode.ERROR);
    run("undo", "nothing").expect(ExitCode.NOT_FOUND);
  }

  @Test
  void aSpaceThatForgotNothingSaysSo() {
    assertTrue(run("forgettings").ok().err().contains("no policy"));
  }

  private static String[] with(String[] args, String... more) {
    String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return all;
  }
}
