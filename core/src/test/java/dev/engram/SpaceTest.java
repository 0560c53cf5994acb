package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Explanation.Contribution;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import dev.engram.spi.HashingEmbedder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a memory space does. */
class SpaceTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private Engram open() {
    return Engram.open(EngramConfig.at(directory).clock(clock));
  }

  private Engram openWith(Embedder embedder) {
    return Engram.open(EngramConfig.at(directory).clock(clock).embedder(embedder));
  }

  private static void assertHealthy(Engram engram) {
    assertTrue(engram.check().ok(), () -> engram.check().toString());
  }

  @Test
  void meetsTheSameTextAgainInsteadOfLearningItTwice() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      Memory first = space.learn("caf\u00e9 au  lait");
      clock.pass(Duration.ofHours(1));
      Memory again = space.learn(" cafe\u0301 au\tlait ");
      assertEquals(first.id(), again.id());
      assertEquals(2, again.accessCount());
      assertEquals(clock.instant(), again.lastAccessed());
      assertEquals(first.createdAt(), again.createdAt());
      assertEquals(1, space.count());
      Memory other = space.learn(Learning.of("caf\u00e9 au lait").allowDuplicates());
      assertNotEquals(first.id(), other.id());
      assertEquals(2, space.count());
      assertTrue(space.forget(first.id()));
      assertNotEquals(first.id(), space.learn("caf\u00e9 au lait").id());
      assertHealthy(engram);
    }
  }

  @Test
  void findsTheNextMemoryOfATextWhenTheFirstIsGone() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      Memory first = space.learn("the same");
      Memory second = space.learn(Learning.of("the same").allowDuplicates());
      Memory third = space.learn(Learning.of("the same").allowDuplicates());
      space.forget(first.id());
      assertEquals(second.id(), space.learn("the same").id());
      space.update(second.id(), "another thing");
      assertEquals(third.id(), space.learn("the same").id());
      assertHealthy(engram);
      Memory other = space.learn("something else");
      space.update(other.id(), "another thing");
      space.update(second.id(), "a third thing");
      assertEquals(other.id(), space.learn("another thing").id());
      space.forget(other.id());
      space.forget(third.id());
      assertEquals(1, space.count());
      assertHealthy(engram);
    }
  }

  @Test
  void makesIdsThatSortByTime() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId.Uuid id = (RecordId.Uuid) space.learn("one").id();
      UUID uuid = id.value();
      assertEquals(7, uuid.version());
      assertEquals(2, uuid.variant());
      assertEquals(clock.millis(), uuid.getMostSignificantBits() >>> 16);
    }
  }

  @Test
  void keepsWhatIsKnownOfAMemory() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      Learning learning =
          Learning.of("Alice likes tea")
              .withId(RecordId.of("tea"))
              .forUser("alice")
              .byAgent("bot")
              .inSession("s1")
              .from(new Provenance("notes.md", "12"))
              .withTimeToLive(Duration.ofDays(1));
      space.learn(learning);
      Memory memory = space.get(RecordId.of("tea")).orElseThrow();
      assertEquals("Alice likes tea", memory.text());
      assertEquals(Optional.of("alice"), memory.metadata().getString(Scope.USER));
      assertEquals("notes.md:12", memory.provenance().orElseThrow().toString());
      assertEquals(Optional.of(clock.instant().plus(Duration.ofDays(1))), memory.expiresAt());
      assertEquals(
          1, space.recall(Recall.about("tea").user("alice").agent("bot").session("s1")).size());
      assertTrue(space.recall(Recall.about("tea").user("bob")).isEmpty());
      clock.pass(Duration.ofDays(1));
      assertEquals(Optional.empty(), space.get(RecordId.of("tea")));
      assertTrue(space.recall("tea").isEmpty());
      assertEquals(RecordId.of("tea"), space.learn(learning).id());
      assertEquals(1, space.count());
      assertHealthy(engram);
    }
  }

  @Test
  void learnsAnewUnderAnIdThatIsThere() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = RecordId.of(1);
      space.learn(Learning.of("Alice likes tea").withId(id));
      RecordId other = space.learn("Bob likes trains").id();
      space.associate(id, other);
      Memory changed =
          space.learn(
              Learning.of("Alice likes coffee").withId(id).withMetadata(Metadata.of("a", 1)));
      assertEquals("Alice likes coffee", changed.text());
      assertEquals(1, space.neighbours(id).size());
      assertTrue(space.recall("tea").isEmpty());
      assertEquals(2, space.count());
      assertHealthy(engram);
    }
  }

  @Test
  void learningAnIdAnewIsAUse() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn(Learning.of("Alice likes tea").withId(RecordId.of(1))).id();
      RecordId other = space.learn("Bob likes trains").id();
      clock.pass(Duration.ofDays(60));
      Memory used = space.learn(Learning.of("Alice likes coffee").withId(id));
      assertEquals(clock.instant(), used.lastAccessed());
      assertEquals(2, used.accessCount());
      Forgetting _ = space.forget(ForgetPolicy.standard());
      assertTrue(space.get(id).isPresent());
      assertTrue(space.get(other).isEmpty());
    }
  }

  @Test
  void namesTheMemoryThatIsNotThere() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId there = space.learn("Alice likes tea").id();
      NotFoundException missing =
          assertThrows(
              NotFoundException.class, () -> space.associate(there, RecordId.of("nowhere")));
      assertTrue(String.valueOf(missing.getMessage()).contains("id=nowhere"));
    }
  }

  @Test
  void changesTextAndMetadataAndKeepsTheRest() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      Memory tea = space.learn("Alice likes tea", Metadata.of("user", "alice"));
      Memory train = space.learn("Bob likes trains");
      space.associate(tea.id(), train.id());
      clock.pass(Duration.ofMinutes(1));
      assertTrue(space.update(tea.id(), "Alice likes coffee"));
      assertTrue(space.update(tea.id(), MetadataPatch.empty().set("hot", true)));
      Memory now = space.get(tea.id()).orElseThrow();
      assertEquals("Alice likes coffee", now.text());
      assertEquals(Metadata.of("user", "alice", "hot", true), now.metadata());
      assertEquals(tea.createdAt(), now.createdAt());
      assertEquals(clock.instant(), now.updatedAt());
      assertEquals(1, space.neighbours(tea.id()).size());
      assertTrue(space.recall("tea").isEmpty());
      assertEquals(tea.id(), space.recall("coffee").getFirst().memory().id());
      assertEquals(1, space.recall(Recall.about("coffee").where(Filter.eq("hot", true))).size());
      assertNotEquals(tea.id(), space.learn("Alice likes tea").id());
      assertFalse(space.update(RecordId.of("none"), "x"));
      assertFalse(space.update(RecordId.of("none"), MetadataPatch.empty().set("a", 1)));
      assertHealthy(engram);
    }
  }

  @Test
  void strengthensASynapseByTheGoldenValues() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId a = space.learn("a thing").id();
      RecordId b = space.learn("b thing").id();
      double[] golden = {.1, .19, .271, .3439, .40951, .468559, .5217031, .56953279};
      for (double weight : golden) {
        assertEquals(weight, space.associate(a, b).weight(), 1e-12);
      }
      Synapse caused = space.associate(b, a, "CAUSED_BY");
      assertEquals(.1, caused.weight(), 1e-12);
      List<Synapse> around = space.neighbours(a);
      assertEquals(
          List.of("RELATED", "CAUSED_BY"), around.stream().map(Synapse::relation).toList());
      assertEquals(7, around.getFirst().activations());
      assertEquals(around, space.neighbours(b));
      assertEquals(Synapse.Tier.SHORT_TERM, caused.tier());
      assertThrows(NotFoundException.class, () -> space.associate(a, RecordId.of("none")));
      assertThrows(NotFoundException.class, () -> space.neighbours(RecordId.of("none")));
      assertThrows(InvalidInputException.class, () -> space.associate(a, a));
      assertThrows(InvalidInputException.class, () -> space.associate(a, b, " "));
      assertHealthy(engram);
    }
  }

  @Test
  void forgetsInEveryIndexAndForGood() {
    RecordId gone;
    RecordId stays;
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      gone = space.learn("Alice moved to Kyoto", Metadata.of("user", "alice")).id();
      stays = space.learn("Bob moved to Oslo").id();
      space.associate(gone, stays);
      space.associate(stays, gone, "FOLLOWS");
      assertTrue(space.forget(gone));
      assertFalse(space.forget(gone));
      assertTrue(space.neighbours(stays).isEmpty());
    }
    try (Engram engram = open()) {
      MemorySpace space = engram.findSpace("s").orElseThrow();
      assertEquals(Optional.empty(), space.get(gone));
      assertTrue(space.recall("Kyoto").isEmpty());
      assertTrue(space.recall(Recall.about("moved").where(Filter.eq("user", "alice"))).isEmpty());
      assertTrue(space.neighbours(stays).isEmpty());
      assertEquals(1, space.scan(Scan.first()).items().size());
      assertHealthy(engram);
    }
  }

  @Test
  void sumsTheArmsAndExplainsThem() {
    HashingEmbedder embedder = new HashingEmbedder(64);
    try (Engram engram = openWith(embedder)) {
      MemorySpace space = engram.space("s");
      space.learn(
          List.of(
              Learning.of("green tea in the morning"),
              Learning.of("black coffee at night"),
              Learning.of("trains to Oslo")));
      Recall question = Recall.about("morning tea");
      List<Recollection> hits = space.recall(question);
      assertEquals("green tea in the morning", hits.getFirst().memory().text());
      for (Recollection hit : hits) {
        assertEquals(hit.score(), hit.explanation().total(), 1e-12);
        assertEquals(
            List.of("text", "vector", "importance", "recency", "reinforcement"),
            hit.explanation().contributions().stream().map(Contribution::arm).toList());
      }
      assertTrue(hits.getFirst().explanation().contributions().getFirst().detail().contains("tea"));
      assertEquals(1, space.recall(question.weight(Recall.Arm.VECTOR, 0)).size());
      assertEquals(3, space.recall(question.weight(Recall.Arm.TEXT, 0)).size());
      assertEquals(1, space.recall(question.limit(1)).size());
      assertTrue(space.recall(question.minScore(5)).isEmpty());
      assertThrows(InvalidInputException.class, () -> question.limit(0));
      assertThrows(InvalidInputException.class, () -> question.weight(Recall.Arm.TEXT, -1));
      assertEquals(64, space.info().config().dimension());
      assertTrue(space.info().embedder().isPresent());
      assertHealthy(engram);
    }
  }

  @Test
  void worksWithoutItsEmbedderAndEmbedsWhatWaitedLater() {
    try (Engram engram = openWith(new HashingEmbedder(64))) {
      engram.space("s").learn("green tea in the morning");
    }
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      space.learn("black coffee at night");
      Recollection hit = space.recall("coffee").getFirst();
      assertEquals("black coffee at night", hit.memory().text());
      assertTrue(hit.explanation().notes().getFirst().contains("words only"));
      assertEquals(1, space.pending());
      assertEquals(0, space.embedPending(Progress.NONE));
      assertHealthy(engram);
    }
    try (Engram engram = openWith(new HashingEmbedder(64))) {
      MemorySpace space = engram.space("s");
      space.embedPending(Progress.NONE);
      assertEquals(0, space.pending());
      assertEquals(2, space.recall(Recall.about("night").weight(Recall.Arm.TEXT, 0)).size());
      assertHealthy(engram);
    }
    try (Engram engram = openWith(new HashingEmbedder(32))) {
      MemorySpace space = engram.space("s");
      MismatchException e =
          assertThrows(MismatchException.class, () -> space.learn("something else"));
      assertTrue(e.getMessage().contains("64") && e.getMessage().contains("32"), e.getMessage());
      assertThrows(MismatchException.class, () -> space.recall("tea"));
      assertEquals(2, space.count());
    }
  }

  @Test
  void keepsTheMemoriesOfDifferentScopesApart() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      Memory alices = space.learn(Learning.of("tea is good").forUser("alice"));
      Memory bobs = space.learn(Learning.of("tea is good").forUser("bob"));
      assertFalse(alices.id().equals(bobs.id()));
      assertEquals(bobs.id(), space.learn(Learning.of("tea is  good").forUser("bob")).id());
      assertEquals(2, space.count());
      assertTrue(space.update(bobs.id(), MetadataPatch.empty().set(Scope.USER, "carol")));
      assertFalse(bobs.id().equals(space.learn(Learning.of("tea is good").forUser("bob")).id()));
      assertEquals(bobs.id(), space.learn(Learning.of("tea is good").forUser("carol")).id());
      assertHealthy(engram);
    }
  }

  @Test
  void keepsTheLongerOfTwoLives() {
    TestClock clock = new TestClock();
    try (Engram engram = Engram.open(EngramConfig.inMemory().clock(clock))) {
      MemorySpace space = engram.space("s");
      Learning brief = Learning.of("for a minute").withTimeToLive(Duration.ofMinutes(1));
      space.learn(brief);
      space.learn("for a minute");
      space.learn(brief);
      space.learn(Learning.of("twice").withTimeToLive(Duration.ofMinutes(1)));
      space.learn(Learning.of("twice").allowDuplicates());
      clock.pass(Duration.ofMinutes(2));
      assertEquals(1, space.recall("minute").size());
      space.learn("twice");
      assertEquals(2, space.count());
      assertHealthy(engram);
    }
  }

  @Test
  void refusesVectorsThatAnEmbedderShouldNotGive() {
    Embedder tooFew = new WrongEmbedder(List.of());
    try (Engram engram = openWith(tooFew)) {
      MemorySpace space = engram.space("s");
      assertThrows(MismatchException.class, () -> space.learn("tea"));
      assertEquals(0, space.count());
    }
    try (Engram engram = openWith(new WrongEmbedder(List.of(new float[] {0, Float.NaN})))) {
      MemorySpace space = engram.space("t");
      assertThrows(InvalidInputException.class, () -> space.learn("tea"));
      assertHealthy(engram);
    }
  }

  @Test
  void letsMemoriesWaitWhileTheEmbedderIsAway() {
    AwayEmbedder embedder = new AwayEmbedder();
    try (Engram engram = openWith(embedder)) {
      MemorySpace space = engram.space("s");
      space.learn("green tea");
      embedder.away.set(true);
      space.learn("black coffee");
      assertEquals(1, space.pending());
      Recollection hit = space.recall("coffee").getFirst();
      assertTrue(hit.explanation().notes().getFirst().contains("does not answer"));
      embedder.away.set(false);
      space.embedPending(Progress.NONE);
      assertEquals(0, space.pending());
      assertEquals(2, space.recall(Recall.about("tea").weight(Recall.Arm.TEXT, 0)).size());
      assertHealthy(engram);
    }
  }

  /** Sometimes does not answer. */
  private static final class AwayEmbedder implements Embedder {
    final AtomicBoolean away = new AtomicBoolean();
    private final Embedder real = new HashingEmbedder(64);

    @Override
    public EmbedderIdentity identity() {
      return real.identity();
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      if (away.get()) {
        throw new UnavailableException("the model is away");
      }
      return real.embed(texts);
    }
  }

  /** Gives what it was told to, whatever the texts. */
  private record WrongEmbedder(List<float[]> vectors) implements Embedder {
    @Override
    public EmbedderIdentity identity() {
      return new EmbedderIdentity("wrong", "test", 2, true);
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return vectors;
    }
  }

  @Test
  void learnsAStreamAndHoldsManySpaces() {
    try (Engram engram = open()) {
      MemorySpace big = engram.space("big");
      assertEquals(
          2_100,
          big.learnAll(
              IntStream.range(0, 2_100).mapToObj(i -> Learning.of("note number " + i)).iterator(),
              Progress.NONE));
      assertEquals(2_100, big.count());
      for (int i = 0; i < 300; i++) {
        engram.space("space " + i).learn("the secret of space " + i);
      }
      assertEquals(301, engram.catalog().list().size());
      assertEquals(1, engram.space("space 7").recall("secret").size());
      assertThrows(InvalidInputException.class, () -> big.learn("  "));
      assertEquals(Optional.empty(), engram.findSpace("nowhere"));
      assertHealthy(engram);
    }
  }

  /** Whoever learns the text must not meet what is another one's by now. */
  @Test
  void anIdThatIsLearnedAnewForSomebodyElseIsTheirs() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = RecordId.of("door");
      Learning code = Learning.of("the code is 4711");
      Memory _ = space.learn(code.forUser("alice").withId(id));
      Memory _ = space.learn(code.forUser("bob").withId(id));
      assertNotEquals(id, space.learn(code.forUser("alice")).id());
      assertEquals(id, space.learn(code.forUser("bob")).id());
      assertHealthy(engram);
    }
  }
}
