package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Near duplicates, relations by themselves, merging and audits, from the command line. */
class TidyCommandsTest {
  private static final String TEA =
      "Alice prefers green tea from the small shop near the old station to any other drink";
  private static final String NEARLY_TEA = "Indeed " + TEA;

  @TempDir Path folder;

  @AfterEach
  void storeIsHealthy() {
    assertEquals("ok", run("check").ok().out().strip());
  }

  private Run run(String... args) {
    return Run.on(folder.resolve("brain"), args);
  }

  private static String[] joined(String[] one, String... other) {
    return Stream.concat(Stream.of(one), Stream.of(other)).toArray(String[]::new);
  }

  private String learn(String... args) {
    String[] command = joined(new String[] {"learn", "--embedder", "none"}, args);
    return run(command).ok().out().strip();
  }

  private JsonNode audit(String... args) {
    return run(joined(new String[] {"audit", "--json"}, args)).ok().json().getFirst();
  }

  @Test
  void nearDuplicatesAreKeptReinforcedOrLinked() {
    String tea = learn(TEA);
    assertEquals(tea, learn(NEARLY_TEA, "--near-duplicates", "reinforce"));
    assertNotEquals(tea, learn(NEARLY_TEA, "--near-duplicates", "reinforce", "--words", "1"));
    String linked = learn("Yes " + TEA, "--near-duplicates", "link");
    assertTrue(run("neighbours", linked).ok().out().contains("-SIMILAR_TO-> "));
    Run wrong = run("learn", "x", "--near-duplicates", "maybe").expect(ExitCode.USAGE);
    assertTrue(wrong.err().contains("keep, reinforce, link"), wrong.err());
    JsonNode report = audit();
    assertEquals(3, report.get("compared").asInt());
    assertTrue(report.get("counts").get("near-duplicates").asInt() >= 2);
    JsonNode first = report.get("findings").get(0);
    assertEquals("near-duplicates", first.get("kind").asString());
    assertEquals(2, first.get("memories").size());
    assertEquals(0, audit("--sample", "0").get("compared").asInt());
    assertEquals(0, audit("--words", "1").get("counts").get("near-duplicates").asInt());
  }

  @Test
  void aRecallThatIsLearnedAgainIsFoundByTheAudit() {
    String tea = learn(TEA);
    run("recall", "green tea", "--embedder", "none").ok();
    assertEquals(tea, learn(NEARLY_TEA, "--guard-recall-loop"));
    run("dynamics", "--recall-loop-guard", "true").ok();
    assertEquals(tea, learn(NEARLY_TEA));
    String printed = run("audit").ok().out();
    assertTrue(printed.contains("recall-loops       1\n"), printed);
    assertTrue(printed.contains("came back 2 times"), printed);
    assertTrue(printed.contains(tea + "  Alice prefers"), printed);
  }

  @Test
  void synapsesAreMadeByThemselves() {
    learn("the house", "--id", "house");
    learn("the cup", "--id", "house/cup", "--relations", "hierarchy");
    assertTrue(run("neighbours", "house/cup").ok().out().contains("house/cup -PART_OF-> house"));
    run("dynamics", "--relations", "session,temporal").ok();
    assertTrue(run("dynamics").ok().out().contains("temporal,session"));
    learn("one", "--id", "one", "--session", "s");
    learn("two", "--id", "two", "--session", "s");
    String two = run("neighbours", "two").ok().out();
    assertTrue(two.contains("two -FOLLOWS-> one") && two.contains("two -TEMPORAL-> one"), two);
    Run wrong = run("dynamics", "--relations", "all").expect(ExitCode.USAGE);
    assertTrue(wrong.err().contains("similar,temporal,hierarchy,session"), wrong.err());
    assertTrue(run("dynamics", "--relations", "none").ok().out().contains("none"));
  }

  @Test
  void memoriesAreMerged() {
    learn("Alice drinks green tea", "--id", "green");
    learn("Alice drinks black tea", "--id", "black");
    String[] merge = {"merge", "green", "black", "--text", "Alice drinks tea", "--id", "tea"};
    String[] options = {"--user", "alice", "--embedder", "none"};
    assertEquals("tea", run(joined(merge, options)).ok().out().strip());
    List<String> links = run("neighbours", "tea").ok().lines();
    assertEquals(2, links.stream().filter(line -> line.contains("tea -DERIVED_FROM-> ")).count());
    run("merge", "green", "--text", "x").expect(ExitCode.USAGE);
    run("merge", "green", "gone", "--text", "x", "--embedder", "none").expect(ExitCode.NOT_FOUND);
    run("forget", "tea").ok();
    assertEquals(2, audit().get("counts").get("superseder-gone").asInt());
  }

  @Test
  void whatHoldsNoMoreIsSupersededOrEnds() {
    learn("Alice lives in Osaka", "--id", "old");
    String[] supersede = {"supersede", "old", "--text", "Alice lives in Kyoto", "--id", "new"};
    String[] options = {"--valid-from", "2026-05-01", "--embedder", "none"};
    assertEquals("new", run(joined(supersede, options)).ok().out().strip());
    String[] recall = {"recall", "where does Alice live?", "--embedder", "none", "--untouched"};
    String found = run(recall).ok().out();
    assertTrue(found.contains("Kyoto") && !found.contains("Osaka"), found);
    String before = run(joined(recall, "--valid-at", "2026-04-30")).ok().out();
    assertTrue(before.contains("Osaka"), before);
    run("end", "new", "--at", "2026-06-01").ok();
    assertTrue(run(recall).ok().err().contains("nothing found"));
    run("end", "new", "--at", "2026-04-01").expect(ExitCode.ERROR);
    run("supersede", "gone", "--text", "x", "--embedder", "none").expect(ExitCode.NOT_FOUND);
  }

  @Test
  void feedbackStrengthensWhatHelped() {
    learn(TEA, "--id", "tea");
    String[] recall = {"recall", "green tea", "--embedder", "none"};
    String told = run(joined(recall, "--explain")).ok().lines().getLast();
    assertTrue(told.startsWith("operation: "), told);
    String operation =
        run(joined(recall, "--json")).ok().json().getFirst().get("operation").asString();
    assertTrue(run("feedback", operation, "--failed").ok().err().contains("noted"));
    assertTrue(run("feedback", operation, "--used", "tea").ok().err().contains("strengthened"));
    run("feedback", operation, "--score", "2").expect(ExitCode.ERROR);
    run("feedback", "1234").expect(ExitCode.NOT_FOUND);
    run(joined(recall, "--reinforce", "--untouched")).expect(ExitCode.USAGE);
    run(joined(recall, "--reinforce")).ok();
  }

  @Test
  void somethingOfEachKindIsListedAndAllIsCounted() {
    for (String user : List.of("a", "b", "c")) {
      learn(TEA, "--user", user);
    }
    JsonNode report = audit("--list", "1");
    assertEquals(3, report.get("memories").asInt());
    assertEquals(0, report.get("counts").get("exact-duplicates").asInt());
    assertEquals(3, report.get("counts").get("pending").asInt());
    assertEquals(1, report.get("findings").size());
    run("audit", "--sample", "-1").expect(ExitCode.ERROR);
  }
}
