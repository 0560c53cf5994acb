package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Explanation.Contribution;
import dev.engram.Recall.Arm;
import dev.engram.WhyNot.Verdict;
import dev.engram.spi.HashingEmbedder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recall of a space; the talk in it was written for these tests. */
class RecallTest {
  private static final Instant MAY = Instant.parse("2031-05-08T10:00:00Z");
  private static final Instant JUNE = Instant.parse("2031-06-20T10:00:00Z");

  @TempDir Path folder;

  private final TestClock clock = new TestClock();

  @Test
  void findsAnAnswerByTheQuestionThatWasAskedBeforeIt() {
    try (Engram engram = open()) {
      MemorySpace space = talk(engram);
      List<Recollection> hits = space.recall("Which instrument does Otto play?");

      assertEquals("The old violin of my grandmother.", hits.getFirst().memory().text());
      Explanation explanation = hits.getFirst().explanation();
      assertTrue(amount(explanation, "answer") > 0);
      assertTrue(part(explanation, "text").detail().contains("nearby"));
      assertTrue(explanation.notes().contains("profile: conversation"), "" + explanation.notes());
      assertHealthy(engram);
    }
  }

  @Test
  void whatANameSaysIsWhoSpoke() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      say(space, "a", "Ida", MAY, "The garden is full of weeds.");
      say(space, "b", "Otto", MAY, "The garden is full of weeds.");
      say(space, "b", "Ida", MAY, "Otto, Otto, are you there?");
      Recollection best = space.recall("Otto's garden?").getFirst();

      assertEquals("Otto", best.memory().metadata().asMap().get(Scope.SPEAKER));
      assertTrue(amount(best.explanation(), "speaker") > 0);
      assertFalse(part(best.explanation(), "text").detail().contains("otto"));
      assertHealthy(engram);
    }
  }

  @Test
  void aDateInTheQuestionIsComparedWithTheTimeOfTheEvent() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      say(space, "a", "Ida", JUNE, "We had a picnic at the lake.");
      say(space, "b", "Ida", MAY, "We had a picnic at the lake.");
      say(space, "b", "Otto", MAY, "It rained.");
      Recollection best = space.recall("Where was the picnic in May?").getFirst();

      assertEquals(MAY, best.memory().occurredAt().orElseThrow());
      assertEquals(1, part(best.explanation(), "time").raw());
      assertHealthy(engram);
    }
  }

  @Test
  void aDateFindsItsMemoriesAmongThousandsOfOthers() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      List<Learning> others = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) {
        String speaker = i % 2 == 0 ? "Ida" : "Otto";
        others.add(turn("s" + i / 10, speaker, JUNE, "We had a picnic, number " + (5_000 + i)));
      }
      space.learn(others);
      say(space, "then", "Ida", MAY, "The rain spoiled our picnic and everything else that day");
      Recollection best = space.recall("Where was the picnic in May 2031?").getFirst();

      assertEquals(MAY, best.memory().occurredAt().orElseThrow());
      assertHealthy(engram);
    }
  }

  @Test
  void theSpaceChoosesItsProfile() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      space.learn(Learning.of("green tea").inSession("a").saidBy("Ida"));
      assertEquals("profile: notes", note(space, Recall.about("tea")));
      space.learn(Learning.of("black tea").inSession("a").saidBy("Otto").forUser("u"));
      assertEquals("profile: conversation", note(space, Recall.about("tea")));
      assertEquals("profile: notes", note(space, Recall.about("tea").user("u")));
      assertEquals("profile: notes", note(space, Recall.about("tea").profile(RecallProfile.NOTES)));
      RecallProfile own = RecallProfile.CONVERSATION.named("own").context(List.of(1.0), List.of());
      assertEquals("profile: own", note(space, Recall.about("tea").profile(own)));
      assertThrows(
          InvalidInputException.class,
          () -> RecallProfile.NOTES.context(List.of(.1, .1, .1), List.of()));
      assertThrows(
          InvalidInputException.class, () -> RecallProfile.NOTES.context(List.of(), List.of(2.0)));
      assertHealthy(engram);
    }
  }

  @Test
  void theTimeOfAnEventStaysWithItsMemory() {
    RecordId id = RecordId.of("picnic");
    try (Engram engram = Engram.open(EngramConfig.at(folder).createIfMissing(true))) {
      MemorySpace space = engram.space("s");
      Memory memory = space.learn(Learning.of("We had a picnic.").withId(id).occurredAt(MAY));
      assertEquals(MAY, memory.occurredAt().orElseThrow());
      assertTrue(space.learn("It rained.").occurredAt().isEmpty());
      space.update(id, "We had a picnic at the lake.");
      space.update(id, MetadataPatch.empty().set("place", "lake"));
      assertEquals(MAY, space.get(id).orElseThrow().occurredAt().orElseThrow());
      assertHealthy(engram);
    }
    try (Engram engram = Engram.open(EngramConfig.at(folder))) {
      MemorySpace space = engram.space("s");
      assertEquals(MAY, space.recall("lake").getFirst().memory().occurredAt().orElseThrow());
      space.learn(Learning.of("No picnic.").withId(id));
      assertTrue(space.get(id).orElseThrow().occurredAt().isEmpty());
      assertThrows(InvalidInputException.class, () -> Learning.of("x").occurredAt(Instant.MAX));
      assertHealthy(engram);
    }
  }

  @Test
  void recallsOnlyWhatIsOfATime() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      space.learn(Learning.of("tea in May").occurredAt(MAY));
      space.learn(Learning.of("tea in June").occurredAt(JUNE));
      space.learn(Learning.of("tea of today"));
      Instant now = clock.instant();

      assertEquals(
          List.of("tea in May"), texts(space.recall(Recall.about("tea").between(MAY, JUNE))));
      assertEquals(
          List.of("tea in June"),
          texts(space.recall(Recall.about("tea").since(MAY.plusSeconds(1)))));
      assertEquals(
          List.of("tea of today"),
          texts(space.recall(Recall.about("tea").between(now, now.plusSeconds(1)))));
      assertEquals(3, space.recall(Recall.about("tea").until(JUNE.plusSeconds(1))).size());
      assertThrows(InvalidInputException.class, () -> Recall.about("tea").between(JUNE, MAY));
      assertHealthy(engram);
    }
  }

  @Test
  void aQuestionMayBringItsVector() {
    HashingEmbedder embedder = new HashingEmbedder(64);
    float[] tea = embedder.embedQuery("green tea");
    try (Engram engram = openWith(embedder)) {
      MemorySpace space = engram.space("s");
      space.learn("green tea in the morning");
      space.learn("trains to Oslo");
      Recollection hit = space.recall(Recall.near(tea)).getFirst();
      assertEquals("green tea in the morning", hit.memory().text());
      assertEquals(0, amount(hit.explanation(), "text"));
      assertTrue(amount(hit.explanation(), "vector") > .5 * hit.score());
      Recall both = Recall.about("trains").vector(tea);
      assertEquals(2, space.recall(both).size());
      assertThrows(
          InvalidInputException.class, () -> space.recall(Recall.near(new float[] {1, 2})));
      assertHealthy(engram);
    }
    try (Engram engram = open()) {
      MemorySpace space = engram.space("words only");
      space.learn("green tea in the morning");
      assertThrows(MismatchException.class, () -> space.recall(Recall.near(tea)));
    }
  }

  @Test
  void whatIsLikeAMemoryIsNotItself() {
    try (Engram engram = openWith(new HashingEmbedder(64))) {
      MemorySpace space = engram.space("s");
      Memory tea = space.learn("green tea in the morning");
      space.learn("black tea in the evening");
      space.learn("trains to Oslo");
      List<Recollection> hits = space.recall(Recall.like(tea.id()));

      assertEquals("black tea in the evening", hits.getFirst().memory().text());
      assertFalse(texts(hits).contains(tea.text()));
      assertThrows(NotFoundException.class, () -> space.recall(Recall.like(RecordId.of("nobody"))));
      assertHealthy(engram);
    }
  }

  @Test
  void tellsWhatKeptAMemoryOut() {
    try (Engram engram = openWith(new HashingEmbedder(64))) {
      MemorySpace space = engram.space("s");
      Memory tea = space.learn(Learning.of("green tea, green tea").occurredAt(MAY));
      Memory other = space.learn("tea with milk and sugar and some more");
      Memory brief =
          space.learn(Learning.of("green tea soon gone").withTimeToLive(Duration.ofMinutes(1)));
      clock.pass(Duration.ofMinutes(2));
      Recall recall = Recall.about("green tea").limit(1);

      WhyNot found = space.whyNot(tea.id(), recall);
      assertEquals(Verdict.FOUND, found.verdict());
      assertEquals(1, found.rank().orElseThrow());
      WhyNot outranked = space.whyNot(other.id(), recall);
      assertEquals(Verdict.OUTRANKED, outranked.verdict());
      assertTrue(outranked.score().orElseThrow() < outranked.leastScore().orElseThrow());
      assertEquals(
          outranked.score().orElseThrow(), outranked.explanation().orElseThrow().total(), 1e-9);
      assertEquals(
          space.recall(recall.limit(2)).getLast().score(), outranked.score().orElseThrow(), 1e-6);
      assertEquals(Verdict.EXPIRED, space.whyNot(brief.id(), recall).verdict());
      assertEquals(Verdict.NOT_THERE, space.whyNot(RecordId.of("x"), recall).verdict());
      assertEquals(Verdict.FILTERED, space.whyNot(tea.id(), recall.user("u")).verdict());
      assertEquals(Verdict.OUTSIDE_TIME, space.whyNot(tea.id(), recall.since(JUNE)).verdict());
      assertEquals(Verdict.ITSELF, space.whyNot(tea.id(), Recall.like(tea.id())).verdict());
      assertEquals(Verdict.BELOW_MIN_SCORE, space.whyNot(other.id(), recall.minScore(9)).verdict());
      assertEquals(
          Verdict.NOTHING_IN_COMMON,
          space.whyNot(other.id(), Recall.about("zebra").weight(Arm.VECTOR, 0)).verdict());
      for (Verdict verdict : Verdict.values()) {
        assertFalse(
            new WhyNot(
                    tea.id(),
                    verdict,
                    found.rank(),
                    found.score(),
                    found.leastScore(),
                    found.explanation())
                .reason()
                .isBlank());
      }
      assertHealthy(engram);
    }
  }

  @Test
  void fillsAContextWithoutSayingThingsTwice() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      space.learn("tea is good in the morning hours");
      space.learn("good in the morning hours is tea");
      space.learn("the tea kettle is blue");
      space.learn("trains to Oslo");
      Recall recall = Recall.about("tea morning").tokens(100);

      assertEquals(2, space.recall(recall).size());
      assertEquals(1, space.recall(Recall.about("tea morning").tokens(8)).size());
      assertEquals(0, space.recall(Recall.about("tea morning").tokens(1)).size());
      assertEquals(2, space.recall(Recall.about("tea morning").tokens(1, 50)).size() + 1);
      assertEquals(1, space.recall(recall.limit(1)).size());
      assertThrows(InvalidInputException.class, () -> Recall.about("tea").tokens(0));
      assertHealthy(engram);
    }
  }

  @Test
  void whatHasExpiredIsNobodysContext() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      Learning asked = turn("a", "Ida", MAY, "Which instrument do you play?");
      space.learn(asked.withTimeToLive(Duration.ofMinutes(1)));
      say(space, "a", "Otto", MAY, "An old one.");
      assertEquals(2, space.recall("instrument").size());
      clock.pass(Duration.ofMinutes(2));
      assertEquals(0, space.recall("instrument").size());
      assertHealthy(engram);
    }
  }

  @RepeatedTest(5)
  void everyExplanationAddsUpToItsScore(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    boolean vectors = seed % 2 == 0;
    try (Engram engram = vectors ? openWith(new HashingEmbedder(32)) : open()) {
      MemorySpace space = engram.space("s");
      int size = seed == 5 ? 3_000 : 200;
      space.learnAll(
          IntStream.range(0, size)
              .mapToObj(i ->
                  turn(
                      "s" + i / 17,
                      i % 3 == 0 ? "Ida" : "Otto",
                      MAY.plusSeconds(86_400L * i),
                      sentence(random)))
              .iterator(),
          Progress.NONE);
      for (int i = 0; i < 20; i++) {
        Recall recall = Recall.about("When did Ida's " + sentence(random) + " in May?").limit(20);
        for (Arm arm : Arm.values()) {
          recall = random.nextInt(3) == 0 ? recall.weight(arm, random.nextInt(3)) : recall;
        }
        checkSums(space.recall(recall), "seed=" + seed);
      }
      assertHealthy(engram);
    }
  }

  private static void checkSums(List<Recollection> hits, String seed) {
    double last = Double.POSITIVE_INFINITY;
    for (Recollection hit : hits) {
      double sum = 0;
      for (Contribution part : hit.explanation().contributions()) {
        assertEquals(part.raw() * part.weight(), part.amount(), 1e-12, seed);
        sum += part.amount();
      }
      assertEquals(hit.score(), sum, 1e-12, seed);
      assertTrue(hit.score() <= last, seed);
      last = hit.score();
    }
  }

  @Test
  void aLargeSpaceGivesWhatASmallOneWould() {
    List<String> texts = new ArrayList<>();
    Random random = new Random(7);
    IntStream.range(0, 4_000).forEach(i -> texts.add(sentence(random) + " " + i));
    try (Engram engram = openWith(new HashingEmbedder(32))) {
      MemorySpace space = engram.space("s");
      IntStream.range(0, texts.size())
          .forEach(i -> {
            if (i % 1_000 == 999) {
              space.learn(
                  IntStream.rangeClosed(i - 999, i)
                      .mapToObj(
                          j -> turn("s" + j / 20, j % 2 == 0 ? "Ida" : "Otto", MAY, texts.get(j)))
                      .toList());
            }
          });
      // Of a session, everything is looked at; of the space, what the arms find.
      for (int i = 0; i < 4_000; i += 500) {
        Recall whole = Recall.about(texts.get(i)).limit(1);
        Recollection best = space.recall(whole).getFirst();
        Recollection within = space.recall(whole.session("s" + i / 20)).getFirst();
        assertEquals(texts.get(i), best.memory().text());
        assertEquals(within.memory().id(), best.memory().id());
        assertEquals(
            amount(within.explanation(), "text"), amount(best.explanation(), "text"), 1e-9);
        assertEquals(
            amount(within.explanation(), "vector"), amount(best.explanation(), "vector"), 1e-6);
      }
      assertHealthy(engram);
    }
  }

  private MemorySpace talk(Engram engram) {
    MemorySpace space = engram.space("s");
    say(space, "a", "Ida", MAY, "Which instrument do you play?");
    say(space, "a", "Otto", MAY, "The old violin of my grandmother.");
    say(space, "a", "Ida", MAY, "Lovely!");
    say(space, "b", "Otto", JUNE, "I planted tomatoes on the balcony.");
    say(space, "b", "Ida", JUNE, "Do they grow?");
    return space;
  }

  private static String sentence(Random random) {
    String[] words = {"tea", "garden", "violin", "planted", "yesterday", "lake", "old", "snow?"};
    StringBuilder out = new StringBuilder("I");
    for (int i = 0; i < 4; i++) {
      out.append(' ').append(words[random.nextInt(words.length)]);
    }
    return out.toString();
  }

  private static void say(
      MemorySpace space, String session, String speaker, Instant when, String text) {
    space.learn(turn(session, speaker, when, text));
  }

  private static Learning turn(String session, String speaker, Instant when, String text) {
    return Learning.of(text).inSession(session).saidBy(speaker).occurredAt(when).allowDuplicates();
  }

  private static String note(MemorySpace space, Recall recall) {
    return space.recall(recall).getFirst().explanation().notes().getLast();
  }

  private static Contribution part(Explanation explanation, String arm) {
    return explanation.contributions().stream()
        .filter(part -> part.arm().equals(arm))
        .findFirst()
        .orElseThrow();
  }

  private static double amount(Explanation explanation, String arm) {
    return part(explanation, arm).amount();
  }

  private static List<String> texts(List<Recollection> hits) {
    return hits.stream().map(hit -> hit.memory().text()).toList();
  }

  private static void assertHealthy(Engram engram) {
    assertEquals(List.of(), engram.check().findings());
  }

  private Engram open() {
    return Engram.open(EngramConfig.inMemory().clock(clock));
  }

  private Engram openWith(HashingEmbedder embedder) {
    return Engram.open(EngramConfig.inMemory().clock(clock).embedder(embedder));
  }
}
