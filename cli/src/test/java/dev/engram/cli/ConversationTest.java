package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Conversations in the LoCoMo shape; the ones here were written for these tests. */
class ConversationTest {
  private static final String TALK =
      """
      [{"sample_id": "talk-1",
        "conversation": {
          "speaker_a": "Ida", "speaker_b": "Otto",
          "session_2_date_time": "2 May, 2020",
          "session_2": [
            {"speaker": "Otto", "dia_id": "D2:1", "text": "My violin broke yesterday."}],
          "session_1": [
            {"speaker": "Ida", "dia_id": "D1:1", "text": "I planted tomatoes."},
            {"speaker": "Otto", "dia_id": "D1:2", "text": "Look!",
             "blip_caption": "a brown dog in snow"}]},
        "qa": [
          {"question": "Who planted tomatoes?", "evidence": ["D1:01"], "category": 4},
          {"question": "Which animal was in the snow?", "evidence": ["D:1:2; D9:9"], "category": 1},
          {"question": "What broke, and what grows?", "evidence": ["D2:1 D1:1"], "category": 7},
          {"question": "Nobody knows?", "evidence": [], "category": 3},
          {"question": "What about zebras?", "evidence": ["D2:1"], "category": 5}]}]
      """;

  @TempDir Path folder;

  @Test
  void everyConversationBecomesASpace() throws IOException {
    run("import", file(TALK)).ok();
    JsonNode turn = run("get", "D1:2", "--space", "talk-1", "--json").ok().json().getFirst();
    assertEquals("Look! [image: a brown dog in snow]", turn.get("text").asString());
    assertEquals("Otto", turn.at("/metadata/speaker").asString());
    assertEquals("session_1", turn.at("/metadata/session").asString());
    assertEquals("talk-1", turn.at("/provenance/source").asString());
    JsonNode dated = run("get", "D2:1", "--space", "talk-1", "--json").ok().json().getFirst();
    assertEquals("2 May, 2020", dated.at("/metadata/date").asString());
    assertEquals("2020-05-02T00:00:00Z", dated.get("occurredAt").asString());
    assertTrue(run("import", file(TALK)).ok().err().contains("0 memories, 3 were there"));
  }

  @Test
  void inAGivenSpaceIdsNameTheConversation() throws IOException {
    run("import", file(TALK), "--space", "all").ok();
    run("get", "talk-1/D2:1", "--space", "all").ok();
  }

  @Test
  void datesOfSessionsAreReadAsFilesWriteThem() {
    Instant noon = Instant.parse("2031-05-08T13:56:00Z");
    assertEquals(noon, SessionDate.parse("1:56 pm on 8 May, 2031").orElseThrow());
    assertEquals(noon, SessionDate.parse(" 2031-05-08T15:56:00+02:00").orElseThrow());
    Instant day = Instant.parse("2031-05-08T00:00:00Z");
    assertEquals(day, SessionDate.parse("May 8, 2031").orElseThrow());
    assertEquals(day, SessionDate.parse("2031-05-08").orElseThrow());
    assertTrue(SessionDate.parse("last spring").isEmpty());
    assertTrue(SessionDate.parse("").isEmpty());
  }

  @Test
  void evalScoresTheShareOfTheEvidence() throws IOException {
    Path out = folder.resolve("figures.json");
    Run run = run("eval", "recall", "--locomo", file(TALK), "--out", out.toString());
    run.expect(ExitCode.MISSED);
    assertTrue(run.out().contains("conversation, words"), run.out());
    assertTrue(run.out().contains("category 7"), run.out());
    assertTrue(run.out().contains("without answer"), run.out());
    assertTrue(run.out().contains("MISSED"), run.out());
    JsonNode figures = Json.parse(Files.readString(out));
    assertEquals(4, figures.get("questions").asInt());
    JsonNode at10 = result(figures, "conversation, words: recall@10", "");
    assertEquals(62.5, at10.get("value").asDouble());
    assertEquals(0.625, at10.get("recall").asDouble());
    assertEquals(100, at10.at("/params/categories/1 multi-hop").asDouble());
    assertEquals(0, at10.at("/params/categories/5 adversarial").asDouble());
    assertTrue(result(figures, at10.get("what").asString(), "text").get("value").isNumber());
    JsonNode budget = figures.at("/budgets/0");
    assertEquals(82.5, budget.get("must").asDouble());
    assertEquals(62.5, budget.get("measured").asDouble());
    assertFalse(budget.get("holds").asBoolean());
  }

  @Test
  void evalMeasuresTheModelAndTheNotesToo() throws IOException {
    Run run = Run.on(folder.resolve("none"), "eval", "recall", "--locomo", file(TALK), "--json");
    run.expect(ExitCode.MISSED);
    JsonNode figures = run.json().getFirst();
    String what = "words+all-minilm-l6-v2-q: recall@5";
    assertEquals(100, result(figures, "conversation, " + what, "").get("value").asDouble());
    assertEquals(100, result(figures, "notes, " + what, "").get("value").asDouble());
    assertTrue(result(figures, "nameless notes, " + what, "").get("value").isNumber());
    assertEquals(3, figures.get("budgets").size());
    assertTrue(Files.notExists(folder.resolve("none")));
    Run.on(folder.resolve("none"), "eval", "recall", "--notes", "--locomo", file(TALK)).ok();
  }

  private static JsonNode result(JsonNode figures, String what, String without) {
    for (JsonNode result : figures.get("results")) {
      boolean same = result.at("/params/without").asString().equals(without);
      if (same && result.get("what").asString().equals(what)) {
        return result;
      }
    }
    throw new AssertionError("no result: " + what + " in " + figures);
  }

  @Test
  void evalWithoutQuestionsIsAnError() throws IOException {
    run("eval", "recall", "--locomo", file("[]")).expect(ExitCode.NOT_FOUND);
    run("eval", "recall", "--locomo", "nowhere.json").expect(ExitCode.NOT_FOUND);
    run("eval", "recall").expect(ExitCode.USAGE);
  }

  @Test
  void recallCountsOnlyTheFirst() {
    RecallScore score = new RecallScore("x");
    List<String> found = Stream.iterate(1, n -> n + 1).limit(50).map(n -> "D1:" + n).toList();
    score.add(new Conversation.Question("q", 1, Set.of("D1:5", "D1:6", "D1:25", "D1:51")), found);
    assertEquals(25, score.percent(5));
    assertEquals(50, score.percent(10));
    assertEquals(75, score.percent(25));
    assertEquals(75, score.percent(50));
  }

  @Test
  void citationsAreReadHoweverTheyAreWritten() {
    assertEquals(Set.of("D8:6", "D9:17"), Conversation.evidence("D8:6; D9:17"));
    assertEquals(Set.of("D11:26"), Conversation.evidence("D:11:26"));
    assertEquals(Set.of("D30:5"), Conversation.evidence("D30:05"));
    assertEquals(Set.of(), Conversation.evidence("D"));
  }

  @Test
  void malformedConversationsNameTheField() throws IOException {
    Map<String, String> files =
        Map.of(
            "[{\"sample_id\"", "line=1",
            "[{}]", "field=[0].sample_id",
            "[{\"sample_id\": \"a\"}]", "field=[0].conversation",
            "[{\"sample_id\": \"a\", \"conversation\": {\"session_1\": 3}}]", "session_1",
            "[{\"sample_id\": \"a\", \"conversation\": {\"session_1\": [{}]}}]", "[0].speaker",
            "[{\"sample_id\": \"a\", \"conversation\": {}, \"qa\": [{}]}]", "qa[0].question",
            "[{\"sample_id\": \"a\", \"conversation\": {}, \"qa\": {\"a\": 1}}]",
                "list of questions",
            "3", "not a list");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Run run = run("import", file(file.getKey())).expect(ExitCode.ERROR);
      assertTrue(run.err().contains(file.getValue()), run.err());
      assertTrue(run.err().contains("(invalid-input)"), run.err());
    }
  }

  private String file(String content) throws IOException {
    return Files.writeString(folder.resolve("talk.json"), content).toString();
  }

  private Run run(String... args) {
    return Run.on(
        folder.resolve("brain"),
        Stream.concat(Stream.of(args), Stream.of("--embedder", "none")).toArray(String[]::new));
  }
}
