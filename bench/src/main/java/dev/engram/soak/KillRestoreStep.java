package dev.engram.soak;

import java.util.List;
import java.util.random.RandomGenerator;

/** Kills a child process that goes back to a snapshot: the store is as before or as then. */
final class KillRestoreStep {
  private static final List<String> POINTS =
      List.of(
          "restore-log-copied",
          "restore-made",
          "restore-ready-written",
          "restore-ready",
          "restore-log-put-away",
          "restore-log-put-in-place",
          "restore-views-put-away",
          "restore-views-put-in-place",
          "restore-done");

  private KillRestoreStep() {}

  static void run(World world, RandomGenerator random) {
    if (world.snapshots().isEmpty()) {
      SnapshotSteps.create(world, random);
    }
    WriteSteps.write(world, random);
    if (world.snapshots().isEmpty()) {
      return;
    }
    String name = SnapshotSteps.one(world, random);
    Ending ending =
        random.nextInt(4) == 0
            ? Ending.afterMillis(random.nextInt(2_000))
            : Ending.at(POINTS.get(random.nextInt(POINTS.size())), 1);
    List<String> lines = Children.run(world, ending, Child.RESTORE, name);
    Model found = Found.in(world.engram());
    Model then = world.snapshot(name);
    if (then.differences(found, world.millis()).isEmpty()) {
      world.holds(then.copy());
    } else {
      SoakFailure.require(lines.isEmpty(), "a restore that was done is not there");
    }
    world.verify(random, "after a restore was killed: " + ending);
    SnapshotSteps.requireListed(world);
  }
}
