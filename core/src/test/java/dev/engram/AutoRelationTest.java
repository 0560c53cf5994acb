package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Synapse.Tier;
import dev.engram.spi.HashingEmbedder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which synapses learning makes by itself. */
class AutoRelationTest {
  private final TestClock clock = new TestClock();
  private final Engram engram =
      Engram.open(EngramConfig.inMemory().clock(clock).embedder(new HashingEmbedder(256)));
  private final MemorySpace space = engram.space("s");

  @AfterEach
  void isHealthyAtTheEnd() {
    try (engram) {
      assertTrue(engram.check().ok(), () -> engram.check().toString());
      assertEquals(0, space.audit().count(AuditReport.Kind.DANGLING_SYNAPSES));
    }
  }

  private static Learning with(String text, AutoRelation... relations) {
    return Learning.of(text).relations(Set.of(relations));
  }

  /** The ends of the synapses of a relation that start at a memory. */
  private List<RecordId> ends(Memory from, String relation) {
    return space.neighbours(from.id()).stream()
        .filter(each -> each.relation().equals(relation) && each.from().equals(from.id()))
        .map(Synapse::to)
        .toList();
  }

  @Test
  void nothingIsJoinedUnlessAsked() {
    space.learn("Alice likes green tea");
    Memory second = space.learn("Alice likes green tea a lot");
    assertEquals(List.of(), space.neighbours(second.id()));
  }

  @Test
  void similarMemoriesAreJoinedTheTenNearestAtMost() {
    List<RecordId> similar = new ArrayList<>();
    String text = "the kettle on the shelf behind the old stove sings in the morning";
    for (String word : "one two three four five six seven eight nine ten eleven".split(" ", -1)) {
      similar.add(space.learn(text + " " + word).id());
    }
    space.learn("a bicycle with a flat tyre");
    space.learn(Learning.of(text + " indeed").forUser("ann"));
    Memory fresh = space.learn(with(text, AutoRelation.SIMILAR));
    List<RecordId> ends = ends(fresh, Synapse.SIMILAR_TO);
    assertEquals(Limits.MAX_AUTO_RELATIONS, ends.size());
    assertTrue(similar.containsAll(ends));
    Synapse one = space.neighbours(fresh.id()).getFirst();
    assertEquals(Synapse.INITIAL_STRENGTH, one.weight(), 1e-9);
    assertEquals(Tier.SHORT_TERM, one.tier());
  }

  @Test
  void oneBatchIsJoinedToo() {
    List<Memory> learned =
        space.learn(
            List.of(
                with("the kettle sings in the morning", AutoRelation.SIMILAR),
                with("the kettle sings in the early morning", AutoRelation.SIMILAR)));
    assertEquals(List.of(learned.getFirst().id()), ends(learned.getLast(), Synapse.SIMILAR_TO));
  }

  @Test
  void whatWasLearnedInTheMinuteBeforeIsJoinedTheLastTenAtMost() {
    space.learn("long ago");
    clock.pass(Duration.ofMinutes(1).plusMillis(1));
    RecordId before = space.learn("just before").id();
    clock.pass(Duration.ofMinutes(1));
    Memory first = space.learn(with("first", AutoRelation.TEMPORAL));
    assertEquals(List.of(before), ends(first, Synapse.TEMPORAL));
    List<RecordId> others = new ArrayList<>();
    for (char name = 'a'; name < 'l'; name++) {
      others.add(space.learn("memory " + name).id());
    }
    space.learn(Learning.of("of another").forUser("ann"));
    Memory last = space.learn(with("last", AutoRelation.TEMPORAL));
    assertEquals(Set.copyOf(others.subList(1, 11)), Set.copyOf(ends(last, Synapse.TEMPORAL)));
  }

  @Test
  void aPartIsJoinedToTheNearestAncestorThatIsThere() {
    Memory house = space.learn(Learning.of("the house").withId(RecordId.of("house")));
    Memory cup =
        space.learn(
            with("the cup", AutoRelation.HIERARCHY)
                .withId(RecordId.of("house/kitchen/cupboard/cup")));
    assertEquals(List.of(house.id()), ends(cup, Synapse.PART_OF));
    assertEquals(Tier.LONG_TERM, space.neighbours(cup.id()).getFirst().tier());
    clock.pass(Duration.ofDays(365));
    assertTrue(space.neighbours(cup.id()).getFirst().weight() > .5, "it hardly fades");
    Memory alone = space.learn(with("alone", AutoRelation.HIERARCHY).withId(RecordId.of("/top")));
    assertEquals(List.of(), space.neighbours(alone.id()));
  }

  @Test
  void aKeyInTheMetadataCountsBeforeTheId() {
    Metadata kitchen = Metadata.of(AutoRelation.KEY, "house/kitchen");
    Memory room = space.learn("the kitchen", kitchen);
    space.learn(Learning.of("the kitchen of Ann").withMetadata(kitchen).forUser("ann"));
    Metadata stove = Metadata.of(AutoRelation.KEY, "house/kitchen/stove");
    Metadata plate = Metadata.of(AutoRelation.KEY, "house/kitchen/stove/plate");
    List<Memory> learned =
        space.learn(
            List.of(
                with("the stove", AutoRelation.HIERARCHY).withMetadata(stove),
                with("the plate", AutoRelation.HIERARCHY).withMetadata(plate)));
    assertEquals(List.of(room.id()), ends(learned.getFirst(), Synapse.PART_OF));
    assertEquals(List.of(learned.getFirst().id()), ends(learned.getLast(), Synapse.PART_OF));
  }

  @Test
  void aMemoryFollowsTheOneBeforeItInItsSession() {
    space.dynamics(space.dynamics().relations(EnumSet.of(AutoRelation.SESSION)));
    Memory one = space.learn(Learning.of("one").inSession("monday"));
    Memory other = space.learn(Learning.of("other").inSession("monday").forUser("ann"));
    List<Memory> two =
        space.learn(
            List.of(
                Learning.of("two").inSession("monday"),
                Learning.of("aside"),
                Learning.of("three").inSession("monday")));
    assertEquals(List.of(one.id()), ends(two.getFirst(), Synapse.FOLLOWS));
    assertEquals(List.of(), space.neighbours(other.id()));
    assertEquals(List.of(), space.neighbours(two.get(1).id()));
    assertEquals(List.of(two.getFirst().id()), ends(two.getLast(), Synapse.FOLLOWS));
    space.forget(two.getLast().id());
    Memory four = space.learn(Learning.of("four").inSession("monday"));
    assertEquals(List.of(two.getFirst().id()), ends(four, Synapse.FOLLOWS));
    Memory five = space.learn(Learning.of("five").inSession("monday").relations(Set.of()));
    assertEquals(List.of(), space.neighbours(five.id()), "the learning counts, not the space");
  }

  @Test
  void everyRelationAtOnceInATransactionThatMakesTheSpace() {
    engram.write(tx -> {
      MemorySpace fresh = tx.space("fresh");
      fresh.dynamics(Dynamics.standard().relations(EnumSet.allOf(AutoRelation.class)));
      fresh.learn(Learning.of("a b c d e f g h").withId(RecordId.of("k")).inSession("s"));
      fresh.learn(Learning.of("a b c d e f g").withId(RecordId.of("k/l")).inSession("s"));
      List<String> relations =
          fresh.neighbours(RecordId.of("k/l")).stream().map(Synapse::relation).sorted().toList();
      assertEquals(
          List.of(Synapse.FOLLOWS, Synapse.PART_OF, Synapse.SIMILAR_TO, Synapse.TEMPORAL),
          relations);
    });
    assertEquals(EnumSet.allOf(AutoRelation.class), engram.space("fresh").dynamics().relations());
  }

  @Test
  void othersAreNeitherUsedNorTakenIntoWorkingMemory() {
    RecordId before = space.learn("before").id();
    clock.pass(Duration.ofSeconds(1));
    Memory old = space.get(before).orElseThrow();
    space.learn(with("after", AutoRelation.TEMPORAL));
    assertEquals(old, space.get(before).orElseThrow());
  }

  @Test
  void aMemoryThatIsForgottenMeanwhileGetsNoSynapse() {
    RecordId before = space.learn("before").id();
    RecordId other = space.learn("other").id();
    try (Transaction tx = engram.begin()) {
      Memory _ = tx.space("s").learn(with("after", AutoRelation.TEMPORAL));
      space.forget(before);
      assertThrows(ConflictException.class, tx::commit);
    }
    try (Transaction tx = engram.begin()) {
      RecordId third = tx.space("s").learn("third").id();
      Synapse _ = tx.space("s").associate(third, other);
      space.forget(other);
      assertThrows(ConflictException.class, tx::commit);
    }
  }
}
