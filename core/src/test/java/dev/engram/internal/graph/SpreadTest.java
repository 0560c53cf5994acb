package dev.engram.internal.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.engram.Synapse.Tier;
import dev.engram.internal.graph.Neighbours.Link;
import dev.engram.internal.graph.Spread.Activated;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Activation from seeds that differ. */
class SpreadTest {
  private static final double EXACT = 1e-7;
  private static final Moment NOW = new Moment(0, 0, 0);

  private final Map<Integer, List<Link>> links = new HashMap<>();

  private void join(int from, int to, double weight) {
    link(from, to, weight, false);
    link(to, from, weight, true);
  }

  private void link(int from, int to, double weight, boolean incoming) {
    Strength strength = new Strength(weight, 0, 0);
    links
        .computeIfAbsent(from, _ -> new ArrayList<>())
        .add(new Link(to, strength, Tier.SHORT_TERM, "RELATED", incoming));
  }

  private Map<Integer, Activated> spread(IntPredicate allowed, int[] seeds, double... at) {
    Graph graph = node -> Neighbours.of(links.getOrDefault(node, List.of()), 9);
    return new Spread(graph, NOW, .01, 9, allowed).from(seeds, at, 3);
  }

  private static Activated at(Map<Integer, Activated> found, int node) {
    return Objects.requireNonNull(found.get(node));
  }

  @Test
  void passesOnWhatASeedIsWorth() {
    join(1, 2, .5);
    join(2, 3, 1);
    Map<Integer, Activated> found = spread(_ -> true, new int[] {1}, .8);
    assertEquals(Set.of(2, 3), found.keySet(), "nothing comes back to the only seed");
    assertEquals(.8 * .5 * .7, at(found, 2).activation(), EXACT);
    assertEquals(.8 * .5 * .7 * .7, at(found, 3).activation(), EXACT);
    assertArrayEquals(new int[] {1, 2, 3}, at(found, 3).path());
  }

  @Test
  void seedsReachEachOther() {
    join(1, 2, 1);
    join(2, 3, 1);
    Map<Integer, Activated> found = spread(_ -> true, new int[] {1, 3}, 1, .1);
    assertEquals(.7, at(found, 2).activation(), EXACT);
    assertEquals(.49, at(found, 3).activation(), EXACT);
    assertArrayEquals(new int[] {1, 2, 3}, at(found, 3).path());
    assertEquals(Set.of(2, 3), found.keySet(), "what 3 passes on is less than what comes to it");
  }

  @Test
  void passesNothingThroughWhatIsNotAllowed() {
    join(1, 2, 1);
    join(2, 3, 1);
    assertEquals(Map.of(), spread(node -> node != 2, new int[] {1}, 1));
  }

  /** Not the better way by which it was found too late to push again. */
  @Test
  void tellsTheWayByWhichTheActivationCame() {
    join(1, 2, .3);
    join(1, 3, 1);
    join(3, 2, 1);
    join(2, 4, 1);
    Graph graph = node -> Neighbours.of(links.getOrDefault(node, List.of()), 9);
    List<Activated> found = new Spread(graph, NOW, .01, 9).from(new int[] {1}, 2);
    Activated four = found.stream().filter(each -> each.node() == 4).findFirst().orElseThrow();
    assertEquals(.7 * .3 * .7, four.activation(), EXACT);
    assertArrayEquals(new int[] {1, 2, 4}, four.path());
  }
}
