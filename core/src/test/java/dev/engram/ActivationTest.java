package dev.engram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What spreading activation and path recall find. */
class ActivationTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final double EXACT = 1e-6;

  private final TestClock clock = new TestClock();
  private final Engram engram = Engram.open(EngramConfig.inMemory().clock(clock));
  private final MemorySpace space = engram.space("s");

  @AfterEach
  void isHealthyAtTheEnd() {
    try (engram) {
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private List<RecordId> learn(int count) {
    List<RecordId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(space.learn("memory " + i).id());
    }
    return ids;
  }

  /** Synapses of this strength, by one step of learning each. */
  private void associate(RecordId from, RecordId to, double weight) {
    space.associate(from, to);
    space.dynamics(Dynamics.standard().learningRate((weight - .1) / .9));
    space.associate(from, to);
    space.dynamics(Dynamics.standard());
  }

  @Test
  void goldenRelevanceAlongALine() {
    List<RecordId> line = learn(5);
    double w = .9;
    for (int i = 0; i < 4; i++) {
      associate(line.get(i), line.get(i + 1), w);
    }
    clock.pass(Duration.ofSeconds(1));
    List<PathRecollection> found = space.recall(PathRecall.from(line.get(0)));
    double recent = 1.5;
    assertArrayEquals(
        new double[] {w * recent, .8 * w * w * recent, .512 * w * w * w * recent},
        found.stream().mapToDouble(PathRecollection::score).toArray(),
        1e-5);
    assertEquals(line.subList(0, 4), found.get(2).path());
    assertEquals(3, found.get(2).pathLength());
    assertEquals(w * w * w, found.get(2).connectionStrength(), 1e-5);
    assertEquals(4, space.recall(PathRecall.from(line.get(0)).maxPath(4)).size());
    assertEquals(1, space.recall(PathRecall.from(line.get(0)).minRelevance(.8)).size());
    assertEquals(2, space.recall(PathRecall.from(line.get(0)).limit(2)).size());
    assertEquals(
        List.of(line.get(4), line.get(3)),
        space.recall(PathRecall.from(line.get(4)).maxPath(1)).getFirst().path(),
        "both ways");
  }

  @Test
  void recencyCountsAfterTheFilter() {
    List<RecordId> ids = learn(2);
    associate(ids.get(0), ids.get(1), 1);
    double[] factors = {1.5, 1.2, 1, .8};
    long[] hours = {0, 2, 30, 24 * 8};
    long passed = 0;
    for (int i = 0; i < hours.length; i++) {
      clock.pass(Duration.ofHours(hours[i] - passed));
      passed = hours[i];
      double weight = space.neighbours(ids.get(0)).getFirst().weight();
      double score = space.recall(PathRecall.from(ids.get(0))).getFirst().score();
      assertEquals(weight * factors[i], score, EXACT);
    }
  }

  @Test
  void activationSpreadsBothWaysAndTheMostCounts() {
    List<RecordId> ids = learn(5);
    associate(ids.get(0), ids.get(1), .9);
    associate(ids.get(2), ids.get(1), .8);
    associate(ids.get(0), ids.get(2), .3);
    associate(ids.get(3), ids.get(2), .9);
    List<Activated> found = space.activate(ids.get(0));
    assertEquals(
        List.of(ids.get(1), ids.get(2), ids.get(3)),
        found.stream().map(each -> each.memory().id()).toList());
    double first = .7 * .9;
    double second = .7 * .8 * first;
    assertEquals(first, found.get(0).activation(), EXACT);
    assertEquals(second, found.get(1).activation(), EXACT, "not directly, which gives .21");
    assertEquals(.7 * .9 * second, found.get(2).activation(), EXACT);
    assertEquals(List.of(ids.get(0), ids.get(1), ids.get(2), ids.get(3)), found.get(2).path());
    assertEquals(1, space.activate(Activation.of(ids.get(0)).threshold(.5)).size());
    assertEquals(.21, space.activate(Activation.of(ids.get(0)).hops(1)).get(1).activation(), EXACT);
    assertEquals(1, space.activate(Activation.of(ids.get(0)).limit(1)).size());
    assertEquals(
        List.of(ids.get(1)),
        space.activate(Activation.of(List.of(ids.get(0), ids.get(2), ids.get(3)))).stream()
            .map(each -> each.memory().id())
            .toList(),
        "seeds are not found");
    assertThrows(NotFoundException.class, () -> space.activate(RecordId.of("nobody")));
    assertThrows(InvalidInputException.class, () -> Activation.of(List.of()));
  }

  @Test
  void findsWhatAPlainComputationFinds() {
    Random random = new Random(SEED);
    List<RecordId> ids = learn(60);
    double[][] weights = new double[60][60];
    for (int i = 0; i < 200; i++) {
      int from = random.nextInt(60);
      int to = random.nextInt(60);
      if (from != to && weights[from][to] == 0) {
        double weight = .1 + .9 * random.nextDouble();
        associate(ids.get(from), ids.get(to), weight);
        weights[from][to] = weight;
      }
    }
    for (int seed = 0; seed < 10; seed++) {
      Map<RecordId, Double> expected = plain(weights, seed, ids);
      Map<RecordId, Double> found = new HashMap<>();
      space
          .activate(Activation.of(ids.get(seed)).limit(60))
          .forEach(each -> found.put(each.memory().id(), each.activation()));
      assertEquals(expected.keySet(), found.keySet(), "seed=" + SEED);
      expected.forEach((id, activation) -> assertEquals(activation, found.get(id), EXACT));
    }
  }

  private static Map<RecordId, Double> plain(double[][] weights, int seed, List<RecordId> ids) {
    double[] now = new double[ids.size()];
    now[seed] = 1;
    for (int hop = 0; hop < 3; hop++) {
      double[] next = now.clone();
      for (int a = 0; a < now.length; a++) {
        for (int b = 0; b < now.length; b++) {
          double pushed = .7 * now[a] * Math.max(weights[a][b], weights[b][a]);
          if (pushed >= .1) {
            next[b] = Math.max(next[b], pushed);
          }
        }
      }
      now = next;
    }
    Map<RecordId, Double> found = new HashMap<>();
    for (int i = 0; i < now.length; i++) {
      if (i != seed && now[i] >= .1) {
        found.put(ids.get(i), now[i]);
      }
    }
    return found;
  }

  @Test
  void neverSeesWhatASynapseWasBeforeAnAcknowledgedCommit() throws InterruptedException {
    List<RecordId> ids = learn(3);
    space.associate(ids.get(0), ids.get(1));
    AtomicBoolean over = new AtomicBoolean();
    Thread reading =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                List<Activated> _ = space.activate(Activation.of(ids.get(0)).threshold(.01));
              }
            });
    double last = 0;
    for (int i = 0; i < 300; i++) {
      double weight = space.associate(ids.get(0), ids.get(1)).weight();
      double seen =
          space.activate(Activation.of(ids.get(0)).threshold(.01)).getFirst().activation();
      assertEquals(.7 * weight, seen, EXACT, "i=" + i);
      assertTrue(seen >= last - EXACT);
      last = seen;
    }
    over.set(true);
    reading.join();
    assertTrue(space.forget(ids.get(1)));
    assertEquals(List.of(), space.activate(ids.get(0)));
    assertTrue(engram.stats().synapses().requests() > 0);
  }
}
