package dev.engram.soak;

import dev.engram.testing.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts {@link Child}, ends it when it is due, and returns what it has printed. */
final class Children {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** One that ends by itself is given so long to do so. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** So many of the last lines are shown of one that failed. */
  private static final int SHOWN = 20;

  private Children() {}

  /** Runs one on the store of a soak, which is closed first. */
  static List<String> run(World world, Ending ending, String... words) {
    world.close();
    return run(world, world.store(), ending, List.of(), Map.of(), words);
  }

  /**
   * Runs one.
   *
   * @param within another command that it is run by
   * @param environment added to this process's
   */
  static List<String> run(
      World world,
      Path store,
      Ending ending,
      List<String> within,
      Map<String, String> environment,
      String... words) {
    List<String> arguments = new ArrayList<>();
    arguments.add(store.toString());
    arguments.add(Long.toString(world.millis()));
    arguments.add(Child.word(world.durability()));
    arguments.add(ending.point());
    arguments.add(Integer.toString(ending.times()));
    arguments.addAll(List.of(words));
    try (ChildJvm child = ChildJvm.start(within, Child.class, arguments, environment, List.of())) {
      return end(world, child, ending, words[0]);
    }
  }

  private static List<String> end(World world, ChildJvm child, Ending ending, String act) {
    int exit;
    try {
      if (ending.isOutside()) {
        awaitDue(child, ending);
        child.kill();
      }
      exit = child.waitFor(TIMEOUT);
    } catch (AssertionError e) {
      throw new SoakFailure("a child did not end: " + told(child, ending, act), e);
    }
    SoakFailure.require(
        ending.allows(exit), "a child failed: exit=" + exit + ", " + told(child, ending, act));
    world.tally().count(exit == 0 ? "children that ended" : "children that were killed", 1);
    return child.lines();
  }

  /** What a child was to do, and all that it said of how it went. */
  private static String told(ChildJvm child, Ending ending, String act) {
    List<String> lines = child.lines();
    List<String> last = lines.subList(Math.max(0, lines.size() - SHOWN), lines.size());
    return "act="
        + act
        + ", "
        + ending
        + "\n  its last lines of "
        + lines.size()
        + ":\n"
        + String.join("\n", last)
        + "\n  its errors:\n"
        + child.errors();
  }

  private static void awaitDue(ChildJvm child, Ending ending) {
    Duration time = Duration.ofMillis(Math.min(ending.millis(), TIMEOUT.toMillis()));
    try {
      List<String> _ = child.awaitLines(ending.lines(), time);
    } catch (AssertionError e) {
      if (ending.millis() == Long.MAX_VALUE) {
        // It has ended before; else it hangs, which this does not pass over.
        int _ = child.waitFor(GRACE);
      }
    }
  }
}
