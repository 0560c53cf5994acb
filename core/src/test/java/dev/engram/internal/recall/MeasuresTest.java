package dev.engram.internal.recall;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.RecallProfile;
import dev.engram.internal.recall.Ranking.Ranked;
import dev.engram.internal.text.TextIndex;
import dev.engram.internal.text.TextQuery;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The formulas of reference/recall.md, by hand, on six turns in two sessions. */
class MeasuresTest {
  private static final List<String> TURNS =
      List.of(
          "Which instrument do you play?", // length 2: instrument play
          "The old violin of grandmother.", // 3: old violin grandmoth
          "Lovely!", // 1
          "Tomatoes grow on the balcony.", // 3
          "A violin, a violin!", // 2: violin twice
          "Tomatoes again."); // 1

  /** (2 + 3 + 1 + 3 + 2 + 1) / 6. */
  private static final double AVERAGE = 2;

  private final TextIndex index = TextIndex.inMemory();
  private final Chronicle chronicle = new Chronicle(Cues.in("english"));

  @BeforeEach
  void talk() {
    for (int i = 0; i < TURNS.size(); i++) {
      index.put(1, 0, i, TURNS.get(i), "english");
      String session = i < 4 ? "monday" : "tuesday";
      String speaker = i % 2 == 0 ? "Ida" : "Otto";
      chronicle.put(
          new Chronicle.Entry(i, i, session, speaker, i, TURNS.get(i), Chronicle.Validity.ALWAYS));
    }
    index.refresh();
  }

  @AfterEach
  void close() {
    index.close();
  }

  @Test
  void theShareOfTheWordsThatAMemoryMatchesAlone() {
    TextShare text = share("violin", RecallProfile.NOTES);

    double length = 0.9 * (1 - 0.3 + 0.3 * 3 / AVERAGE);
    assertEquals(1 / (1 + length), text.of(1), 1e-9);
    assertEquals(2 / (2 + 0.9), text.of(4), 1e-9);
    assertEquals(0, text.of(0));
  }

  @Test
  void aTermThatNobodyKnowsCountsHalfInTheInformation() {
    TextShare text = share("violin accordion", RecallProfile.NOTES);

    double idf = Math.log(1 + (6 - 2 + 0.5) / (2 + 0.5));
    double unknown = 0.5 * Math.log(1 + 6 / 0.5);
    assertEquals(idf / (idf + unknown) * 2 / (2 + 0.9), text.of(4), 1e-9);
  }

  @Test
  void theShareInContextIsTheGreatestOfTheWeightedCounts() {
    TextShare text = share("violin", RecallProfile.CONVERSATION);

    assertEquals(1 / 1.9, text.of(1), 1e-9, "itself");
    assertEquals(0.2 / (0.2 + 0.9), text.of(0), 1e-9, "what follows");
    assertEquals(0.5 / (0.5 + 0.9), text.of(2), 1e-9, "what was said just before");
    assertEquals(0.3 / (0.3 + 0.9), text.of(3), 1e-9, "what was said before that");
    assertEquals(2 / 2.9, text.of(4), 1e-9, "twice");
    assertEquals(1 / (1 + 0.9), text.of(5), 1e-9, "half of two");
    assertTrue(text.detail(2).contains("(nearby)"));
    assertFalse(text.detail(4).contains("(nearby)"));
  }

  @Test
  void anAnswerIsLiftedByTheQuestionBeforeIt() {
    Scene scene = scene();
    TextShare text = share("instrument", RecallProfile.CONVERSATION);
    AnswerLift answer = new AnswerLift(scene, text);

    assertEquals(text.alone(0), answer.of(1), 1e-9);
    assertEquals(0, answer.of(0));
    assertEquals(0, answer.of(2), "what is before it does not ask");
    assertEquals(0, answer.of(4), "another session");
  }

  @Test
  void theShareOfTheSession() {
    SessionShare share = new SessionShare(scene(), share("tomatoes violin", RecallProfile.NOTES));

    // Both terms are in both sessions; the sessions have 9 and 3 words, 6 on average.
    double monday = 1 / (1 + 0.9 * (0.7 + 0.3 * 9 / 6));
    double flat = 0.9 * (0.7 + 0.3 * 3 / 6);
    double tuesday = (1 / (1 + flat) + 2 / (2 + flat)) / 2;
    assertEquals(monday, share.of(0), 1e-9);
    assertEquals(monday, share.of(3), 1e-9);
    assertEquals(tuesday, share.of(5), 1e-9);
  }

  @Test
  void theSimilarityOfAVectorMixedWithItsNeighbours() {
    Scene scene = scene();
    float[][] vectors = new float[6][];
    vectors[0] = new float[] {1, 0};
    vectors[1] = new float[] {0, 1};
    vectors[5] = new float[] {0.6f, 0.8f};
    float[] question = {1, 0};
    Measure mixed = new Similarity(scene, RecallProfile.CONVERSATION, question, vectors);
    Measure plain = new Similarity(scene, RecallProfile.NOTES, question, vectors);

    assertEquals(1 / Math.sqrt(1 + 0.2 * 0.2), mixed.of(0), 1e-6);
    assertEquals(0.5 / Math.sqrt(1 + 0.5 * 0.5), mixed.of(1), 1e-6);
    assertEquals(0.6, mixed.of(5), 1e-6);
    assertEquals(0, mixed.of(2), "it has no vector");
    assertFalse(mixed.finds(2));
    assertEquals(0, plain.of(1), 1e-6);
    assertTrue(plain.finds(1));
  }

  @Test
  void whatSaysWhoSpokeAndWhen() {
    Scene scene = scene();
    Wording ida = Wording.of("Ida's violin", chronicle.speakers(), _ -> true);
    Measure few = Priors.speaker(scene, ida, 1);
    Measure many = Priors.speaker(scene, ida, 5);
    Measure cues =
        Priors.cues(scene, new RecallProfile.Cues(-0.5, 0.25, 0.125), true, Wording.plain("x"));

    assertEquals(1, few.of(0));
    assertEquals(0, few.of(1));
    assertEquals(0.4, many.of(2));
    assertEquals(0, Priors.speaker(scene, Wording.plain("x"), 1).of(0));
    assertEquals(-0.5, cues.of(0));
    assertTrue(cues.detail(0).contains("asks"));
    assertEquals(0, cues.of(1));
    assertEquals(0, Priors.time(scene, NamedDates.in("violin")).of(0));
    assertEquals(0.3, Priors.time(scene, NamedDates.in("in 1970")).of(0));
  }

  @Test
  void theScoreIsTheSumOfTheArmsAndTiesGoToTheOlder() {
    Scene scene = scene();
    Scoring scoring = new Scoring(scene);
    scoring.add("text", 2, true, share("violin", RecallProfile.NOTES));
    scoring.add("prior", 1, false, row -> row == 3 ? 9 : 0);
    scoring.add("off", 0, true, _ -> 1);

    List<Ranked> best = scoring.best(scene.candidates(), 10, 0);
    assertEquals(List.of(4, 1), best.stream().map(Ranked::ordinal).toList());
    assertEquals(2 * 2 / 2.9, best.getFirst().score(), 1e-9);
    assertEquals(2, best.getFirst().contributions().size());
    assertEquals(1, scoring.best(scene.candidates(), 1, 0).size());
    assertEquals(List.of(), scoring.best(scene.candidates(), 10, 5));
  }

  @Test
  void whatCannotBeAmongTheBestAnyMoreIsNoContender() {
    Scene scene = scene();
    Scoring scoring = new Scoring(scene);
    scoring.add("arm", 1, true, row -> row);

    assertArrayEquals(new int[] {5, 4}, scoring.contenders(scene.candidates(), 2, 0, 9));
    assertArrayEquals(new int[] {5, 4, 3}, scoring.contenders(scene.candidates(), 2, 1, 9));
    assertArrayEquals(new int[] {5, 4}, scoring.contenders(scene.candidates(), 2, 9, 2));
    assertArrayEquals(
        new int[] {5, 4, 3, 2, 1},
        scoring.contenders(scene.candidates(), 6, 0, 9),
        "what is not found is none");
  }

  @Test
  void howAMemoryIsUsed() {
    long day = 86_400_000;
    List<@Nullable Usage> usages =
        Arrays.asList(
            new Usage(.5, 0, 1),
            new Usage(.5, 30 * day, 11),
            null,
            new Usage(.5, day - 1, 2),
            new Usage(.5, -5, 0));

    assertEquals(.5, Usage.importance(usages).of(0));
    assertEquals(0, Usage.importance(usages).of(2), "nothing is known of it");
    assertEquals(1, Usage.recency(usages).of(0));
    assertEquals(.5, Usage.recency(usages).of(1), 1e-9);
    assertEquals(1, Usage.recency(usages).of(3), "the same day");
    assertEquals(1, Usage.recency(usages).of(4), "a clock that was set back");
    assertEquals(0, Usage.reinforcement(usages).of(0));
    assertEquals(.5, Usage.reinforcement(usages).of(1), 1e-9);
    assertEquals(0, Usage.reinforcement(usages).of(4));
    assertTrue(Usage.recency(usages).detail(1).contains("30"));
    assertTrue(Usage.reinforcement(usages).detail(1).contains("10"));
    assertEquals("", Usage.recency(usages).detail(2));
    assertEquals("", Usage.reinforcement(usages).detail(2));
  }

  private Scene scene() {
    NodeSet nodes = new NodeSet();
    for (int i = 0; i < TURNS.size(); i++) {
      nodes.add(i);
    }
    return Scene.of(chronicle, nodes, 2, 2, _ -> false);
  }

  private TextShare share(String question, RecallProfile profile) {
    Scene scene = scene();
    TextQuery query = TextQuery.of(1, 0, question, 1);
    return new TextShare(scene, index.occurrences(query, scene.ordinals()), profile);
  }
}
