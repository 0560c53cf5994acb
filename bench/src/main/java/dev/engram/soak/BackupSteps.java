package dev.engram.soak;

import dev.engram.BackupInfo;
import dev.engram.BackupReport;
import dev.engram.Backups;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.Progress;
import dev.engram.Retention;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** Backups: making, keeping, reading back, and making a store of them. */
final class BackupSteps {
  private static final int KEPT = 3;

  private BackupSteps() {}

  static void create(World world, RandomGenerator random) {
    Backups backups = world.engram().backups().to(world.backupTarget());
    // Ids sort by time.
    world.clock().pass(Duration.ofMillis(1));
    BackupInfo made = backups.create();
    SoakFailure.require(
        made.commit().equals(world.engram().lastCommit()), "it holds another commit: " + made);
    world.backups().put(made.id(), world.model().copy());
    retain(world, 1 + random.nextInt(KEPT));
    requireWhole(backups, Backups.LATEST);
  }

  static void retain(World world, int kept) {
    List<BackupInfo> deleted =
        world.engram().backups().to(world.backupTarget()).retain(Retention.ofLast(kept));
    deleted.forEach(each -> world.backups().remove(each.id()));
    requireListed(world);
  }

  static void requireWhole(Backups backups, String id) {
    BackupReport report = backups.verify(id, Progress.NONE);
    SoakFailure.require(report.ok(), "a backup is not whole: " + report);
  }

  /** Of several stores that a restore has made one after the other, all are in the target. */
  static void requireListed(World world) {
    List<String> listed =
        Engram.backupsIn(world.backupTarget()).list().stream()
            .map(BackupInfo::id)
            .sorted()
            .toList();
    List<String> known = world.backups().keySet().stream().sorted().toList();
    SoakFailure.require(listed.equals(known), "backups: wanted=" + known + ", found=" + listed);
  }

  /** Makes a store of one; sometimes the soak goes on with that. */
  static void restore(World world, RandomGenerator random) throws IOException {
    if (world.backups().isEmpty()) {
      create(world, random);
    }
    List<String> ids = List.copyOf(world.backups().keySet());
    String id = ids.get(random.nextInt(ids.size()));
    boolean goesOn = random.nextBoolean();
    Path other = world.fresh("recovered");
    CommitId _ = Engram.restore(world.backupTarget(), id, other);
    Model wanted = world.backup(id);
    world.verify(other, wanted, random, "restored from the backup " + id);
    if (goesOn) {
      world.close();
      FileTree.delete(world.store());
      Files.move(other, world.store());
      world.holds(wanted.copy());
      world.snapshots().clear();
      // A restored store is another one, whose backups are judged by themselves: begin anew.
      FileTree.delete(world.backupTarget());
      world.backups().clear();
      world.verify(random, "gone on with the backup " + id);
    } else {
      World.delete(other);
    }
  }
}
