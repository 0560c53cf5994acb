package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.log.CrashPoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How synapses strengthen, fade and move, with the golden values of the specification. */
class DynamicsTest {
  private static final double EXACT = 1e-9;
  private static final double ROUNDED = 5e-5;

  private final TestClock clock = new TestClock();
  private final Engram engram = open();
  private MemorySpace space = engram.space("s");

  private Engram open() {
    return Engram.open(EngramConfig.inMemory().clock(clock));
  }

  @AfterEach
  void isHealthyAtTheEnd() {
    try (engram) {
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private RecordId learn(String text) {
    return space.learn(text).id();
  }

  private double weight(RecordId of) {
    return space.neighbours(of).stream().mapToDouble(Synapse::weight).max().orElse(0);
  }

  /** A synapse of a strength, made by one step of learning. */
  private void associate(RecordId from, RecordId to, double weight) {
    space.associate(from, to);
    Dynamics before = space.dynamics();
    double rate = (weight - .1) / .9;
    if (rate > 0) {
      space.dynamics(before.learningRate(rate));
      space.associate(from, to);
      space.dynamics(before);
    }
    assertEquals(weight, weight(from), EXACT);
  }

  @Test
  void goldenLongTermPotentiation() {
    RecordId a = learn("a");
    RecordId b = learn("b");
    assertEquals(.1, space.associate(a, b).weight(), EXACT);
    double[] golden = {.19, .271, .3439, .40951, .468559, .5217031, .56953279};
    for (int i = 0; i < golden.length; i++) {
      Synapse synapse = space.associate(a, b);
      assertEquals(golden[i], synapse.weight(), EXACT);
      assertEquals(i + 1, synapse.activations());
    }
  }

  @ParameterizedTest
  @CsvSource({".1, 230", ".5, 390", "1.0, 459"})
  void goldenCyclesUntilAShortTermSynapseIsPruned(double weight, int cycles) {
    RecordId a = learn("a");
    associate(a, learn("b"), weight);
    emptyWorkingMemory();
    sleep(cycles - 1);
    assertTrue(weight(a) >= .01);
    sleep(1);
    assertEquals(List.of(), space.neighbours(a));
  }

  @ParameterizedTest
  @CsvSource({".1, 2302", ".5, 3911", "1.0, 4603"})
  void goldenCyclesUntilALongTermSynapseIsPruned(double weight, int cycles) {
    RecordId a = learnWell("a");
    associate(a, learnWell("b"), weight);
    promoteAll();
    assertEquals(Synapse.Tier.LONG_TERM, space.neighbours(a).getFirst().tier());
    assertEquals(weight, weight(a), EXACT);
    sleep(cycles - 1);
    assertTrue(weight(a) >= .01);
    sleep(1);
    assertEquals(List.of(), space.neighbours(a));
  }

  @ParameterizedTest
  @CsvSource({".3, .1378", ".5, .3135", ".9, .6945", ".1, 0"})
  void goldenFadingOfAShortTermSynapseInSevenIdleDays(double weight, double faded) {
    RecordId a = learn("a");
    associate(a, learn("b"), weight);
    clock.pass(Duration.ofDays(7));
    assertEquals(faded, weight(a), ROUNDED);
    assertEquals(faded, weight(a), ROUNDED, "looking does not change it");
  }

  @Test
  void goldenFadingOfALongTermSynapseInSevenIdleDays() {
    RecordId a = learnWell("a");
    associate(a, learnWell("b"), .5);
    promoteAll();
    clock.pass(Duration.ofDays(7));
    assertEquals(.4963, weight(a), ROUNDED);
  }

  @ParameterizedTest
  @CsvSource({"1", "24", "2160"})
  void fadingDoesNotDependOnHowOftenItIsLookedAt(int hours) {
    RecordId a = learn("a");
    associate(a, learn("b"), .9);
    RecordId c = learnWell("c");
    associate(c, learnWell("d"), .9);
    promoteAll();
    double shortTerm = .9 * Math.exp(-90 / (30 * .9));
    double longTerm = .9 * (1 - .1 * (1 - Math.exp(-90 / (180 * .9))));
    for (int passed = 0; passed < 90 * 24; passed += hours) {
      clock.pass(Duration.ofHours(hours));
      assertTrue(weight(a) <= .9 && weight(c) <= .9);
    }
    assertEquals(shortTerm, weight(a), EXACT);
    assertEquals(longTerm, weight(c), EXACT);
  }

  @Test
  void hebbianMakesWhatIsMissingAndAdaptsToTheStrength() {
    RecordId a = learn("a");
    RecordId b = learn("b");
    RecordId c = learn("c");
    associate(a, b, .5);
    assertEquals(6, space.hebbian(List.of(a, b, c)));
    assertEquals(.55, weight(a), EXACT, "the rate is .10 at .5");
    assertEquals(6, allSynapses(a, b, c));
    assertEquals(.1, weight(c), EXACT);
    assertEquals(6, space.hebbian(List.of(a, b, c)));
    assertEquals(.1 + .14 * .9, weight(c), EXACT, "the rate is .14 at .1");
  }

  @Test
  void winnersGainAndLosersFade() {
    RecordId a = learn("a");
    RecordId b = learn("b");
    RecordId c = learn("c");
    associate(a, c, .5);
    associate(b, c, .5);
    assertEquals(2, space.compete(List.of(a), List.of(b)));
    assertEquals(.5 + .15 * .5, weight(a), EXACT);
    assertEquals(.5 * .98, weight(b), EXACT);
  }

  @Test
  void accessStrengthensWhatTouchesAMemoryAndCountsIt() {
    RecordId a = learn("a");
    RecordId b = learn("b");
    RecordId c = learn("c");
    space.associate(a, b);
    space.associate(c, a);
    space.associate(b, c);
    clock.pass(Duration.ofMinutes(1));
    Memory accessed = space.access(a);
    assertEquals(2, accessed.accessCount());
    assertEquals(clock.instant(), accessed.lastAccessed());
    assertEquals(3, space.neighbours(b).size() + space.neighbours(a).size() - 1);
    for (Synapse each : space.neighbours(a)) {
      assertEquals(.19, each.weight(), 1e-4);
      assertEquals(1, each.activations());
    }
    assertThrows(NotFoundException.class, () -> space.access(RecordId.of("nobody")));
  }

  @Test
  void sleepStrengthensWhatIsInWorkingMemoryTogetherAndFadesTheRest() {
    RecordId a = learn("a");
    RecordId b = learn("b");
    associate(a, b, .5);
    emptyWorkingMemory();
    RecordId c = learn("c");
    RecordId d = learn("d");
    associate(c, d, .5);
    SleepReport report = space.sleep();
    assertEquals(new SleepReport(1, 1, 0), report);
    assertEquals(.5 * .99, weight(a), EXACT);
    double faded = .5 * .99;
    assertEquals(faded + .2 * (1 - faded), weight(c), EXACT);
    clock.pass(Duration.ofHours(1));
    assertEquals(List.of(), space.workingMemory());
    assertTrue(space.sleep().dropped() >= 2);
  }

  @Test
  void workingMemoryKeepsWhatIsUsedAndNotMoreThanItMay() {
    space.dynamics(space.dynamics().workingMemoryLimit(3));
    List<RecordId> ids = new ArrayList<>();
    IntStream.range(0, 5).forEach(i -> ids.add(learn("memory " + i)));
    assertEquals(List.of(ids.get(4), ids.get(3), ids.get(2)), held());
    space.access(ids.get(2));
    assertEquals(ids.get(2), held().getFirst(), "what is used twice is kept better");
    clock.pass(Duration.ofMinutes(10));
    learn("memory 5");
    learn("memory 6");
    assertTrue(held().contains(ids.get(2)));
    assertEquals(3, held().size());
    assertTrue(space.forget(ids.get(2)));
    assertEquals(2, held().size());
    List<Learning> many =
        IntStream.range(0, 2_000).mapToObj(i -> Learning.of("of many " + i)).toList();
    space.learn(many);
    assertEquals(3, held().size());
  }

  @Test
  void consolidationMovesWhatIsReadyAndDropsWhatHasFaded() {
    RecordId a = learnWell("a");
    RecordId b = learnWell("b");
    RecordId c = learn("c");
    associate(a, b, .6);
    space.associate(b, c);
    ConsolidationReport first = space.consolidate();
    assertEquals(new ConsolidationReport(1, 0, 0, 1, 2, 1, 1), first);
    Synapse moved = space.neighbours(a).getFirst();
    assertEquals(Synapse.Tier.LONG_TERM, moved.tier());
    assertEquals(.6, moved.weight(), EXACT);
    assertEquals(1, moved.activations());
    assertEquals(new ConsolidationReport(0, 0, 0, 0, 1, 1, 1), space.consolidate());
    clock.pass(Duration.ofDays(30));
    assertEquals(new ConsolidationReport(0, 1, 0, 0, 1, 0, 1), space.consolidate());
    space.associate(a, b);
    assertEquals(Synapse.Tier.LONG_TERM, space.neighbours(a).getFirst().tier(), "it stays");
    assertEquals(1, space.reconsolidate(List.of(a)));
    assertEquals(Synapse.Tier.SHORT_TERM, space.neighbours(a).getFirst().tier());
  }

  @Test
  void tooManySynapsesAtOneMemoryInterfere() {
    RecordId hub = learn("hub");
    List<Association> all = new ArrayList<>();
    for (int i = 0; i < 51; i++) {
      all.add(Association.of(hub, learn("leaf " + i)));
    }
    space.associate(all.subList(0, 50));
    assertEquals(0, space.consolidate().weakened());
    space.associate(all.subList(50, 51));
    assertEquals(51, space.consolidate().weakened());
    assertEquals(.1 * .98, weight(hub), EXACT);
  }

  @Test
  void consolidatesInPartsOfAnySize() {
    space.dynamics(space.dynamics().batch(7));
    RecordId hub = learnWell("hub");
    for (int i = 0; i < 40; i++) {
      associate(hub, i % 2 == 0 ? learnWell("leaf " + i) : learn("leaf " + i), .6);
    }
    ConsolidationReport report = space.consolidate();
    assertEquals(20, report.promoted());
    assertEquals(20, report.shortTermAfter());
    assertEquals(20, report.longTermAfter());
  }

  @Test
  void dynamicsAreKeptAndCheckedAndDroppedWithTheSpace() {
    assertEquals(Dynamics.standard(), space.dynamics());
    space.dynamics(Dynamics.highPerformance());
    assertEquals(Dynamics.highPerformance(), space.dynamics());
    assertThrows(InvalidInputException.class, () -> Dynamics.standard().learningRate(0));
    assertThrows(InvalidInputException.class, () -> Dynamics.standard().decayRate(1));
    assertThrows(InvalidInputException.class, () -> Dynamics.standard().workingMemoryLimit(0));
    engram.catalog().drop("s");
    space = engram.space("s");
    assertEquals(Dynamics.standard(), space.dynamics());
  }

  @Test
  void recallCountsWhatItFindsSoonAfterAndStrengthensNothing() throws InterruptedException {
    RecordId a = learn("a kettle");
    RecordId b = learn("another kettle");
    associate(a, b, .5);
    List<Recollection> found = space.recall("kettle");
    assertEquals(2, found.size());
    List<Recollection> _ = space.recall(Recall.about("kettle").untouched());
    awaitAccesses(a, 2);
    assertEquals(2, space.get(b).orElseThrow().accessCount());
    assertEquals(.5, weight(a), EXACT);
    List<Recollection> _ = space.recall(Recall.about("kettle").reinforce());
    awaitAccesses(a, 4);
    assertEquals(.55, weight(a), EXACT);
  }

  @Test
  void recallsOfASpaceAreCountedThoughThoseOfAnotherCannotBe() throws InterruptedException {
    AtomicBoolean failing = new AtomicBoolean();
    CrashPoints points =
        point -> {
          if (point.equals("before-log-write") && failing.compareAndSet(true, false)) {
            throw new IllegalStateException("a disk that fails once");
          }
        };
    try (Engram own = EngineFactory.open(EngramConfig.inMemory().clock(clock), points)) {
      List<MemorySpace> spaces = List.of(own.space("a"), own.space("b"));
      for (MemorySpace each : spaces) {
        Memory _ = each.learn("a kettle");
      }
      failing.set(true);
      for (MemorySpace each : spaces) {
        assertEquals(1, each.recall("kettle").size());
      }
      for (int i = 0; i < 200 && failing.get(); i++) {
        Thread.sleep(50);
      }
      Memory _ = own.space("c").learn("what fails is tried again after another commit");
      for (MemorySpace each : spaces) {
        awaitAccesses(each, each.scan(Scan.first()).items().getFirst().id(), 2);
      }
    }
  }

  @Test
  void feedbackStrengthensWhatHelpedOnce() {
    RecordId a = learn("a kettle");
    RecordId b = learn("another kettle");
    RecordId c = learn("no kettle at all, but with more words");
    associate(a, b, .5);
    associate(b, c, .5);
    List<Recollection> found = space.recall("kettle");
    RecordId operation = found.getFirst().operation();
    assertFalse(space.feedback(Feedback.on(operation, false)));
    assertTrue(space.feedback(Feedback.on(operation, true).score(.5).used(List.of(a, b))));
    assertEquals(.5 + .05 * .5, weight(a), EXACT);
    assertEquals(.5, weight(c), EXACT, "it was not used");
    assertFalse(space.feedback(Feedback.on(operation, true)));
    assertFalse(space.feedback(Feedback.on(operation, false)));
    assertFalse(space.feedback(Feedback.on(operation, true)), "it has helped before");
    assertEquals(.5 + .05 * .5, weight(a), EXACT);
    assertThrows(
        NotFoundException.class, () -> space.feedback(Feedback.on(RecordId.of("x"), true)));
    List<Recollection> untouched = space.recall(Recall.about("kettle").untouched());
    assertThrows(
        NotFoundException.class,
        () -> space.feedback(Feedback.on(untouched.getFirst().operation(), true)));
  }

  private void awaitAccesses(RecordId id, long accesses) throws InterruptedException {
    awaitAccesses(space, id, accesses);
  }

  private static void awaitAccesses(MemorySpace in, RecordId id, long accesses)
      throws InterruptedException {
    for (int i = 0; i < 200 && in.get(id).orElseThrow().accessCount() < accesses; i++) {
      Thread.sleep(50);
    }
    assertEquals(accesses, in.get(id).orElseThrow().accessCount());
  }

  private List<RecordId> held() {
    return space.workingMemory().stream().map(WorkingMemory::id).toList();
  }

  private long allSynapses(RecordId... ids) {
    long ends = 0;
    for (RecordId id : ids) {
      ends += space.neighbours(id).size();
    }
    return ends / 2;
  }

  /** So that it counts as accessed often. */
  private RecordId learnWell(String text) {
    RecordId id = learn(text);
    for (int i = 0; i < 4; i++) {
      Memory _ = space.access(id);
    }
    return id;
  }

  /** Without time passing, so that nothing fades by it. */
  private void emptyWorkingMemory() {
    Dynamics dynamics = space.dynamics();
    space.dynamics(dynamics.workingMemoryLimit(1));
    learn("something else");
    space.dynamics(dynamics);
  }

  private void promoteAll() {
    emptyWorkingMemory();
    Dynamics dynamics = space.dynamics();
    space.dynamics(dynamics.consolidationThreshold(.01));
    ConsolidationReport _ = space.consolidate();
    space.dynamics(dynamics);
  }

  private void sleep(int cycles) {
    for (int i = 0; i < cycles; i++) {
      SleepReport _ = space.sleep();
    }
  }
}
