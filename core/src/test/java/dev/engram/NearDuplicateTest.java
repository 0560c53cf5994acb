package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import dev.engram.spi.HashingEmbedder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What learning does where nearly the same is known, and where a recall comes back. */
class NearDuplicateTest {
  private static final String TEA =
      "Alice prefers green tea from the small shop near the old station to any other drink";
  private static final String NEARLY_TEA =
      "Indeed Alice prefers green tea from the small shop near the old station to any other drink";
  private static final String OTHER = "The bicycle of Bob has a flat tyre since Monday";

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private Engram engram;
  private MemorySpace words;
  private MemorySpace vectors;

  @BeforeEach
  void open() {
    engram = Engram.open(EngramConfig.inMemory().clock(clock));
    words = engram.space("words");
  }

  @AfterEach
  void isHealthyAtTheEnd() {
    try (Engram open = engram) {
      assertTrue(open.check().ok(), () -> open.check().toString());
    }
  }

  private void embed() {
    engram.close();
    engram = Engram.open(EngramConfig.inMemory().clock(clock).embedder(new HashingEmbedder(256)));
    vectors = engram.space("vectors");
  }

  private static Learning reinforcing(String text) {
    return Learning.of(text).onNearDuplicate(NearDuplicates.reinforce());
  }

  @Test
  void bothAreKeptUnlessAsked() {
    RecordId first = words.learn(TEA).id();
    assertNotEquals(first, words.learn(NEARLY_TEA).id());
    assertEquals(2, words.count());
  }

  @Test
  void theMemoryThatIsThereIsUsedByWords() {
    Memory first = words.learn(TEA);
    words.learn(OTHER);
    Memory again = words.learn(reinforcing(NEARLY_TEA));
    assertEquals(first.id(), again.id());
    assertEquals(TEA, again.text());
    assertEquals(2, again.accessCount());
    assertEquals(2, words.count());
    assertNotEquals(first.id(), words.learn(reinforcing(OTHER + " and a bent fork")).id());
  }

  @Test
  void theMemoryThatIsThereIsUsedByVectors() {
    embed();
    Memory first = vectors.learn(TEA);
    assertEquals(first.id(), vectors.learn(reinforcing(NEARLY_TEA)).id());
    assertNotEquals(first.id(), vectors.learn(reinforcing(OTHER)).id());
    NearDuplicates same = NearDuplicates.reinforce().cosine(.99999);
    assertNotEquals(first.id(), vectors.learn(Learning.of(NEARLY_TEA).onNearDuplicate(same)).id());
  }

  @Test
  void aMemoryThatWaitsForItsVectorIsComparedByWords() {
    RecordId first = words.learn(TEA).id();
    Path store = directory.resolve("saved");
    engram.saveTo(store);
    try (Engram saved =
        Engram.open(EngramConfig.at(store).clock(clock).embedder(new AwayThenThere()))) {
      MemorySpace space = saved.space("words");
      assertEquals(1, space.pending());
      assertEquals(first, space.learn(reinforcing(NEARLY_TEA)).id());
    }
  }

  /** Embeds what is learned, but fails for the text that waits. */
  private static final class AwayThenThere implements Embedder {
    private final HashingEmbedder real = new HashingEmbedder(64);

    @Override
    public EmbedderIdentity identity() {
      return real.identity();
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      if (texts.contains(TEA)) {
        throw new UnavailableException("not this one");
      }
      return real.embed(texts);
    }
  }

  @Test
  void aLinkJoinsBoth() {
    Memory first = words.learn(TEA);
    Memory second = words.learn(Learning.of(NEARLY_TEA).onNearDuplicate(NearDuplicates.link()));
    assertNotEquals(first.id(), second.id());
    Synapse link = words.neighbours(second.id()).getFirst();
    assertEquals(Synapse.SIMILAR_TO, link.relation());
    assertEquals(second.id(), link.from());
    assertEquals(first.id(), link.to());
    assertTrue(link.weight() >= NearDuplicates.LEAST_WORDS && link.weight() < 1);
  }

  private static void learnsOneBatch(MemorySpace space) {
    List<Memory> learned =
        space.learn(List.of(reinforcing(TEA), reinforcing(OTHER), reinforcing(NEARLY_TEA)));
    assertEquals(learned.getFirst().id(), learned.getLast().id());
    assertEquals(2, space.count());
  }

  @Test
  void oneBatchAndOneTransactionSeeTheirOwn() {
    learnsOneBatch(words);
    embed();
    learnsOneBatch(vectors);
    engram.write(tx -> {
      MemorySpace fresh = tx.space("fresh");
      RecordId first = fresh.learn(TEA).id();
      assertEquals(first, fresh.learn(reinforcing(NEARLY_TEA)).id());
      assertTrue(fresh.forget(first));
      RecordId second = fresh.learn(reinforcing(NEARLY_TEA)).id();
      assertNotEquals(first, second, "what is forgotten is not there");
      assertTrue(fresh.update(second, OTHER));
      assertNotEquals(second, fresh.learn(reinforcing(TEA)).id());
      assertEquals(second, fresh.learn(reinforcing(OTHER.toUpperCase(Locale.ROOT))).id());
    });
    assertEquals(2, engram.space("fresh").count());
  }

  @Test
  void whatWasAcknowledgedBeforeIsSeenAtOnce() {
    embed();
    for (int i = 0; i < 200; i++) {
      String text = TEA + " " + word(i) + " " + word(i + 7_919);
      RecordId id = vectors.learn(Learning.of(text).allowDuplicates()).id();
      NearDuplicates nearly = NearDuplicates.reinforce().cosine(.9999);
      assertEquals(
          id,
          vectors.learn(Learning.of(text.toUpperCase(Locale.ROOT)).onNearDuplicate(nearly)).id());
    }
    assertEquals(200, vectors.count());
  }

  /** A word without a digit. */
  private static String word(int i) {
    return Integer.toString(i * 7_919 + 40_000, 26).replaceAll("[0-9]", "z")
        + (char) ('a' + i % 26);
  }

  @Test
  void numbersSetTextsApart() {
    RecordId first = words.learn(TEA + " since 2019").id();
    assertNotEquals(first, words.learn(reinforcing(TEA + " since 2020")).id());
    assertEquals(first, words.learn(reinforcing(NEARLY_TEA + " since 2019")).id());
  }

  @Test
  void othersAndWhatHeldBeforeAreNoDuplicates() {
    Memory ann = words.learn(Learning.of(TEA).forUser("ann"));
    assertNotEquals(ann.id(), words.learn(reinforcing(NEARLY_TEA).forUser("bob")).id());
    assertNotEquals(
        ann.id(), words.learn(reinforcing(NEARLY_TEA).forUser("ann").inSession("s")).id());
    assertEquals(ann.id(), words.learn(reinforcing(NEARLY_TEA).forUser("ann")).id());
    clock.pass(Duration.ofDays(1));
    words.endValidity(ann.id(), clock.instant());
    assertNotEquals(ann.id(), words.learn(reinforcing(NEARLY_TEA).forUser("ann")).id());
  }

  @Test
  void manyOfOthersDoNotHideOnesOwn() {
    words.learn(
        IntStream.range(0, 100).mapToObj(i -> Learning.of(TEA).forUser("user" + i)).toList());
    Memory own = words.learn(Learning.of(TEA).forUser("ann"));
    assertEquals(own.id(), words.learn(reinforcing(NEARLY_TEA).forUser("ann")).id());
    Memory nobodys = words.learn(TEA);
    assertEquals(nobodys.id(), words.learn(reinforcing(NEARLY_TEA)).id());
    assertEquals(101 + 1, words.count());
    embed();
    vectors.learn(
        IntStream.range(0, 100).mapToObj(i -> Learning.of(TEA).forUser("user" + i)).toList());
    nobodys = vectors.learn(TEA);
    assertEquals(nobodys.id(), vectors.learn(reinforcing(NEARLY_TEA)).id());
  }

  @Test
  void whatAllowsDuplicatesAndWhatHasAnIdIsLearned() {
    RecordId first = words.learn(TEA).id();
    assertNotEquals(first, words.learn(reinforcing(TEA).allowDuplicates()).id());
    RecordId own = RecordId.of("own");
    assertEquals(own, words.learn(Learning.of(OTHER).withId(own)).id());
    assertEquals(NEARLY_TEA, words.learn(reinforcing(NEARLY_TEA).withId(own)).text());
  }

  @Test
  void refusesThresholdsThatAreNoShares() {
    for (double wrong : new double[] {0, -1, 1.1, Double.NaN}) {
      assertThrows(InvalidInputException.class, () -> NearDuplicates.link().cosine(wrong));
      assertThrows(InvalidInputException.class, () -> NearDuplicates.link().words(wrong));
    }
  }

  private static Learning guarded(String text) {
    return Learning.of(text).guardRecallLoop(true);
  }

  @Test
  void whatWasRecalledComesBackAsItself() {
    Memory tea = words.learn(Learning.of(TEA).forUser("ann").saidBy("ann"));
    words.learn(Learning.of(OTHER).forUser("ann"));
    Learning echo = guarded(NEARLY_TEA).forUser("ann").saidBy("assistant").inSession("later");
    assertEquals(tea.id(), words.recall(Recall.about("green tea")).getFirst().memory().id());
    assertEquals(tea.id(), words.learn(echo).id());
    assertEquals(tea.id(), words.learn(echo).id());
    assertEquals(2, words.count());
    AuditReport report = words.audit();
    assertEquals(1, report.count(AuditReport.Kind.RECALL_LOOPS));
    AuditReport.Finding loop = report.of(AuditReport.Kind.RECALL_LOOPS).getFirst();
    assertEquals(List.of(tea.id()), loop.memories());
    assertEquals(2, loop.measure());
    assertNotEquals(tea.id(), words.learn(guarded(NEARLY_TEA).forUser("bob")).id());
    words.forget(tea.id());
    assertEquals(0, words.audit().count(AuditReport.Kind.RECALL_LOOPS));
  }

  @Test
  void whatWasNotRecalledLatelyIsLearned() {
    RecordId tea = words.learn(TEA).id();
    assertNotEquals(tea, words.learn(guarded(NEARLY_TEA)).id());
    words.recall(Recall.about("green tea").untouched());
    assertNotEquals(tea, words.learn(guarded(NEARLY_TEA + " now")).id());
    words.recall(Recall.about("green tea"));
    clock.pass(Duration.ofHours(1).plusMillis(1));
    assertEquals(tea, words.learn(guarded(TEA)).id(), "it is the same text, no echo");
    assertEquals(0, words.audit().count(AuditReport.Kind.RECALL_LOOPS));
  }

  @Test
  void aSpaceCanGuardEveryLearningAndAfterReopeningToo() {
    Path store = directory.resolve("brain");
    RecordId tea;
    try (Engram first = Engram.open(EngramConfig.at(store).clock(clock))) {
      MemorySpace space = first.space("s");
      space.dynamics(space.dynamics().recallLoopGuard(true));
      tea = space.learn(TEA).id();
      space.recall(Recall.about("green tea"));
    }
    try (Engram again = Engram.open(EngramConfig.at(store).clock(clock))) {
      MemorySpace space = again.space("s");
      assertTrue(space.dynamics().recallLoopGuard());
      assertEquals(tea, space.learn(NEARLY_TEA).id());
      assertNotEquals(tea, space.learn(Learning.of(NEARLY_TEA).guardRecallLoop(false)).id());
      assertEquals(1, space.audit().count(AuditReport.Kind.RECALL_LOOPS));
      assertTrue(again.check().ok());
    }
  }

  @Test
  void aRecallIsKnownHoweverLongThatIsAsked() {
    Path store = directory.resolve("brain");
    RecordId tea;
    try (Engram first = Engram.open(EngramConfig.at(store).clock(clock))) {
      MemorySpace space = first.space("s");
      space.dynamics(space.dynamics().workingMemoryTime(Limits.MAX_PERIOD));
      tea = space.learn(TEA).id();
      space.recall(Recall.about("green tea"));
    }
    try (Engram again = Engram.open(EngramConfig.at(store).clock(clock))) {
      assertEquals(tea, again.space("s").learn(guarded(NEARLY_TEA)).id());
    }
  }

  @Test
  void aLongBatchIsComparedWithItself() {
    embed();
    List<Learning> batch = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      batch.add(reinforcing(TEA + " " + word(i) + " " + word(i + 3_000) + " " + word(i + 5_000)));
    }
    List<Memory> learned = vectors.learn(batch);
    assertEquals(vectors.count(), learned.stream().map(Memory::id).distinct().count());
  }
}
