package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Explanation.Contribution;
import dev.engram.Recall.Arm;
import dev.engram.WhyNot.Verdict;
import dev.engram.spi.HashingEmbedder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** How importance, use and synapses count in recall. */
class LivingRecallTest {
  private static final double MOST_FOR_USE = .08;

  private final TestClock clock = new TestClock();
  private final Engram engram = Engram.open(EngramConfig.inMemory().clock(clock));
  private final MemorySpace space = engram.space("s");

  @AfterEach
  void isHealthyAtTheEnd() {
    try (engram) {
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private RecordId learn(String text) {
    return space.learn(Learning.of(text).allowDuplicates()).id();
  }

  private List<RecordId> recalled(Recall recall) {
    return ids(space.recall(recall.untouched()));
  }

  private static List<RecordId> ids(List<Recollection> hits) {
    return hits.stream().map(hit -> hit.memory().id()).toList();
  }

  private static Optional<Contribution> part(Explanation explanation, Arm arm) {
    return explanation.contributions().stream()
        .filter(part -> part.arm().equalsIgnoreCase(arm.name()))
        .findFirst();
  }

  private Recollection hit(Recall recall, RecordId id) {
    return space.recall(recall.untouched()).stream()
        .filter(hit -> hit.memory().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ofTwoThatMatchEquallyTheMoreImportantOneIsFirst() {
    RecordId older = learn("tea in the garden");
    RecordId important = learn("tea in the garden");
    Recall recall = Recall.about("tea garden");
    assertEquals(List.of(older, important), recalled(recall), "the older one, while all is equal");

    space.importance(older, .3);
    assertEquals(List.of(important, older), recalled(recall));
    Contribution part = part(hit(recall, older).explanation(), Arm.IMPORTANCE).orElseThrow();
    assertEquals(.3, part.raw(), 1e-9);
    assertEquals(.04, part.weight());
    assertEquals(List.of(older, important), recalled(recall.weight(Arm.IMPORTANCE, 0)));
    assertTrue(
        part(hit(recall.weight(Arm.IMPORTANCE, 0), older).explanation(), Arm.IMPORTANCE).isEmpty());
    RecallProfile indifferent = RecallProfile.NOTES.weight(Arm.IMPORTANCE, 0);
    assertEquals(List.of(older, important), recalled(recall.profile(indifferent)));
  }

  @Test
  void whatWasUsedLatelyAndOftenIsFirst() {
    RecordId older = learn("tea in the garden");
    RecordId used = learn("tea in the garden");
    Recall recall = Recall.about("tea garden").weight(Arm.IMPORTANCE, 0);
    clock.pass(Duration.ofDays(30));
    space.access(used);

    assertEquals(List.of(used, older), recalled(recall));
    assertEquals(List.of(used, older), recalled(recall.weight(Arm.RECENCY, 0)));
    assertEquals(List.of(used, older), recalled(recall.weight(Arm.REINFORCEMENT, 0)));
    assertEquals(
        List.of(older, used), recalled(recall.weight(Arm.REINFORCEMENT, 0).weight(Arm.RECENCY, 0)));
    Explanation explanation = hit(recall, older).explanation();
    assertEquals(.5, part(explanation, Arm.RECENCY).orElseThrow().raw(), 1e-9);
    assertEquals(0, part(explanation, Arm.REINFORCEMENT).orElseThrow().raw());
    Explanation ofUsed = hit(recall, used).explanation();
    assertEquals(1, part(ofUsed, Arm.RECENCY).orElseThrow().raw());
    assertEquals(1 / 11.0, part(ofUsed, Arm.REINFORCEMENT).orElseThrow().raw(), 1e-9);
  }

  @Test
  void useFindsNothingByItself() {
    RecordId important = learn("trains to Oslo");
    space.access(important);
    assertEquals(List.of(), recalled(Recall.about("tea")));
    Recall byUse = Recall.about("trains").weight(Arm.TEXT, 0).weight(Arm.IMPORTANCE, 1);
    assertEquals(List.of(), recalled(byUse));
  }

  @Test
  void howSomethingIsUsedNowDoesNotCountForAnotherTime() {
    RecordId older = learn("tea in the garden");
    RecordId important = learn("tea in the garden");
    space.importance(older, .2);
    Recall then = Recall.about("tea").validAt(clock.instant());

    assertEquals(List.of(older, important), recalled(then));
    assertTrue(part(hit(then, older).explanation(), Arm.RECENCY).isEmpty());
    assertEquals(List.of(important, older), recalled(then.weight(Arm.IMPORTANCE, .04)));
  }

  @RepeatedTest(3)
  void anExactMatchIsNeverBehindAWeakButImportantOne(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> texts = new ArrayList<>();
    List<RecordId> ids = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      texts.add("note " + word(random) + " " + word(random) + " " + word(random) + " " + i);
      ids.add(learn(texts.getLast()));
    }
    clock.pass(Duration.ofDays(365));
    int exact = random.nextInt(texts.size());
    space.importance(ids.get(exact), 0);
    for (int i = 0; i < ids.size(); i++) {
      for (int times = 0; i != exact && times < random.nextInt(20); times++) {
        space.access(ids.get(i));
      }
    }
    Recall recall = Recall.about(texts.get(exact)).limit(20);
    assertEquals(ids.get(exact), recalled(recall).getFirst());
    double before = Double.POSITIVE_INFINITY;
    for (Recollection hit : space.recall(recall.untouched())) {
      double matched = part(hit.explanation(), Arm.TEXT).orElseThrow().amount();
      assertTrue(hit.score() - matched <= MOST_FOR_USE, "use counts no more than that");
      assertTrue(matched <= before + MOST_FOR_USE, "nothing overtakes a much better match");
      before = Math.min(before, matched);
    }
  }

  private static String word(Random random) {
    return "w" + random.nextInt(60);
  }

  @Test
  void aMemoryIsFoundByAssociationAloneWithTheWayToIt() {
    RecordId tea = space.learn(Learning.of("green tea").withId(RecordId.of("tea"))).id();
    RecordId kyoto = space.learn(Learning.of("temples").withId(RecordId.of("kyoto"))).id();
    RecordId japan = space.learn(Learning.of("islands").withId(RecordId.of("japan"))).id();
    learn("trains to Oslo");
    Recall recall = Recall.about("tea");
    assertEquals(List.of(tea), recalled(recall));
    assertTrue(
        part(hit(recall, tea).explanation(), Arm.ASSOCIATION).isEmpty(),
        "a space without synapses is not asked");

    space.associate(
        List.of(
            Association.of(tea, kyoto, "GROWS_AT").withStrength(.9),
            Association.of(japan, kyoto, "CONTAINS").withStrength(.8)));
    List<Recollection> hits = space.recall(recall.untouched());
    assertEquals(List.of(tea, kyoto, japan), ids(hits));
    double seed = part(hits.get(0).explanation(), Arm.TEXT).orElseThrow().amount();
    Contribution near = part(hits.get(1).explanation(), Arm.ASSOCIATION).orElseThrow();
    assertEquals("tea -GROWS_AT 0.900-> kyoto", near.detail());
    assertEquals(seed * .9 * .7, near.raw(), 1e-6);
    assertEquals(.2, near.weight());
    Contribution far = part(hits.get(2).explanation(), Arm.ASSOCIATION).orElseThrow();
    assertEquals("tea -GROWS_AT 0.900-> kyoto <-CONTAINS 0.800- japan", far.detail());
    assertEquals(near.raw() * .8 * .7, far.raw(), 1e-6);
    assertEquals(List.of(tea), recalled(recall.weight(Arm.ASSOCIATION, 0)));

    WhyNot whyNot = space.whyNot(japan, recall.limit(2));
    assertEquals(Verdict.OUTRANKED, whyNot.verdict());
    assertEquals(hits.get(2).score(), whyNot.score().orElseThrow(), 1e-9);
    clock.pass(Duration.ofDays(3_000));
    assertEquals(List.of(tea), recalled(recall), "what has faded away leads nowhere");
  }

  @Test
  void matchesThatAreAssociatedSupportEachOther() {
    RecordId first = learn("tea in the garden");
    RecordId second = learn("tea in the kitchen");
    RecordId third = learn("tea in the bedroom");
    space.associate(List.of(Association.of(first, third).withStrength(1)));
    List<Recollection> hits = space.recall(Recall.about("tea").untouched());

    assertEquals(List.of(first, third, second), ids(hits));
    assertEquals(
        part(hits.get(0).explanation(), Arm.ASSOCIATION).orElseThrow().raw(),
        part(hits.get(1).explanation(), Arm.ASSOCIATION).orElseThrow().raw(),
        1e-9);
    assertEquals(0, part(hits.get(2).explanation(), Arm.ASSOCIATION).orElseThrow().raw());
  }

  @Test
  void noWayLeadsThroughWhatAQuestionMayNotSee() {
    RecordId tea = space.learn(Learning.of("green tea").forUser("alice")).id();
    RecordId bobs = space.learn(Learning.of("a secret").forUser("bob")).id();
    RecordId kyoto = space.learn(Learning.of("temples").forUser("alice")).id();
    space.associate(
        List.of(
            Association.of(tea, bobs).withStrength(1),
            Association.of(bobs, kyoto).withStrength(1),
            Association.of(tea, bobs, Synapse.CONTRADICTS).withStrength(1)));

    assertEquals(List.of(tea, bobs, kyoto), recalled(Recall.about("tea")));
    assertEquals(List.of(bobs), hit(Recall.about("tea"), tea).contradictedBy());
    assertEquals(List.of(tea), recalled(Recall.about("tea").user("alice")));
    assertEquals(List.of(), hit(Recall.about("tea").user("alice"), tea).contradictedBy());
    space.forget(bobs);
    assertEquals(List.of(tea), recalled(Recall.about("tea")));
  }

  @Test
  void workingMemoryBringsToMindWhatItIsAssociatedWith() {
    RecordId kyoto = learn("temples");
    RecordId japan = learn("islands");
    RecordId tea = learn("green tea");
    space.associate(List.of(Association.of(kyoto, japan).withStrength(1)));
    Recall recall = Recall.about("tea");

    assertEquals(List.of(tea), recalled(recall));
    List<RecordId> primed = recalled(recall.primed(true));
    assertEquals(tea, primed.getFirst());
    assertTrue(primed.containsAll(List.of(kyoto, japan)), () -> primed.toString());
    clock.pass(Duration.ofHours(2));
    assertEquals(List.of(tea), recalled(recall.primed(true)), "it has left working memory");
  }

  @Test
  void saysWhatContradictsAMemory() {
    RecordId flat = learn("the earth is flat");
    RecordId round = learn("our planet is a ball");
    RecordId hollow = learn("the world is hollow");
    Recall recall = Recall.about("earth").weight(Arm.ASSOCIATION, 0);
    assertEquals(List.of(), hit(recall, flat).contradictedBy());

    space.associate(
        List.of(
            Association.of(flat, hollow, Synapse.CONTRADICTS).withStrength(.5),
            Association.of(round, flat, Synapse.CONTRADICTS).withStrength(.9)));
    assertEquals(List.of(round, hollow), hit(recall, flat).contradictedBy());
    assertEquals(
        List.of(flat),
        hit(Recall.about("planet").weight(Arm.ASSOCIATION, 0), round).contradictedBy());
    space.endValidity(hollow, clock.instant());
    assertEquals(
        List.of(round), hit(recall, flat).contradictedBy(), "what does not hold is silent");
    for (int i = 0; i < Limits.MAX_RIVALS + 5; i++) {
      RecordId another = learn("another opinion " + i);
      space.associate(List.of(Association.of(another, flat, Synapse.CONTRADICTS).withStrength(.3)));
    }
    assertEquals(Limits.MAX_RIVALS, hit(recall, flat).contradictedBy().size());
  }

  @Test
  void saysWhatTookThePlaceOfAMemory() {
    RecordId old = learn("Alice lives in Oslo");
    clock.pass(Duration.ofDays(1));
    Learning learning = Learning.of("Alice lives in Kyoto").validFrom(clock.instant());
    RecordId fresh = space.supersede(old, learning).id();
    Recall any = Recall.about("Alice").anyValidity(true);

    assertEquals(List.of(fresh), hit(any, old).supersededBy());
    assertEquals(List.of(), hit(any, fresh).supersededBy());
    assertEquals(List.of(), hit(Recall.about("Alice"), fresh).supersededBy());
    Recall then = Recall.about("Alice").validAt(clock.instant().minusSeconds(3_600));
    assertEquals(List.of(), hit(then, old).supersededBy(), "then nothing had taken its place");
  }

  @Test
  void whatDoesNotHoldIsNotFoundForThatReason() {
    RecordId old = learn("Alice lives in Oslo");
    RecordId later =
        space
            .learn(Learning.of("Alice lives in Rome").validFrom(clock.instant().plusSeconds(60)))
            .id();
    clock.pass(Duration.ofSeconds(1));
    space.supersede(old, Learning.of("Alice lives in Kyoto"));
    Recall recall = Recall.about("Alice");

    assertEquals(Verdict.NOT_HOLDING, space.whyNot(old, recall).verdict());
    assertEquals(Verdict.NOT_HOLDING, space.whyNot(later, recall).verdict());
    assertTrue(space.whyNot(old, recall).reason().contains("does not hold"));
    assertEquals(Verdict.FOUND, space.whyNot(old, recall.anyValidity(true)).verdict());
    assertEquals(
        Verdict.OUTSIDE_TIME,
        space
            .whyNot(old, recall.anyValidity(true).until(clock.instant().minusSeconds(9)))
            .verdict());
    clock.pass(Duration.ofMinutes(2));
    assertEquals(Verdict.FOUND, space.whyNot(later, recall).verdict());
  }

  @RepeatedTest(6)
  void everyExplanationAddsUpInALivingSpace(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    EngramConfig config = EngramConfig.inMemory().clock(clock);
    boolean vectors = seed % 2 == 0;
    try (Engram living = Engram.open(vectors ? config.embedder(new HashingEmbedder(32)) : config)) {
      MemorySpace talk = living.space("talk");
      List<RecordId> ids = learnAndUse(talk, seed > 4 ? 3_000 : 200, random);
      for (int i = 0; i < 20; i++) {
        Recall recall =
            Recall.about(word(random) + " " + word(random))
                .limit(20)
                .untouched()
                .primed(i % 5 == 0);
        for (Arm arm : Arm.values()) {
          recall = random.nextInt(4) == 0 ? recall.weight(arm, random.nextInt(3)) : recall;
        }
        List<Recollection> hits = talk.recall(recall);
        checkSums(hits, "seed=" + seed);
        assertEquals(ids(hits).stream().distinct().toList(), ids(hits), "seed=" + seed);
        checkWhyNot(talk, recall, hits, ids.get(random.nextInt(ids.size())));
      }
      assertTrue(living.check().ok());
    }
  }

  private List<RecordId> learnAndUse(MemorySpace talk, int size, Random random) {
    List<Learning> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String text = word(random) + " " + word(random) + " " + word(random);
      all.add(
          Learning.of(text)
              .inSession("s" + i / 17)
              .saidBy(i % 3 == 0 ? "Ida" : "Otto")
              .withImportance(random.nextDouble())
              .allowDuplicates());
    }
    List<RecordId> ids = talk.learn(all).stream().map(Memory::id).toList();
    List<Association> synapses = new ArrayList<>();
    for (int i = 0; i < 2 * size; i++) {
      RecordId from = ids.get(random.nextInt(size));
      RecordId to = ids.get(random.nextInt(size));
      if (!from.equals(to)) {
        synapses.add(Association.of(from, to).withStrength(.1 + .9 * random.nextDouble()));
      }
    }
    talk.associate(synapses);
    clock.pass(Duration.ofDays(1));
    for (int i = 0; i < 50; i++) {
      talk.access(ids.get(random.nextInt(size)));
    }
    return ids;
  }

  private static void checkSums(List<Recollection> hits, String seed) {
    double last = Double.POSITIVE_INFINITY;
    for (Recollection hit : hits) {
      for (Contribution part : hit.explanation().contributions()) {
        assertEquals(part.raw() * part.weight(), part.amount(), 1e-12, seed);
        boolean way = part.detail().contains("->") || part.detail().contains("<-");
        boolean association = part.arm().equals("association");
        assertEquals(association && part.raw() > 0, way, seed);
      }
      assertEquals(hit.score(), hit.explanation().total(), 1e-12, seed);
      assertTrue(hit.score() <= last, seed);
      last = hit.score();
    }
  }

  private static void checkWhyNot(
      MemorySpace talk, Recall recall, List<Recollection> hits, RecordId other) {
    for (RecordId id : hits.isEmpty() ? List.of(other) : List.of(ids(hits).getLast(), other)) {
      WhyNot whyNot = talk.whyNot(id, recall);
      assertEquals(ids(hits).contains(id), whyNot.verdict() == Verdict.FOUND);
      for (Recollection hit : hits) {
        if (hit.memory().id().equals(id) && talk.count() < 1_000) {
          assertEquals(
              hit.score(),
              whyNot.score().orElseThrow(),
              1e-6,
              () -> hit.explanation() + " or " + whyNot.explanation());
        }
      }
    }
  }
}
