package dev.engram.soak;

import dev.engram.BackupInfo;
import dev.engram.BackupKind;
import dev.engram.BackupReport;
import dev.engram.Backups;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.Metadata;
import dev.engram.Progress;
import dev.engram.Retention;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Backups: making, keeping, reading back, and making a store of them. */
final class BackupSteps {
  private static final int KEPT = 3;

  private BackupSteps() {}

  static void create(World world, RandomGenerator random) {
    BackupInfo made = make(world, BackupKind.FULL);
    SoakFailure.require(made.kind() == BackupKind.FULL, "it is not a full one: " + made);
    retain(world, 1 + random.nextInt(KEPT));
    requireWhole(backups(world), Backups.LATEST);
  }

  /** Makes one or two that hold what has changed, and another store of the last one. */
  static void changes(World world, RandomGenerator random) throws IOException {
    BackupKind first = random.nextBoolean() ? BackupKind.INCREMENTAL : BackupKind.DIFFERENTIAL;
    BackupKind second = random.nextBoolean() ? BackupKind.INCREMENTAL : BackupKind.DIFFERENTIAL;
    // A full one where the store has none on this timeline.
    BackupInfo before = make(world, first);
    WriteSteps.write(world, random);
    List<BackupInfo> listed = backups(world).list();
    BackupInfo made = make(world, second);
    requireContinues(made, second, before, listed);
    Path other = world.fresh("recovered");
    restore(world, made.id(), other, random);
    World.delete(other);
    retain(world, 1 + random.nextInt(KEPT));
    requireWhole(backups(world), Backups.LATEST);
  }

  private static Backups backups(World world) {
    return world.engram().backups().to(world.backupTarget());
  }

  private static BackupInfo make(World world, BackupKind kind) {
    // Ids sort by time.
    world.clock().pass(Duration.ofMillis(1));
    CommitId before = world.engram().lastCommit();
    BackupInfo made = backups(world).create(kind, Metadata.empty(), Progress.NONE);
    CommitId after = world.engram().lastCommit();
    // Recalls may be counted meanwhile, in commits of their own.
    SoakFailure.require(
        made.commit().timeline() == before.timeline()
            && made.commit().lsn() >= before.lsn()
            && made.commit().lsn() <= after.lsn(),
        "it holds another commit: " + made + ", before=" + before + ", after=" + after);
    world.backups().put(made.id(), world.model().copy());
    world.tally().count("backups " + made.kind(), 1);
    return made;
  }

  /** It follows the newest one, or the full one that this goes back to, as its kind says. */
  private static void requireContinues(
      BackupInfo made, BackupKind kind, BackupInfo before, List<BackupInfo> listed) {
    BackupInfo parent = before;
    while (kind == BackupKind.DIFFERENTIAL && parent.parent().isPresent()) {
      String id = parent.parent().get();
      parent = listed.stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
    }
    SoakFailure.require(
        made.kind() == kind && made.parent().equals(Optional.of(parent.id())),
        "it continues another one: wanted=" + parent + ", made=" + made);
  }

  static void retain(World world, int kept) {
    List<BackupInfo> deleted = backups(world).retain(Retention.ofLast(kept));
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

  /** Makes a store of one, with which the soak may go on, or goes back to one in place. */
  static void restore(World world, RandomGenerator random) throws IOException {
    if (world.backups().isEmpty()) {
      create(world, random);
    }
    List<String> ids = List.copyOf(world.backups().keySet());
    String id = ids.get(random.nextInt(ids.size()));
    switch (random.nextInt(3)) {
      case 0 -> {
        Path other = world.fresh("recovered");
        restore(world, id, other, random);
        World.delete(other);
      }
      case 1 -> {
        Path other = world.fresh("recovered");
        restore(world, id, other, random);
        goOn(world, other, world.backup(id));
        world.verify(random, "gone on with the backup " + id);
      }
      default -> {
        goBack(world, id);
        world.verify(random, "gone back to the backup " + id);
        SnapshotSteps.requireListed(world);
      }
    }
  }

  private static void goBack(World world, String id) {
    CommitId before = world.engram().lastCommit();
    world.close();
    CommitId restored = Engram.restoreInPlace(world.backupTarget(), id, world.store());
    SoakFailure.require(
        restored.timeline() > before.timeline(), "no new timeline: " + before + ", " + restored);
    world.holds(world.backup(id).copy());
    world.tally().count("restores in place", 1);
  }

  private static void restore(World world, String id, Path other, RandomGenerator random) {
    CommitId _ = Engram.restore(world.backupTarget(), id, other);
    world.verify(other, world.backup(id), random, "restored from the backup " + id);
  }

  /** Another store takes the place of the one that was. */
  static void goOn(World world, Path other, Model holds) throws IOException {
    world.close();
    FileTree.delete(world.store());
    Files.move(other, world.store());
    world.holds(holds.copy());
    world.snapshots().clear();
    // It is another store, whose backups are judged by themselves: begin anew.
    FileTree.delete(world.backupTarget());
    world.backups().clear();
  }
}
