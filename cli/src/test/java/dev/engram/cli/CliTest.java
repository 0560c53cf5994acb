package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Engram;
import dev.engram.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CliTest {
  private static final String[] NO_MODEL = {"--embedder", "none"};

  @TempDir Path folder;

  @AfterEach
  void storeIsHealthy() {
    if (Files.exists(store().resolve("log")) && !Files.exists(folder.resolve("damaged"))) {
      assertEquals("ok", run("check").ok().out().strip());
    }
  }

  @Test
  void initMakesAStoreOnce() {
    Run made = run("init").ok();
    assertEquals("", made.out());
    assertTrue(made.err().contains("made an empty store"));
    Run again = run("init").expect(ExitCode.CONFLICT);
    assertTrue(again.err().startsWith("error: ") && again.err().contains("(already-exists)"));
    assertEquals(1, again.err().lines().count());
    assertTrue(run("collections").ok().err().contains("empty"));
  }

  @Test
  void everyReadingCommandWantsAStoreAndSaysSo() {
    List<List<String>> commands =
        List.of(
            List.of("recall", "x"),
            List.of("get", "a"),
            List.of("forget", "a"),
            List.of("associate", "a", "b"),
            List.of("associate", "--file", "-"),
            List.of("neighbours", "a"),
            List.of("show", "a"),
            List.of("access", "a"),
            List.of("pin", "a"),
            List.of("importance", "a", "0.5"),
            List.of("activate", "a"),
            List.of("paths", "a"),
            List.of("hebbian", "a", "b"),
            List.of("compete", "--winner", "a"),
            List.of("sleep"),
            List.of("consolidate"),
            List.of("reconsolidate", "a"),
            List.of("working"),
            List.of("dynamics"),
            List.of("forget", "--policy", "standard"),
            List.of("forgettings"),
            List.of("undo", "a"),
            List.of("merge", "a", "b", "--text", "c"),
            List.of("supersede", "a", "--text", "c"),
            List.of("end", "a"),
            List.of("feedback", "a"),
            List.of("audit"),
            List.of("export"),
            List.of("embed"),
            List.of("collections"),
            List.of("snapshot", "create", "a"),
            List.of("snapshot", "list"),
            List.of("snapshot", "restore", "a"),
            List.of("snapshot", "delete", "a"),
            List.of("snapshot", "keep", "1"),
            List.of("backup", "create", folder.resolve("backups").toString()),
            List.of("backup", "delete", folder.resolve("backups").toString(), "a"),
            List.of("restore", folder.resolve("backups").toString()),
            List.of("stats"),
            List.of("check"),
            List.of("repair"));
    for (List<String> command : commands) {
      Run run = run(command.toArray(String[]::new)).expect(ExitCode.NOT_FOUND);
      assertEquals("", run.out());
      assertTrue(run.err().contains("(not-found)"), run.err());
    }
    assertFalse(Files.exists(store()));
  }

  @Test
  void learnsAndRecallsWithoutAModel() {
    String id = learn("The kettle is in the left cupboard").lines().getFirst();
    learn(
        "Tea is in the tin above the stove", "--id", "tea", "--source", "list", "--position", "4");
    Run recalled = run("recall", "where is the kettle?", "--limit", "1", "--explain");
    String first = recalled.ok().lines().getFirst();
    assertTrue(first.startsWith("1. ") && first.endsWith(id), first);
    assertTrue(recalled.out().contains("· text: "));
    assertTrue(run("recall", "tea").ok().out().contains("(list:4)"));
    assertTrue(run("recall", "unheard").ok().err().contains("nothing found"));
  }

  @Test
  void tellsWhatMayHaveBeenMeant() {
    Run wrong = run("recal", "tea").expect(ExitCode.USAGE);
    assertTrue(wrong.err().contains("Did you mean") && wrong.err().contains("recall"), wrong.err());
  }

  @Test
  void tellsOfWrongUsageAsJson() {
    Run wrong = run("recall", "--json", "tea", "--limit", "many").expect(ExitCode.USAGE);
    assertTrue(wrong.err().startsWith("{\"error\":\"usage\""), wrong.err());
  }

  @Test
  void findsNothingBelowAScore() {
    learn("The kettle is in the left cupboard");
    assertFalse(run("recall", "kettle", "--min-score", "0").ok().out().isEmpty());
    assertEquals("", run("recall", "kettle", "--min-score", "99").ok().out());
  }

  @Test
  void learnsFromStandardInput() {
    Run.withInput(store(), "grüne Bohnen\n", args("learn", "-", "--id", "7")).ok();
    assertTrue(run("get", "7").ok().out().startsWith("grüne Bohnen\n"));
  }

  @Test
  void learnTellsTheKindsOfMetadata() {
    learn(
        "typed",
        "--id",
        "a",
        "--meta",
        "year=2024",
        "--meta",
        "share=0.5",
        "--meta",
        "done=true",
        "--meta",
        "at=@2026-01-31T12:00:00Z",
        "--meta",
        "code='42'",
        "--meta",
        "name=x=y",
        "--user",
        "ann",
        "--agent",
        "bot",
        "--session",
        "s1");
    JsonNode metadata = run("get", "a", "--json").ok().json().getFirst().get("metadata");
    assertEquals(2024, metadata.get("year").asInt());
    assertTrue(metadata.get("share").isFloatingPointNumber());
    assertTrue(metadata.get("done").isBoolean());
    assertEquals("2026-01-31T12:00:00Z", metadata.get("at").get("@instant").asString());
    assertEquals("42", metadata.get("code").asString());
    assertEquals("x=y", metadata.get("name").asString());
    assertEquals("ann", metadata.get("user").asString());
  }

  @Test
  void recallKeepsToScopesAndFilters() {
    learn("red apple", "--id", "a", "--user", "ann", "--meta", "year=2020");
    learn("green apple", "--id", "b", "--user", "bob", "--meta", "year=2021");
    learn("old apple", "--id", "c", "--agent", "bot", "--session", "s");
    assertEquals(List.of("a"), recalled("apple", "--user", "ann"));
    assertEquals(List.of("b"), recalled("apple", "--where", "year > 2020"));
    assertEquals(List.of("c"), recalled("apple", "--agent", "bot", "--session", "s"));
  }

  @Test
  void jsonRecallHoldsMemoryScoreAndExplanation() {
    learn("red apple", "--id", "a");
    JsonNode hit = run("recall", "apple", "--json", "--explain").ok().json().getFirst();
    assertEquals("red apple", hit.get("text").asString());
    JsonNode parts = hit.get("explanation").get("contributions");
    assertEquals("text", parts.get(0).get("arm").asString());
    double sum = parts.valueStream().mapToDouble(part -> part.get("amount").asDouble()).sum();
    assertEquals(hit.get("score").asDouble(), sum, 1e-9);
    assertEquals(
        List.of("text", "importance", "recency", "reinforcement"),
        parts.valueStream().map(part -> part.get("arm").asString()).toList());
  }

  @Test
  void forgetsForGood() {
    learn("a secret", "--id", "a");
    run("forget", "a").ok();
    run("get", "a").expect(ExitCode.NOT_FOUND);
    run("forget", "a").expect(ExitCode.NOT_FOUND);
    assertEquals(List.of(), recalled("secret"));
  }

  @Test
  void associatesAndListsNeighbours() {
    learn("one", "--id", "a");
    learn("two", "--id", "b");
    assertEquals(
        "0.100  short-term  a -NEXT-> b\n",
        run("associate", "a", "b", "--relation", "NEXT").ok().out());
    JsonNode synapse = run("neighbours", "b", "--json").ok().json().getFirst();
    assertEquals("a", synapse.get("from").asString());
    assertEquals("NEXT", synapse.get("relation").asString());
    run("associate", "a", "nowhere").expect(ExitCode.NOT_FOUND);
    run("neighbors", "nowhere").expect(ExitCode.NOT_FOUND);
  }

  @Test
  void spacesAreApart() {
    learn("here", "--id", "a", "--space", "one");
    run("get", "a", "--space", "one").ok();
    Run missing = run("get", "a").expect(ExitCode.NOT_FOUND);
    assertTrue(missing.err().contains("space not found: name=default"));
    assertTrue(run("collections").ok().out().startsWith("one "));
    JsonNode info = run("collections", "--json").ok().json().getFirst();
    assertEquals("space", info.get("kind").asString());
    assertEquals(1, info.get("count").asInt());
  }

  @Test
  void aRecallTargetIsSetForOneCollection() {
    learn("here", "--space", "one");
    learn("here", "--space", "two");
    JsonNode set =
        run("collections", "one", "--recall-target", ".99", "--json").ok().json().getFirst();
    assertEquals(.99, set.get("recallTarget").asDouble());
    List<JsonNode> all = run("collections", "--json").ok().json();
    assertEquals(2, all.size());
    assertEquals(.95, all.getLast().get("recallTarget").asDouble());
    run("collections", "--recall-target", ".99").expect(ExitCode.USAGE);
    run("collections", "nowhere").expect(ExitCode.NOT_FOUND);
    run("collections", "one", "--recall-target", "2").expect(ExitCode.ERROR);
  }

  @Test
  void aQuantizationIsSetForOneCollection() {
    learn("here", "--space", "one");
    learn("here", "--space", "two");
    JsonNode set =
        run("collections", "one", "--quantization", "4", "--json").ok().json().getFirst();
    assertEquals("4", set.get("quantization").asString());
    List<JsonNode> all = run("collections", "--json").ok().json();
    assertEquals("8", all.getLast().get("quantization").asString());
    run("collections", "--quantization", "4").expect(ExitCode.USAGE);
    run("collections", "one", "--quantization", "3").expect(ExitCode.USAGE);
  }

  @Test
  void statsAndCheckPrintTextAndJson() {
    learn("one", "--id", "a");
    String figures = run("stats").ok().out();
    assertTrue(figures.contains("records                1"), figures);
    assertTrue(figures.contains("rows records           1"), figures);
    assertTrue(figures.contains("short-term synapses    0"), figures);
    assertTrue(figures.contains("synapse cache          0 entries, 0 bytes"), figures);
    assertTrue(figures.contains("current, lag 0"), figures);
    JsonNode stats = run("stats", "--json").ok().json().getFirst();
    assertEquals(1, stats.get("records").asInt());
    assertTrue(figures.contains("searches               0"), figures);
    assertTrue(figures.contains("p99 0.0"), figures);
    assertEquals(0, stats.at("/searches/count").asInt());
    assertEquals(0, stats.at("/longTerm").asInt());
    assertEquals(0, stats.at("/synapses/hits").asInt());
    assertTrue(stats.at("/searches/p99Micros").isNumber());
    JsonNode check = run("check", "--json").ok().json().getFirst();
    assertEquals(0, check.get("findings").size());
    assertEquals("ok\n", run("check", "--quiet").ok().out());
    assertEquals("", run("check", "--quiet").err());
  }

  @Test
  void repairLeavesAHealthyStoreAlone() {
    learn("one", "--id", "a");
    assertTrue(run("repair").ok().out().contains("nothing was lost"));
    assertTrue(run("repair", "--json").ok().json().getFirst().get("lossless").asBoolean());
  }

  @Test
  void damageIsExitCodeFive() throws IOException {
    learn("one", "--id", "a");
    Files.createFile(folder.resolve("damaged"));
    try (Stream<Path> files = Files.list(store().resolve("log"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("MANIFEST")) {
          byte[] bytes = Files.readAllBytes(file);
          bytes[bytes.length / 2] ^= 0x55;
          Files.write(file, bytes);
        }
      }
    }
    Run run = run("get", "a").expect(ExitCode.CORRUPT);
    assertTrue(run.err().contains("(corrupt)"), run.err());
  }

  @Test
  void aLockedStoreIsAConflict() {
    learn("one", "--id", "a");
    try (Engram _ = Engram.open(store())) {
      assertTrue(run("get", "a").expect(ExitCode.CONFLICT).err().contains("(locked)"));
    }
  }

  @Test
  void wrongUsageIsExitCodeTwoAndNamesTheHelp() {
    for (String[] args :
        List.of(
            args("bogus"),
            args("learn"),
            args("learn", "x", "--meta", "novalue"),
            args("learn", "x", "--wrong"),
            args("eval"),
            args("help", "bogus"),
            new String[] {"learn", "x", "--embedder", "http://localhost:1/v1"},
            new String[] {})) {
      Run run = Run.on(store(), args).expect(ExitCode.USAGE);
      assertTrue(run.err().startsWith("error: "), run.err());
      assertTrue(run.err().contains("--help"), run.err());
    }
  }

  @Test
  void badInputIsExitCodeOne() {
    learn("one", "--id", "a");
    run("recall", "x", "--where", "a =").expect(ExitCode.ERROR);
    run("recall", "x", "--limit", "0").expect(ExitCode.ERROR);
    Run blank = run("learn", " ").expect(ExitCode.ERROR);
    assertTrue(blank.err().contains("(invalid-input)"));
    Run unknown = Run.on(store(), "recall", "x", "--embedder", "nobody");
    assertTrue(unknown.expect(ExitCode.USAGE).err().contains("minilm, none"), unknown.err());
  }

  @Test
  void inJsonErrorsAreJsonOnStderr() {
    Run run = run("get", "a", "--json").expect(ExitCode.NOT_FOUND);
    assertEquals("not-found", Json.parse(run.err()).get("error").asString());
    assertEquals("", run.out());
  }

  @Test
  void debuggingShowsTheStackTrace() {
    Map<String, String> debug = Map.of("ENGRAM_STORE", store().toString(), "ENGRAM_DEBUG", "1");
    assertTrue(Run.with(debug, "", "stats").expect(ExitCode.NOT_FOUND).err().contains("\tat "));
  }

  @Test
  void renamesAndDropsSpaces() {
    run("learn", "green tea", "--space", "a").ok();
    run("rename", "a", "b").ok();
    run("rename", "b", "c", "--alias").ok();
    assertTrue(run("collections").ok().out().contains("also c"));
    assertTrue(run("recall", "tea", "--space", "c").ok().out().contains("tea"));
    run("rename", "a", "d").expect(ExitCode.NOT_FOUND);
    run("learn", "black tea", "--space", "d").ok();
    run("rename", "d", "b").expect(ExitCode.CONFLICT);
    run("drop", "d", "c").ok();
    assertTrue(run("collections").ok().err().contains("empty"));
    run("drop", "b").expect(ExitCode.NOT_FOUND);
    run("drop").expect(ExitCode.USAGE);
  }

  @Test
  void helpNamesEveryCommandAndTheStoreOptionWorksAnywhere() {
    String help = run("--help").ok().out();
    for (String command : Cli.commandLine(quiet()).getSubcommands().keySet()) {
      if (command.equals("neighbors")) {
        continue;
      }
      assertTrue(help.contains("\n  " + command), help);
      assertTrue(run(command, "--help").ok().out().startsWith("Usage: engram " + command));
    }
    assertEquals(help, run("help").ok().out());
    assertTrue(run("help", "learn").ok().out().startsWith("Usage: engram learn"));
    assertTrue(run("--version").ok().out().startsWith("engram "));
    Path other = folder.resolve("other");
    run("--store", other.toString(), "init").ok();
    run("init", "--store", other.toString()).expect(ExitCode.CONFLICT);
  }

  @Test
  void withoutAnyChoiceTheStoreIsBrain() {
    Cli cli = new Cli(new Console(System.in, System.out, System.err, Map.of("ENGRAM_STORE", " ")));
    assertEquals(Path.of("brain"), cli.directory());
  }

  @Test
  void completionIsAScriptForBash() {
    String script = run("completion").ok().out();
    assertTrue(script.startsWith("#!/usr/bin/env bash"));
    assertTrue(script.contains("recall"));
  }

  @Test
  void textThatIsNotUtf8OnStandardInputIsRefused() {
    byte[] bytes = "\u00e9".getBytes(StandardCharsets.ISO_8859_1);
    Console console =
        new Console(new java.io.ByteArrayInputStream(bytes), System.out, System.err, Map.of());
    CommandFailure failure =
        org.junit.jupiter.api.Assertions.assertThrows(CommandFailure.class, console::readAll);
    assertTrue(String.valueOf(failure.getMessage()).contains("not UTF-8"));
  }

  @Test
  void everyErrorCodeHasAnExitCode() {
    for (ErrorCode code : ErrorCode.values()) {
      int exit = ExitCode.of(code);
      assertTrue(exit == 1 || (exit >= 3 && exit <= 5), code.text());
    }
  }

  @Test
  void theModelMakesVectorsThatWereMissing() {
    learn("The cat sleeps on the sofa", "--id", "a");
    Run.on(store(), "learn", "Rain is expected tomorrow", "--id", "b").ok();
    // Any command that brings the model may have made the vector by itself meanwhile.
    assertTrue(Run.on(store(), "embed").ok().err().matches("(?s).*embedded [01] memories.*"));
    Run after = Run.on(store(), "recall", "kitten", "--json").ok();
    assertEquals("a", after.json().getFirst().get("id").asString());
    assertFalse(after.err().contains("no vector yet"), after.err());
  }

  private static Console quiet() {
    return new Console(System.in, System.out, System.err, Map.of());
  }

  private List<String> recalled(String... args) {
    String[] all = Stream.concat(Stream.of("recall"), Stream.of(args)).toArray(String[]::new);
    return run(Stream.concat(Stream.of(all), Stream.of("--json")).toArray(String[]::new))
        .ok()
        .json()
        .stream()
        .map(hit -> hit.get("id").asString())
        .toList();
  }

  private Run learn(String... args) {
    return run(Stream.concat(Stream.of("learn"), Stream.of(args)).toArray(String[]::new)).ok();
  }

  private Run run(String... args) {
    return Run.on(store(), args(args));
  }

  private static String[] args(String... args) {
    return Stream.concat(Stream.of(args), Stream.of(NO_MODEL)).toArray(String[]::new);
  }

  private Path store() {
    return folder.resolve("brain");
  }
}
