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
  private static final int KILLED = 128 + 9;

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
      return end(world, child, ending);
    } catch (AssertionError e) {
      throw new SoakFailure("a child process: " + words[0], e);
    }
  }

  private static List<String> end(World world, ChildJvm child, Ending ending) {
    if (ending.isOutside()) {
      awaitDue(child, ending);
      child.kill();
    }
    int exit = child.waitFor(TIMEOUT);
    SoakFailure.require(
        exit == 0 || exit == KILLED,
        "a child process failed: exit=" + exit + "\n" + child.errors());
    world.tally().count(exit == 0 ? "children that ended" : "children that were killed", 1);
    return child.lines();
  }

  private static void awaitDue(ChildJvm child, Ending ending) {
    Duration time = Duration.ofMillis(Math.min(ending.millis(), TIMEOUT.toMillis()));
    try {
      List<String> _ = child.awaitLines(ending.lines(), time);
    } catch (AssertionError e) {
      // The time is over, or it has ended by itself: its exit code tells.
    }
  }
}
