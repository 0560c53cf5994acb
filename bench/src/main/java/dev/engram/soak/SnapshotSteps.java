package dev.engram.soak;

import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.SnapshotInfo;
import dev.engram.Snapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/** Snapshots: making, deleting, and going back to them. */
final class SnapshotSteps {
  private SnapshotSteps() {}

  static void create(World world, RandomGenerator random) {
    String _ = make(world);
    Snapshots snapshots = world.engram().snapshots();
    if (random.nextInt(4) == 0) {
      String other = one(world, random);
      SoakFailure.require(snapshots.delete(other), "it was not there: " + other);
      world.snapshots().remove(other);
    }
    requireListed(world);
  }

  /** Makes one; its name. The oldest goes where there are too many. */
  static String make(World world) {
    String name = world.name("s");
    SnapshotInfo made = world.engram().snapshots().create(name);
    SoakFailure.require(
        made.commit().equals(world.engram().lastCommit()), "it holds another commit: " + made);
    world.snapshots().put(name, world.model().copy());
    while (world.snapshots().size() > World.SNAPSHOT_LIMIT) {
      world.snapshots().remove(world.snapshots().firstEntry().getKey());
    }
    return name;
  }

  /** Goes back to one, or makes another store of it. */
  static void restore(World world, RandomGenerator random) throws IOException {
    if (world.snapshots().isEmpty()) {
      create(world, random);
    }
    boolean inPlace = random.nextBoolean();
    if (world.snapshots().isEmpty()) {
      return;
    }
    String name = one(world, random);
    if (inPlace) {
      goBack(world, name);
      world.verify(random, "restored in place: " + name);
      requireListed(world);
    } else {
      Path other = world.fresh("restored");
      CommitId _ = Engram.restoreSnapshot(world.store(), name, other);
      world.verify(other, world.snapshot(name), random, "restored elsewhere: " + name);
      World.delete(other);
    }
  }

  private static void goBack(World world, String name) {
    CommitId before = world.engram().lastCommit();
    world.close();
    CommitId restored = Engram.restoreSnapshot(world.store(), name);
    SoakFailure.require(
        restored.timeline() > before.timeline(), "no new timeline: " + before + ", " + restored);
    world.holds(world.snapshot(name).copy());
  }

  static String one(World world, RandomGenerator random) {
    List<String> names = List.copyOf(world.snapshots().keySet());
    return names.get(random.nextInt(names.size()));
  }

  /** The store lists just those that the oracle knows, the newest first. */
  static void requireListed(World world) {
    List<String> listed =
        world.engram().snapshots().list().stream().map(SnapshotInfo::name).toList();
    List<String> known = List.copyOf(world.snapshots().keySet()).reversed();
    SoakFailure.require(listed.equals(known), "snapshots: wanted=" + known + ", found=" + listed);
  }
}
