package dev.engram.soak;

import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.ExistsException;
import dev.engram.NotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Kills a child process that makes a store of the archive: the store is whole, or there is none and
 * it can be made in the same place.
 */
final class KillRecoverStep {
  private static final List<String> POINTS =
      List.of(
          "recover-base-made",
          "recover-step",
          "recover-applied",
          "restore-made",
          "restore-ready-written",
          "restore-ready",
          "restore-log-put-in-place",
          "restore-done");

  private KillRecoverStep() {}

  static void run(World world, RandomGenerator random) throws IOException {
    if (world.archived().isEmpty()) {
      ArchiveSteps.ship(world, random);
    }
    Archived to = world.archived().get(random.nextInt(world.archived().size()));
    Ending ending =
        random.nextInt(4) == 0
            ? Ending.afterMillis(random.nextInt(2_000))
            : Ending.at(POINTS.get(random.nextInt(POINTS.size())), 1);
    boolean opened = random.nextBoolean();
    Path other = world.fresh("recovered");
    boolean done = !recover(world, to, other, ending).isEmpty();
    boolean there = opened ? isThere(world, other) : done;
    SoakFailure.require(there || !done, "a recovery that was done is not there: " + to);
    if (!there) {
      again(world, to, other, opened);
    }
    world.verify(other, to.model(), random, "recovered " + to + ", killed: " + ending);
    World.delete(other);
  }

  private static List<String> recover(World world, Archived to, Path other, Ending ending) {
    List<String> words = new ArrayList<>(List.of(Child.RECOVER, world.archiveTarget().toString()));
    words.addAll(to.words());
    return Children.run(world, other, ending, List.of(), Map.of(), words.toArray(String[]::new));
  }

  /** Opening finishes what was cut short, or drops it. */
  private static boolean isThere(World world, Path other) {
    try (Engram _ = Engram.open(world.config(other).createIfMissing(false))) {
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  private static void again(World world, Archived to, Path other, boolean opened) {
    try {
      CommitId _ = Engram.recover(world.archiveTarget(), to.point(), other);
    } catch (ExistsException e) {
      // It was put in place right before the kill; what it holds is compared later.
      SoakFailure.require(!opened, "neither a store nor a place for one: " + e.getMessage());
    }
  }
}
