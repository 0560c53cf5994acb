package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.ForgetPreview.Reason;
import dev.engram.spi.HashingEmbedder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What policies forget, spare and bring back. */
class ForgettingTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private Engram open() {
    return Engram.open(EngramConfig.at(directory).clock(clock).embedder(new HashingEmbedder(16)));
  }

  private static void assertHealthy(Engram engram) {
    assertTrue(engram.check().ok(), () -> engram.check().toString());
  }

  @Test
  void forgetsWhatThePreviewSaysAndNothingThatIsPinnedOrUsed() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId alone = space.learn("alone").id();
      RecordId pinned = space.learn("pinned").id();
      RecordId hub = space.learn("a hub").id();
      RecordId seldom = space.learn("seldom used").id();
      space.pin(pinned, true);
      space.associate(List.of(Association.of(hub, seldom).withStrength(1)));
      for (int i = 0; i < 5; i++) {
        Memory _ = space.access(hub);
      }
      clock.pass(Duration.ofDays(31));
      RecordId used = space.learn("used").id();
      ForgetPreview preview = space.preview(ForgetPolicy.standard());
      assertEquals(2, preview.memories());
      assertEquals(
          Set.of(alone + " " + Reason.ISOLATED, seldom + " " + Reason.UNUSED),
          preview.first().stream()
              .map(each -> each.memory().id() + " " + each.reason())
              .collect(Collectors.toSet()));
      Forgetting done = space.forget(ForgetPolicy.standard());
      assertEquals(2, done.memories());
      assertEquals(Forgetting.State.UNDOABLE, done.state());
      assertFalse(space.get(alone).isPresent() || space.get(seldom).isPresent());
      assertTrue(space.recall("alone").stream().noneMatch(hit -> hit.memory().id().equals(alone)));
      assertTrue(space.get(pinned).isPresent() && space.get(used).isPresent());
      assertEquals(List.of(), space.neighbours(hub));
      assertEquals(List.of(done), space.forgettings());
      assertHealthy(engram);
    }
  }

  @Test
  void undoBringsBackMemoriesVectorsAndSynapses() {
    Forgetting done;
    RecordId a;
    RecordId b;
    RecordId c;
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      a = space.learn(Learning.of("first of all").withMetadata(Metadata.of("k", 1))).id();
      b = space.learn("second of all").id();
      c = space.learn("third of all").id();
      space.pin(c, true);
      space.associate(
          List.of(
              Association.of(a, b).withStrength(1),
              Association.of(b, c).withStrength(1),
              Association.of(c, a).withStrength(1)));
      clock.pass(Duration.ofDays(31));
      Memory before = space.get(a).orElseThrow();
      done = space.forget(ForgetPolicy.standard().fewerAccessesThan(3));
      assertEquals(2, done.memories());
      assertEquals(1, space.count());
      assertEquals(List.of(), space.neighbours(c));
      clock.pass(Duration.ofDays(6));
      assertEquals(2, space.undo(done.operation()));
      assertEquals(3, space.count());
      Memory after = space.get(a).orElseThrow();
      assertEquals(before.text(), after.text());
      assertEquals(before.metadata(), after.metadata());
      assertEquals(before.createdAt(), after.createdAt());
      assertEquals(before.accessCount(), after.accessCount());
      assertEquals(before.lastAccessed(), after.lastAccessed());
      assertEquals(2, space.neighbours(a).size());
      assertEquals(2, space.neighbours(b).size());
      assertEquals(0, space.pending());
      assertEquals(a, space.recall("first").getFirst().memory().id());
      assertEquals(Forgetting.State.UNDONE, space.forgettings().getFirst().state());
      assertEquals(0, space.undo(done.operation()), "again, it brings back nothing");
      assertHealthy(engram);
    }
    try (Engram engram = open()) {
      assertEquals(3, engram.space("s").count());
      assertHealthy(engram);
    }
  }

  @Test
  void undoBringsBackSynapsesThatWerePrunedAlone() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      space.dynamics(space.dynamics().batch(2));
      RecordId hub = space.learn("hub").id();
      for (int i = 0; i < 7; i++) {
        RecordId leaf = space.learn("leaf " + i).id();
        space.associate(List.of(Association.of(hub, leaf).withStrength(.3 + .1 * i)));
      }
      RecordId gone = space.learn("gone").id();
      space.associate(hub, gone);
      clock.pass(Duration.ofDays(7));
      List<Synapse> before = space.neighbours(hub);
      ForgetPolicy policy = ForgetPolicy.standard().synapsesBelow(.5, .5);
      Forgetting done = space.forget(policy);
      assertEquals(5, done.shortTerm(), "one of them had faded away");
      assertEquals(0, done.memories());
      List<Synapse> anew = space.associate(List.of(Association.of(hub, leafOf(before))));
      assertEquals(0, space.undo(done.operation()));
      List<Synapse> after = space.neighbours(hub);
      assertEquals(before.size(), after.size());
      for (Synapse synapse : before) {
        boolean isAnew = synapse.to().equals(leafOf(before));
        assertTrue(after.contains(isAnew ? anew.getFirst() : synapse), synapse::toString);
      }
      assertEquals(2, space.forgettings().getFirst().shortTerm(), "faded, or made anew");
      assertHealthy(engram);
    }
  }

  /**
   * Found by the soak: what was forgotten twice over was undone in the order it was forgotten in.
   */
  @Test
  void synapsesBetweenMemoriesForgottenAtTwoTimesComeBackWithTheLastOfThem() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId a = space.learn(Learning.of("first").withMetadata(Metadata.of("k", 1))).id();
      RecordId b = space.learn(Learning.of("second").withMetadata(Metadata.of("k", 2))).id();
      RecordId c = space.learn("third").id();
      space.associate(a, b);
      space.associate(List.of(Association.of(b, c).withStrength(.3)));
      clock.pass(Duration.ofSeconds(2));
      List<Synapse> before = space.neighbours(b);
      ForgetPolicy policy =
          ForgetPolicy.standard().fewerAccessesThan(9).unusedFor(Duration.ofSeconds(1));
      RecordId pruned = space.forget(ForgetPolicy.standard().synapsesBelow(.4, .4)).operation();
      RecordId first = space.forget(policy.where(Filter.eq("k", 1))).operation();
      RecordId second = space.forget(policy.where(Filter.eq("k", 2))).operation();
      assertEquals(1, space.undo(first));
      assertEquals(0, space.undo(pruned));
      assertEquals(List.of(), space.neighbours(a));
      assertEquals(1, space.undo(second));
      assertEquals(before, space.neighbours(b));
      assertHealthy(engram);
    }
  }

  @Test
  void aSynapseThatWasMadeAnewComesBackAsItWasLast() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId a = space.learn(Learning.of("first").withMetadata(Metadata.of("k", 1))).id();
      RecordId b = space.learn("second").id();
      space.associate(List.of(Association.of(a, b).withStrength(.3)));
      RecordId pruned = space.forget(ForgetPolicy.standard().synapsesBelow(.4, .4)).operation();
      space.associate(List.of(Association.of(a, b).withStrength(.9)));
      clock.pass(Duration.ofSeconds(2));
      List<Synapse> before = space.neighbours(b);
      ForgetPolicy policy =
          ForgetPolicy.standard().fewerAccessesThan(9).unusedFor(Duration.ofSeconds(1));
      RecordId last = space.forget(policy.where(Filter.eq("k", 1))).operation();
      assertEquals(0, space.undo(pruned));
      assertEquals(1, space.undo(last));
      assertEquals(before, space.neighbours(b));
      assertHealthy(engram);
    }
  }

  /** The other end of the weakest synapse. */
  private static RecordId leafOf(List<Synapse> synapses) {
    return synapses.getLast().to();
  }

  @Test
  void synapsesThatWerePrunedAreErasedWithTheWindow() {
    RecordId operation;
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId hub = space.learn("hub").id();
      space.associate(hub, space.learn("leaf").id());
      operation = space.forget(ForgetPolicy.standard().synapsesBelow(1, 1)).operation();
      assertEquals(1, space.forgettings().getFirst().shortTerm());
      clock.pass(Duration.ofDays(7));
      assertThrows(NotFoundException.class, () -> space.undo(operation));
      assertEquals(List.of(), space.neighbours(hub));
    }
  }

  @Test
  void forgettingAgainForgetsNothingMore() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId hub = space.learn("a hub").id();
      RecordId seldom = space.learn("seldom used").id();
      space.associate(List.of(Association.of(hub, seldom).withStrength(1)));
      for (int i = 0; i < 5; i++) {
        Memory _ = space.access(hub);
      }
      clock.pass(Duration.ofDays(31));
      Forgetting first = space.forget(ForgetPolicy.standard());
      assertEquals(1, first.memories());
      assertEquals(0, space.preview(ForgetPolicy.standard()).memories());
      assertEquals(0, space.forget(ForgetPolicy.standard()).memories());
      assertTrue(space.get(hub).isPresent(), "its neighbour can be brought back");
      assertEquals(1, space.undo(first.operation()));
      assertEquals(1, space.neighbours(hub).size());
      assertHealthy(engram);
    }
  }

  @Test
  void whatCannotBeUndoneAnyMoreIsErased() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      space.learn("forgotten for good");
      clock.pass(Duration.ofDays(40));
      Forgetting first = space.forget(ForgetPolicy.standard());
      assertEquals(1, first.memories());
      clock.pass(Duration.ofDays(7));
      assertThrows(NotFoundException.class, () -> space.undo(first.operation()));
      assertThrows(NotFoundException.class, () -> space.undo(RecordId.of("another")));
      space.dynamics(space.dynamics().undoWindow(Duration.ZERO));
      RecordId id = space.learn("forgotten at once").id();
      clock.pass(Duration.ofDays(40));
      Forgetting second = space.forget(ForgetPolicy.standard());
      assertEquals(Forgetting.State.ERASED, second.state());
      assertEquals(Optional.empty(), space.get(id));
      assertHealthy(engram);
    }
  }

  @Test
  void forgetsOnlyWhatMatches() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      space.learn("of alice", Metadata.of("user", "alice"));
      RecordId bob = space.learn("of bob", Metadata.of("user", "bob")).id();
      clock.pass(Duration.ofDays(31));
      ForgetPolicy policy = ForgetPolicy.standard().where(Filter.eq("user", "alice"));
      assertEquals(1, space.preview(policy).memories());
      assertEquals(1, space.forget(policy).memories());
      assertTrue(space.get(bob).isPresent());
    }
  }

  @Test
  void aggressivelyForgetsWhatIsShortAndWeak() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId minor = space.learn("short").id();
      RecordId kept = space.learn("long enough to be kept by the aggressive policy too").id();
      space.associate(List.of(Association.of(minor, kept).withStrength(.9)));
      clock.pass(Duration.ofDays(15));
      assertEquals(0, space.preview(ForgetPolicy.standard()).memories());
      ForgetPreview preview = space.preview(ForgetPolicy.aggressive());
      assertEquals(Reason.MINOR, preview.first().getFirst().reason());
      assertEquals(1, space.forget(ForgetPolicy.aggressive()).memories());
      assertTrue(space.get(kept).isPresent());
      assertFalse(space.get(minor).isPresent());
    }
  }

  @Test
  void whatIsSupersededIsFoundOnlyByWhenItHeld() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId old = space.learn("Alice lives in Berlin").id();
      clock.pass(Duration.ofDays(10));
      Instant moved = clock.instant();
      Memory fresh = space.supersede(old, Learning.of("Alice lives in Kyoto"));
      clock.pass(Duration.ofDays(1));
      assertEquals(List.of(fresh.id()), recalled(space, Recall.about("where does Alice live")));
      Recall before = Recall.about("where does Alice live").validAt(moved.minusMillis(1));
      assertTrue(recalled(space, before).contains(old));
      Recall any = Recall.about("where does Alice live").anyValidity(true);
      assertEquals(Set.of(old, fresh.id()), Set.copyOf(recalled(space, any)));
      assertEquals(Optional.of(moved), space.get(old).orElseThrow().validUntil());
      Synapse link = space.neighbours(old).getFirst();
      assertEquals(Synapse.SUPERSEDES, link.relation());
      assertEquals(fresh.id(), link.from());
      assertThrows(
          InvalidInputException.class,
          () -> space.supersede(fresh.id(), Learning.of("Alice lives in Kyoto")));
      Memory back = space.supersede(fresh.id(), Learning.of("Alice lives in Berlin"));
      assertNotEquals(old, back.id(), "what held before does not hold again");
      assertEquals(back.id(), space.learn("Alice lives in Berlin").id());
      assertEquals(List.of(back.id()), recalled(space, Recall.about("where does Alice live")));
      RecordId later =
          space
              .learn(Learning.of("Alice lives in Rome").validFrom(moved.plusSeconds(86_400 * 9)))
              .id();
      assertFalse(recalled(space, Recall.about("Alice")).contains(later));
      clock.pass(Duration.ofDays(9));
      assertTrue(recalled(space, Recall.about("Alice")).contains(later));
      space.endValidity(later, clock.instant());
      assertFalse(recalled(space, Recall.about("Alice")).contains(later));
      assertHealthy(engram);
    }
    try (Engram engram = open()) {
      assertTrue(recalled(engram.space("s"), Recall.about("Alice")).stream().count() == 1);
      assertHealthy(engram);
    }
  }

  private static List<RecordId> recalled(MemorySpace space, Recall recall) {
    return space.recall(recall).stream().map(hit -> hit.memory().id()).toList();
  }

  @Test
  void importanceFadesToTheFloorUnlessPinned() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId a = space.learn("a").id();
      RecordId b = space.learn("b").id();
      assertEquals(.8, space.importance(a, .8).importance(), 1e-12);
      assertEquals(1, space.pin(b, true).importance(), 1e-12);
      clock.pass(Duration.ofDays(30));
      assertEquals(.1 + .7 / 2, space.get(a).orElseThrow().importance(), 1e-12);
      assertEquals(1, space.get(b).orElseThrow().importance(), 1e-12);
      double faded = .45;
      assertEquals(faded + .1 * (1 - faded), space.access(a).importance(), 1e-12);
      assertThrows(InvalidInputException.class, () -> space.importance(a, 1.1));
      space.pin(b, false);
      clock.pass(Duration.ofDays(3_000));
      assertEquals(.1, space.get(b).orElseThrow().importance(), 1e-9);
    }
  }

  /** However long the texts are, each commit takes some of them. */
  @Test
  void forgetsAndBringsBackLongTexts() {
    int count = 70;
    String dots = ".".repeat(1 << 20);
    try (Engram engram = Engram.open(EngramConfig.at(directory).clock(clock))) {
      MemorySpace space = engram.space("s");
      Iterator<Learning> texts =
          IntStream.range(0, count).mapToObj(i -> Learning.of("text " + i + dots)).iterator();
      assertEquals(count, space.learnAll(texts, Progress.NONE));
      clock.pass(Duration.ofDays(31));
      Forgetting done = space.forget(ForgetPolicy.standard());
      assertEquals(count, done.memories());
      assertEquals(0, space.count());
      assertEquals(count, space.undo(done.operation()));
      assertEquals(count, space.count());
    }
  }
}
