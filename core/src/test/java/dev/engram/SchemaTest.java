package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How patterns of memories that share words are strengthened. */
class SchemaTest {
  private static final double EXACT = 1e-9;

  private final TestClock clock = new TestClock();
  private final Engram engram = Engram.open(EngramConfig.inMemory().clock(clock));
  private final MemorySpace space = engram.space("s");

  @AfterEach
  void isHealthyAtTheEnd() {
    try (engram) {
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private List<RecordId> learn(int count, String words) {
    List<RecordId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(space.learn(words.replace("#", "word" + ids.size())).id());
    }
    return ids;
  }

  /** Long-term synapses of strength .8, a little faded, from the first to each of the others. */
  private void join(List<RecordId> ids) {
    List<Association> all =
        ids.stream()
            .skip(1)
            .map(id -> Association.of(ids.getFirst(), id).withStrength(.8))
            .toList();
    List<Synapse> _ = space.associate(all);
    clock.pass(Duration.ofHours(2));
    assertEquals(all.size(), space.consolidate().promoted());
  }

  private double weight(RecordId of) {
    return space.neighbours(of).getFirst().weight();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1_000})
  void strengthensThePatternThatIsStrongByHalfTheLearningRateOnce(int batch) {
    space.dynamics(space.dynamics().batch(batch));
    List<RecordId> tea = learn(8, "The teas were green, as # and bitter");
    List<RecordId> mixed = learn(8, "a green #");
    join(tea);
    join(mixed);
    double before = weight(tea.getFirst());
    double other = weight(mixed.getFirst());
    SchemaReport report = space.consolidateSchemas();
    assertEquals(3, report.patterns(), "green tea, green bitter, tea bitter");
    assertEquals(7, report.strengthened());
    for (Synapse each : space.neighbours(tea.getFirst())) {
      assertEquals(before + .05 * (1 - before), each.weight(), EXACT);
      assertEquals(Synapse.Tier.LONG_TERM, each.tier());
      assertEquals(1, each.activations());
      assertEquals(clock.instant(), each.lastAccessed());
    }
    assertEquals(other, weight(mixed.getFirst()), EXACT, "they share one word only");
  }

  @Test
  void leavesAPatternAloneThatIsNotStrongEnough() {
    List<RecordId> tea = learn(7, "green tea #");
    join(tea);
    assertEquals(new SchemaReport(0, 0), space.consolidateSchemas());
    List<Synapse> _ =
        space.associate(List.of(Association.of(tea.get(1), tea.get(2)).withStrength(1)));
    assertEquals(
        new SchemaReport(0, 0), space.consolidateSchemas(), "short-term ones do not count");
  }

  @Test
  void tellsItsProgressAndCanBeStopped() {
    space.dynamics(space.dynamics().batch(3));
    join(learn(8, "green tea #"));
    AtomicLong last = new AtomicLong();
    assertEquals(
        7,
        space
            .consolidateSchemas(update -> {
              assertEquals(14, update.total());
              last.set(update.current());
            })
            .strengthened());
    assertEquals(14, last.get());
    assertThrows(
        CancelledException.class,
        () ->
            space.consolidateSchemas(_ -> {
              throw new CancelledException("enough");
            }));
    assertEquals(new SchemaReport(0, 0), engram.space("empty").consolidateSchemas());
  }

  @Test
  void goesOnWithWhatWasInterruptedAndStrengthensEachOnce() {
    space.dynamics(space.dynamics().batch(2));
    List<RecordId> tea = learn(8, "green tea #");
    join(tea);
    double before = weight(tea.getFirst());
    // Seven are counted in four parts; the next one strengthens two.
    stopAfter(5);
    clock.pass(Duration.ofMinutes(1));
    List<RecordId> more = learn(8, "black coffee #");
    join(more);
    SchemaReport rest = space.consolidateSchemas();
    assertEquals(1, rest.patterns(), "what was found strong when it began");
    assertEquals(5, rest.strengthened());
    for (Synapse each : space.neighbours(tea.getFirst())) {
      assertEquals(before + .05 * (1 - before), each.weight(), 1e-3);
      assertEquals(1, each.activations());
    }
    assertEquals(0, space.neighbours(more.getFirst()).getFirst().activations());
    SchemaReport next = space.consolidateSchemas();
    assertEquals(new SchemaReport(2, 14), next, "the next one begins anew");
  }

  private void stopAfter(int parts) {
    AtomicLong left = new AtomicLong(parts);
    assertThrows(
        CancelledException.class,
        () ->
            space.consolidateSchemas(_ -> {
              if (left.decrementAndGet() == 0) {
                throw new CancelledException("enough");
              }
            }));
  }

  @Test
  void isAPartOfATransaction() {
    join(learn(8, "green tea #"));
    try (Transaction tx = engram.begin()) {
      assertEquals(7, tx.space("s").consolidateSchemas().strengthened());
      tx.rollback();
    }
    assertEquals(7, space.consolidateSchemas().strengthened());
  }
}
