package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.HashingEmbedder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is alike weakens what is like it. */
class InterferenceTest {
  private static final double EXACT = 1e-9;

  @Test
  void weakensWhatIsAlikeByItsWords() {
    try (Engram engram = Engram.open(EngramConfig.inMemory().clock(new TestClock()))) {
      weakens(engram, "green tea in the morning", "green tea in the evening");
    }
  }

  @Test
  void weakensWhatIsAlikeByItsVector() {
    EngramConfig config = EngramConfig.inMemory().clock(new TestClock());
    try (Engram engram = Engram.open(config.embedder(new HashingEmbedder(256)))) {
      weakens(engram, "green tea in the morning", "green tea in the evening");
    }
  }

  private static void weakens(Engram engram, String text, String alike) {
    MemorySpace space = engram.space("s");
    RecordId tea = space.learn(text).id();
    RecordId other = space.learn(alike).id();
    RecordId oslo = space.learn("trains to Oslo").id();
    RecordId far = space.learn("a boat on the lake").id();
    space.associate(
        List.of(
            Association.of(other, oslo).withStrength(.5),
            Association.of(far, oslo).withStrength(.5),
            Association.of(tea, far).withStrength(.5)));
    assertEquals(new InterferenceReport(1, 1), space.interfere(tea, .6));
    assertEquals(.4, space.neighbours(other).getFirst().weight(), EXACT);
    assertEquals(.5, space.neighbours(far).getFirst().weight(), EXACT);
    assertEquals(.5, space.neighbours(far).getLast().weight(), EXACT);
    assertEquals(new InterferenceReport(0, 0), space.interfere(tea, 1));
    assertThrows(InvalidInputException.class, () -> space.interfere(tea, 0));
    assertThrows(InvalidInputException.class, () -> space.interfere(tea, 1.1));
    assertThrows(InvalidInputException.class, () -> space.interfere(tea, Double.NaN));
    assertThrows(NotFoundException.class, () -> space.interfere(RecordId.of("x"), .5));
    assertTrue(engram.check().ok(), () -> engram.check().toString());
  }

  @Test
  void weakensOneSynapseOnceAndNoMoreThanTheMostAlike() {
    try (Engram engram = Engram.open(EngramConfig.inMemory().clock(new TestClock()))) {
      MemorySpace space = engram.space("s");
      RecordId first = space.learn("green tea in the morning").id();
      List<RecordId> alike =
          space
              .learn(
                  java.util.stream.IntStream.range(0, Limits.MAX_INTERFERING + 1)
                      .mapToObj(_ -> Learning.of("green tea in the morning").allowDuplicates())
                      .toList())
              .stream()
              .map(Memory::id)
              .toList();
      space.associate(List.of(Association.of(alike.get(0), alike.get(1)).withStrength(.5)));

      assertEquals(new InterferenceReport(Limits.MAX_INTERFERING, 1), space.interfere(first, .9));
      assertEquals(.4, space.neighbours(alike.getFirst()).getFirst().weight(), EXACT);
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void leavesTheLongTermAlone() {
    TestClock clock = new TestClock();
    try (Engram engram = Engram.open(EngramConfig.inMemory().clock(clock))) {
      MemorySpace space = engram.space("s");
      RecordId tea = space.learn("green tea in the morning").id();
      RecordId other = space.learn("green tea in the evening").id();
      RecordId oslo = space.learn("trains to Oslo").id();
      space.associate(List.of(Association.of(other, oslo).withStrength(1)));
      for (int i = 0; i < 3; i++) {
        Synapse _ = space.associate(other, oslo);
      }
      clock.pass(java.time.Duration.ofHours(2));
      assertEquals(1, space.consolidate().promoted());
      assertEquals(new InterferenceReport(1, 0), space.interfere(tea, .6));
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }
}
