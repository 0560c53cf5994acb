package dev.engram.soak;

import dev.engram.ErrorCode;
import dev.engram.internal.log.Directories;
import dev.engram.testing.FailingDeviceShim;
import dev.engram.testing.FileTree;
import dev.engram.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Lets a child process write until the disk is full: a real small one, or one that is made to seem
 * full. Errors have to be typed, what was acknowledged is read on, and all of it is there again
 * when there is space.
 */
final class DiskFullStep {
  private static final int TRANSACTIONS = 120;
  private static final int LEAST_BYTES = 1 << 20;
  private static final int MORE_BYTES = 12 << 20;

  private DiskFullStep() {}

  static void run(World world, RandomGenerator random) throws IOException {
    boolean small = random.nextBoolean();
    int extra = LEAST_BYTES + random.nextInt(MORE_BYTES);
    int after = random.nextInt(30);
    Optional<SmallDisk> disk = SmallDisk.ifPossible();
    Optional<FailingDeviceShim> shim = FailingDeviceShim.ifPossible();
    if (disk.isEmpty() && shim.isEmpty()) {
      world.tally().count("full disks skipped: no Linux, no mount, no C compiler", 1);
      return;
    }
    List<List<Op>> plan = plan(world, random);
    Path folder = Plans.write(world.fresh("plans"), List.of(plan));
    world.engram();
    world.close();
    List<String> lines =
        disk.isPresent() && (small || shim.isEmpty())
            ? onSmallDisk(world, disk.get(), folder, extra)
            : seemingly(world, shim.orElseThrow(), folder, after);
    judge(world, plan, lines, random);
    World.delete(folder);
  }

  private static List<List<Op>> plan(World world, RandomGenerator random) {
    State base = world.model().parts().getFirst();
    Planner planner = new Planner(base, 0, world.millis(), random);
    List<List<Op>> plan = new ArrayList<>();
    for (int i = 0; i < TRANSACTIONS; i++) {
      plan.addAll(planner.plan(1));
      plan.add(List.of(planner.large()));
    }
    return plan;
  }

  private static List<String> onSmallDisk(World world, SmallDisk disk, Path folder, int extra)
      throws IOException {
    Path mount = Files.createDirectories(world.fresh("disk"));
    Path left = Files.createDirectories(world.fresh("left"));
    // A file takes whole pages, and its name a little.
    long bytes = Directories.bytes(world.store()) + 8_192L * FileTree.files(world.store()).size();
    List<String> within = disk.within(mount, bytes + extra, world.store(), left);
    List<String> lines =
        Children.run(
            world,
            mount,
            Ending.OF_ITSELF,
            within,
            Map.of(),
            Child.FILL,
            folder.toString(),
            Child.NOTHING,
            "0");
    FileTree.delete(world.store());
    Files.move(left, world.store());
    Files.delete(mount);
    world.tally().count("full disks, real", 1);
    return lines;
  }

  private static List<String> seemingly(World world, FailingDeviceShim shim, Path folder, int after)
      throws IOException {
    Path trigger = world.fresh("full");
    List<String> lines =
        Children.run(
            world,
            world.store(),
            Ending.OF_ITSELF,
            List.of(),
            shim.fullDisk(trigger),
            Child.FILL,
            folder.toString(),
            trigger.toString(),
            Integer.toString(after));
    Files.deleteIfExists(trigger);
    world.tally().count("full disks, seeming", 1);
    return lines;
  }

  private static void judge(
      World world, List<List<Op>> plan, List<String> lines, RandomGenerator random) {
    List<List<List<Op>>> plans = List.of(plan, List.of(), List.of());
    Work work = Work.of(world.model(), plans, BulkPlan.NONE, lines);
    for (String line : lines) {
      SoakFailure.require(
          !line.equals(Child.FAILED + " " + ErrorCode.CORRUPT), "a full disk is no damage");
    }
    boolean opened = lines.size() != 1 || !lines.getFirst().startsWith(Child.FAILED + " ");
    if (opened) {
      work.requireRead(lines, world.millis());
    }
    world.holds(work.settle(Found.in(world.engram()), world.millis()));
    world.tally().count("transactions of children", work.total());
    world.verify(random, "after the disk was full");
  }
}
