package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.HashingEmbedder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What memories said before, and spaces as they were. */
class HistoryTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private Engram open() {
    return Engram.open(EngramConfig.at(directory).clock(clock).embedder(new HashingEmbedder(16)));
  }

  private Instant pass() {
    Instant before = clock.instant();
    clock.pass(HOUR);
    return before;
  }

  @Test
  void tellsWhatAMemorySaidWhen() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn("Alice drinks tea").id();
      Instant learned = pass();
      assertTrue(space.update(id, "Alice drinks coffee"));
      Instant changed = pass();
      assertTrue(space.update(id, MetadataPatch.empty().merge(Metadata.of("user", "alice"))));
      Instant noted = pass();
      List<MemoryVersion> history = space.history(id);
      assertEquals(
          List.of("Alice drinks tea", "Alice drinks coffee", "Alice drinks coffee"),
          history.stream().map(MemoryVersion::text).toList());
      assertEquals(
          List.of(learned, changed, noted),
          history.stream().map(MemoryVersion::recordedFrom).toList());
      assertEquals(
          List.of(Optional.of(changed), Optional.of(noted), Optional.empty()),
          history.stream().map(MemoryVersion::recordedUntil).toList());
      assertEquals(Metadata.of("user", "alice"), history.getLast().metadata());
      assertTrue(engram.check().ok());
    }
  }

  @Test
  void recallsByWhatWasOnRecord() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn("Alice drinks green tea").id();
      Instant early = pass();
      Memory later = space.supersede(id, Learning.of("Alice drinks coffee now"));
      RecordId other = space.learn("Alice drinks lemonade").id();
      Instant late = pass();
      try (PastSpace past = space.asOf(early)) {
        assertEquals(early, past.asOf());
        assertEquals(1, past.count());
        assertEquals(List.of(id), ids(past.recall("what does Alice drink?")));
        assertEquals(Optional.empty(), past.get(id).orElseThrow().validUntil());
        assertEquals(List.of(), past.neighbours(id));
        assertFalse(past.recall("tea").getFirst().explanation().contributions().isEmpty());
      }
      try (PastSpace past = space.asOf(late)) {
        assertEquals(Set.of(later.id(), other), Set.copyOf(ids(past.recall("what drinks Alice?"))));
        Recall then = Recall.about("what drinks Alice?").validAt(early);
        assertEquals(Set.of(id, later.id(), other), Set.copyOf(ids(past.recall(any(then)))));
        assertEquals(
            space.neighbours(id).stream().map(Synapse::relation).toList(),
            past.neighbours(id).stream().map(Synapse::relation).toList());
      }
      assertEquals(1, space.get(id).orElseThrow().accessCount());
    }
  }

  private static Recall any(Recall recall) {
    return recall.anyValidity(true);
  }

  private static List<RecordId> ids(List<Recollection> found) {
    return found.stream().map(hit -> hit.memory().id()).toList();
  }

  @Test
  void aMemoryThatIsDeletedByItsIdIsInNoPast() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn("a secret").id();
      Instant early = pass();
      assertTrue(space.update(id, "a greater secret"));
      Instant _ = pass();
      assertTrue(space.forget(id));
      assertEquals(List.of(), space.history(id));
      try (PastSpace past = space.asOf(early)) {
        assertEquals(List.of(), past.recall("secret"));
        assertEquals(Optional.empty(), past.get(id));
      }
      assertTrue(engram.check().ok());
    }
  }

  @Test
  void whatExpiresIsInNoPast() throws Exception {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn(Learning.of("soon gone").withTimeToLive(Duration.ofHours(3))).id();
      Instant early = pass();
      assertTrue(space.update(id, "soon gone, too"));
      clock.pass(Duration.ofHours(4));
      try (PastSpace past = space.asOf(early)) {
        assertEquals(0, past.count());
      }
      for (int i = 0; i < 200 && !space.history(id).isEmpty(); i++) {
        Thread.sleep(50); // it is swept every second
      }
      assertEquals(List.of(), space.history(id));
    }
  }

  @Test
  void aVectorThatComesLaterIsNoChange() {
    try (Engram engram = Engram.open(EngramConfig.at(directory).clock(clock))) {
      RecordId _ = engram.space("s").learn("waits for its vector").id();
      pass();
    }
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      long _ = space.embedPending(Progress.NONE);
      Memory memory = space.scan(Scan.first().limit(10)).items().getFirst();
      assertEquals(memory.createdAt(), memory.updatedAt());
      assertEquals(1, space.history(memory.id()).size());
    }
  }

  @Test
  void refusesTheFutureAndWhatItDoesNotReachBackTo() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn("first").id();
      Instant early = pass();
      Instant future = clock.instant().plusMillis(1);
      assertThrows(InvalidInputException.class, () -> space.asOf(future).close());
      assertThrows(InvalidInputException.class, () -> space.asOf(Instant.MAX).close());
      space.dynamics(space.dynamics().historyTime(Duration.ZERO));
      assertTrue(space.update(id, "second"));
      assertEquals(1, space.history(id).size());
      InvalidInputException e =
          assertThrows(InvalidInputException.class, () -> space.asOf(early).close());
      assertTrue(String.valueOf(e.getMessage()).contains(clock.instant().toString()));
      space.asOf(clock.instant()).close();
    }
  }

  @Test
  void aPolicysForgettingAndItsUndoAreOnRecord() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn("alone").id();
      clock.pass(Duration.ofDays(31));
      Instant before = pass();
      Forgetting forgetting = space.forget(ForgetPolicy.standard());
      assertEquals(1, forgetting.memories());
      Instant forgotten = pass();
      assertEquals(1, space.history(id).size());
      assertEquals(1, space.undo(forgetting.operation()));
      Instant undone = pass();
      assertEquals(1L, at(space, before, PastSpace::count));
      assertEquals(0L, at(space, forgotten, PastSpace::count));
      assertEquals(1L, at(space, undone, PastSpace::count));
    }
  }

  private static <T> T at(MemorySpace space, Instant instant, Function<PastSpace, T> question) {
    try (PastSpace past = space.asOf(instant)) {
      return question.apply(past);
    }
  }

  /** Texts, metadata, times and relations as of any moment are those that were seen then. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void equalsAReplayUpToThatPoint(long seed) {
    Random random = new Random(seed);
    Map<Instant, Map<String, String>> seen = new LinkedHashMap<>();
    try (Engram engram = open()) {
      Life life = new Life(engram.space("s"), random, clock);
      for (int step = 0; step < 60; step++) {
        life.step();
        if (step % 6 == 5) {
          seen.put(clock.instant(), state(engram.space("s")));
        }
        clock.pass(Duration.ofMillis(1 + random.nextInt(3_600_000)));
      }
    }
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      assertTrue(engram.check().ok(), () -> engram.check().toString());
      seen.forEach((instant, state) ->
          assertEquals(state, at(space, instant, HistoryTest::state), instant.toString()));
    }
  }

  private static Map<String, String> state(MemorySpace space) {
    return state(space.scan(Scan.first().limit(1_000)).items(), space::neighbours);
  }

  private static Map<String, String> state(PastSpace past) {
    return state(past.scan(Scan.first().limit(1_000)).items(), past::neighbours);
  }

  private static Map<String, String> state(
      List<Memory> memories, Function<RecordId, List<Synapse>> neighbours) {
    Map<String, String> state = new TreeMap<>();
    for (Memory memory : memories) {
      Set<String> relations = new TreeSet<>();
      neighbours
          .apply(memory.id())
          .forEach(s -> relations.add(s.from() + " " + s.relation() + " " + s.to()));
      List<Object> said = new ArrayList<>();
      said.addAll(List.of(memory.text(), memory.metadata(), memory.createdAt()));
      said.addAll(List.of(memory.updatedAt(), memory.validFrom(), memory.validUntil()));
      said.addAll(List.of(memory.occurredAt(), memory.provenance(), relations));
      state.put(memory.id().toString(), said.toString());
    }
    return state;
  }

  /** Changes a space by chance. */
  private static final class Life {
    private final MemorySpace space;
    private final Random random;
    private final TestClock clock;
    private final List<RecordId> ids = new ArrayList<>();
    private final List<RecordId> forgettings = new ArrayList<>();
    private int texts;

    Life(MemorySpace space, Random random, TestClock clock) {
      this.space = space;
      this.random = random;
      this.clock = clock;
    }

    void step() {
      if (ids.size() < 5) {
        learn();
        return;
      }
      switch (random.nextInt(10)) {
        case 0, 1 -> learn();
        case 2 -> space.update(any(), text());
        case 3 ->
            space.update(any(), MetadataPatch.empty().merge(Metadata.of("n", random.nextInt(3))));
        case 4 -> join();
        case 5 -> supersede();
        case 6 -> space.sleep();
        case 7 -> space.consolidate();
        case 8 -> forget();
        default -> undo();
      }
    }

    private void learn() {
      ids.add(space.learn(Learning.of(text()).occurredAt(clock.instant())).id());
    }

    private void join() {
      RecordId from = any();
      RecordId to = any();
      if (!from.equals(to) && there(from) && there(to)) {
        space.associate(List.of(Association.of(from, to).withStrength(.9)));
      }
    }

    private void supersede() {
      RecordId old = any();
      if (there(old)) {
        ids.add(space.supersede(old, Learning.of(text())).id());
      }
    }

    /** Everything that has not been used for a while: some of it was learned lately. */
    private void forget() {
      ForgetPolicy policy =
          ForgetPolicy.standard().unusedFor(Duration.ofHours(5)).fewerAccessesThan(2);
      forgettings.add(space.forget(policy).operation());
    }

    private void undo() {
      if (!forgettings.isEmpty()) {
        long _ = space.undo(forgettings.removeLast());
      }
    }

    private boolean there(RecordId id) {
      return space.get(id).isPresent();
    }

    private RecordId any() {
      return ids.get(random.nextInt(ids.size()));
    }

    private String text() {
      return "text number " + texts++;
    }
  }

  @Test
  void tellsOfNoMemoryTwiceThoughTheClockWasSetBack() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn("first").id();
      clock.pass(HOUR);
      assertTrue(space.update(id, "second"));
      clock.pass(HOUR.dividedBy(-2));
      assertTrue(space.update(id, "third"));
      clock.pass(HOUR.dividedBy(4));
      Instant then = clock.instant();
      clock.pass(HOUR);
      try (PastSpace past = space.asOf(then)) {
        assertEquals(1, past.count());
        assertEquals("third", past.get(id).orElseThrow().text());
        assertEquals(1, past.recall(Recall.about("first third")).size());
      }
    }
  }
}
