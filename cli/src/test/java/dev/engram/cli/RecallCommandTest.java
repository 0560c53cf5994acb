package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class RecallCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void learn() {
    run("init").ok();
    learn("1", "Ida", "2031-05-08", "Which instrument do you play?");
    learn("2", "Otto", "2031-05-08", "The old violin of my grandmother.");
    learn("3", "Ida", "2031-06-20T10:00:00Z", "An instrument is a fine thing.");
  }

  private void learn(String id, String speaker, String when, String text) {
    run("learn", text, "--id", id, "--speaker", speaker, "--session", "s", "--occurred-at", when)
        .ok();
  }

  @Test
  void explainsEveryArm() {
    Run run = run("recall", "Otto's instrument?", "--explain").ok();

    assertTrue(run.lines().getFirst().endsWith("  2"), run.out());
    for (String arm : new String[] {"text", "answer", "session", "speaker", "time", "cues"}) {
      assertTrue(run.out().contains("· " + arm + ": "), run.out());
    }
    assertTrue(run.out().contains("profile: conversation"), run.out());
    String notes = run("recall", "instrument", "--profile", "notes", "--explain").ok().out();
    assertTrue(notes.contains("profile: notes"), notes);
    run("recall", "instrument", "--profile", "poems").expect(ExitCode.USAGE);
  }

  @Test
  void asksForATime() {
    assertEquals(1, run("recall", "instrument", "--since", "2031-06-01", "--json").json().size());
    assertEquals(2, run("recall", "instrument", "--until", "2031-06-01", "--json").json().size());
    assertEquals(
        1,
        run("recall", "instrument", "--between", "2031-06-01", "2031-07-01", "--json")
            .json()
            .size());
    run("recall", "instrument", "--since", "yesterday").expect(ExitCode.USAGE);
    JsonNode memory = run("get", "3", "--json").json().getFirst();
    assertEquals("2031-06-20T10:00:00Z", memory.get("occurredAt").asString());
  }

  @Test
  void findsTheLikeOfAMemory() {
    String like = run("recall", "--like", "3").ok().out();

    assertTrue(like.contains("Which instrument"), like);
    assertFalse(like.contains("fine thing"), like);
    run("recall").expect(ExitCode.USAGE);
    run("recall", "tea", "--like", "3").expect(ExitCode.USAGE);
    run("recall", "--like", "9").expect(ExitCode.NOT_FOUND);
  }

  @Test
  void tellsWhatKeepsAMemoryOut() {
    String found = run("recall", "instrument", "--why-not", "3").ok().out();
    assertTrue(found.startsWith("3: it is hit number"), found);
    JsonNode out =
        run("recall", "violin", "--why-not", "3", "--since", "2032-01-01", "--json")
            .json()
            .getFirst();
    assertEquals("OUTSIDE_TIME", out.get("verdict").asString());
    JsonNode outranked =
        run("recall", "instrument", "--why-not", "1", "--limit", "1", "--json").json().getFirst();
    assertEquals("OUTRANKED", outranked.get("verdict").asString());
    assertTrue(outranked.at("/explanation/contributions").size() > 3);
  }

  @Test
  void fillsAContext() {
    assertEquals(1, run("recall", "instrument", "--tokens", "9", "--json").json().size());
    assertEquals(3, run("recall", "instrument", "--tokens", "99", "--json").json().size());
  }

  @Test
  void anArmCountsWhatIsSaid() {
    String without = run("recall", "instrument", "--weight", "cues=0", "--explain").ok().out();
    assertTrue(without.contains("· importance: 1.000 × 0.04 = 0.040"), without);
    String more =
        run("recall", "instrument", "--weight", "importance=0", "--weight", "time=3", "--explain")
            .ok()
            .out();
    assertFalse(more.contains("importance"), more);
    assertTrue(more.contains("· time: 0.000 × 3.0"), more);
    Run unknown = run("recall", "instrument", "--weight", "moon=1").expect(ExitCode.USAGE);
    assertTrue(unknown.err().contains("arm=moon"), unknown.err());
    run("recall", "instrument", "--weight", "time=-1").expect(ExitCode.ERROR);
  }

  @Test
  void findsWhatIsAssociatedAndSaysWhatContradicts() {
    learn("4", "Ida", "2031-07-01", "Tomatoes need sun.");
    run("associate", "3", "4", "--relation", "CONTRADICTS", "--strength", "0.5").ok();
    Run run = run("recall", "fine thing", "--explain").ok();

    assertTrue(run.out().contains("3 -CONTRADICTS 0.500-> 4"), run.out());
    assertTrue(run.out().contains("   ! contradicted by 4\n"), run.out());
    JsonNode hit = run("recall", "fine thing", "--json").ok().json().getFirst();
    assertEquals("4", hit.get("contradictedBy").get(0).asString());
    assertFalse(hit.has("supersededBy"));
    run("recall", "thing", "--primed").ok();
  }

  @Test
  void asksForWhatDoesNotHoldAnyMore() {
    run("associate", "2", "1", "--relation", "SUPERSEDES").ok();
    String any = run("recall", "instrument", "--any-validity").ok().out();
    assertTrue(any.contains("   ! superseded by 2\n"), any);
    run("recall", "instrument", "--valid-at", "2031-06-01").ok();
    run("recall", "instrument", "--valid-at", "yesterday").expect(ExitCode.USAGE);
  }

  private Run run(String... args) {
    return Run.on(
        folder.resolve("brain"),
        Stream.concat(Stream.of(args), Stream.of("--embedder", "none")).toArray(String[]::new));
  }
}
