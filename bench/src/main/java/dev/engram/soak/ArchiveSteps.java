package dev.engram.soak;

import dev.engram.Archive;
import dev.engram.ArchivePoint;
import dev.engram.ArchiveReport;
import dev.engram.Archiving;
import dev.engram.BackupInfo;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.RecoveryPoint;
import dev.engram.Stats.ArchiveStats;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * The archive: shipping at once and in the background, names, forgetting what a backup holds, and
 * stores that are made of it.
 */
final class ArchiveSteps {
  private static final int MOMENTS = 3;
  private static final int MOST_TRANSACTIONS = 8;

  /** To so many moments the oracle goes back. */
  private static final int KEPT = 9;

  private static final Duration SHIPPED_WITHIN = Duration.ofMinutes(1);
  private static final long PAUSE_NANOS = 5_000_000;

  private ArchiveSteps() {}

  /** Writes and ships; sometimes what a backup holds is forgotten then. */
  static void ship(World world, RandomGenerator random) throws IOException {
    boolean pruned = random.nextInt(4) == 0;
    ArchivePoint here = begin(world);
    moments(world, here, random);
    goOn(world);
    if (pruned) {
      prune(world, here);
    }
  }

  /** Writes while the store ships by itself; what is not there yet goes when it is closed. */
  static void background(World world, RandomGenerator random) throws IOException {
    boolean awaited = random.nextBoolean();
    ArchivePoint here = begin(world);
    world.open(Archiving.to(world.archiveTarget()).atBytes(Archiving.MIN_BYTES));
    moments(world, here, random);
    Archived _ = remember(world, of(here, RecoveryPoint.named(SnapshotSteps.make(world))));
    world.clock().pass(Duration.ofSeconds(1));
    Archived last = remember(world, of(here, RecoveryPoint.lsn(lastLsn(world))));
    if (awaited) {
      awaitShipped(world);
    }
    world.close();
    SoakFailure.requireNone(
        Engram.archiveIn(world.archiveTarget()).verify(Progress.NONE), "archived when closed");
    Path other = world.fresh("recovered");
    recover(world, last, other, random);
    World.delete(other);
  }

  /** Makes a store as it was at some moment; sometimes the soak goes on with that. */
  static void recover(World world, RandomGenerator random) throws IOException {
    if (world.archived().isEmpty()) {
      ship(world, random);
    }
    Archived to = world.archived().get(random.nextInt(world.archived().size()));
    boolean goesOn = random.nextInt(3) == 0;
    Path other = world.fresh("recovered");
    recover(world, to, other, random);
    if (goesOn) {
      BackupSteps.goOn(world, other, to.model());
      world.verify(random, "gone on with " + to);
    } else {
      World.delete(other);
    }
  }

  private static void recover(World world, Archived to, Path other, RandomGenerator random) {
    CommitId last = Engram.recover(world.archiveTarget(), to.point(), other);
    SoakFailure.require(last.lsn() == to.lsn(), "another commit: wanted=" + to + ", got=" + last);
    world.verify(other, to.model(), random, "recovered " + to);
  }

  /**
   * Ships what there is and gives it a name. Where the log no longer has what comes before, a full
   * backup leads there.
   */
  static ArchivePoint begin(World world) {
    Archive archive = archive(world);
    if (archive.ship().lost() > 0) {
      BackupInfo _ = backup(world);
      SoakFailure.require(archive.ship().lost() == 0, "a full backup does not close the gap");
      world.tally().count("gaps of the archive that a backup closed", 1);
    }
    ArchivePoint here = archive.mark(world.name("a"));
    Archived _ = remember(world, of(here, RecoveryPoint.named(here.name())));
    world.clock().pass(Duration.ofSeconds(1));
    return here;
  }

  /** Ships the rest, after which all of the archive is whole and has no gap. */
  static void goOn(World world) {
    Archive archive = archive(world);
    ArchiveReport report = archive.ship();
    SoakFailure.require(
        report.lost() == 0 && report.last().equals(world.engram().lastCommit()),
        "not all is shipped: " + report + ", last=" + world.engram().lastCommit());
    SoakFailure.requireNone(archive.verify(Progress.NONE), "the archive");
    world.tally().count("files of the archive", report.files());
  }

  /** Moments by number, by time and by name; time passes after each. */
  private static void moments(World world, ArchivePoint here, RandomGenerator random) {
    for (int i = 0; i < MOMENTS; i++) {
      int part = random.nextInt(Model.PARTS);
      State base = world.model().parts().get(part);
      int transactions = 1 + random.nextInt(MOST_TRANSACTIONS);
      world.write(new Planner(base, part, world.millis(), random).plan(transactions), part);
      RecoveryPoint point =
          switch (random.nextInt(3)) {
            case 0 -> RecoveryPoint.lsn(lastLsn(world));
            case 1 -> RecoveryPoint.instant(world.clock().instant());
            default -> RecoveryPoint.named(archive(world).mark(world.name("a")).name());
          };
      Archived _ = remember(world, of(here, point));
      world.clock().pass(Duration.ofSeconds(1));
    }
  }

  /** Without saying so, it would be of the newest timeline, which may be another one later. */
  private static RecoveryPoint of(ArchivePoint here, RecoveryPoint point) {
    return point.ofStore(UUID.fromString(here.storeId())).onTimeline(here.commit().timeline());
  }

  /** What the store holds now is what the archive leads to. */
  private static Archived remember(World world, RecoveryPoint point) {
    return remember(world, new Archived(point, lastLsn(world), world.model().copy()));
  }

  static Archived remember(World world, Archived moment) {
    world.archived().add(moment);
    if (world.archived().size() > KEPT) {
      world.archived().removeFirst();
    }
    return moment;
  }

  private static void awaitShipped(World world) {
    world.clock().pass(Duration.ofMinutes(1));
    long deadline = System.nanoTime() + SHIPPED_WITHIN.toNanos();
    ArchiveStats stats = stats(world);
    while (stats.lag() > 0 && stats.failure().isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(PAUSE_NANOS);
      stats = stats(world);
    }
    SoakFailure.require(
        stats.lag() == 0 && stats.lost() == 0, "it is not shipped in the background: " + stats);
  }

  private static ArchiveStats stats(World world) {
    return world.engram().stats().archive().orElseThrow();
  }

  /**
   * Deletes what a new backup holds; where timelines branch off before it, which would be left
   * without their beginning, the whole archive, and then the log keeps nothing for it.
   */
  private static void prune(World world, ArchivePoint here) throws IOException {
    Archive archive = archive(world);
    List<Archived> gone = List.copyOf(world.archived());
    world.archived().clear();
    if (archive.ranges().size() > 1) {
      SoakFailure.require(world.engram().archive().release(), "the log kept nothing for it");
      FileTree.delete(world.archiveTarget());
      world.tally().count("archives given up", 1);
      return;
    }
    long before = backedUp(world);
    BackupInfo backup = backup(world);
    world
        .tally()
        .count("archived stretches pruned", archive.prune(backup.id(), Progress.NONE).size());
    Archived _ = remember(world, of(here, RecoveryPoint.named(backup.id())));
    Path other = world.fresh("pruned");
    gone.stream()
        .filter(each -> each.point().lsn().isPresent())
        .filter(each -> each.lsn() > before && each.lsn() < backup.commit().lsn())
        .forEach(each -> requireGone(world, each, other));
  }

  /** The last commit that a backup beside the archive holds; 0 where none does. */
  private static long backedUp(World world) {
    return Engram.backupsIn(world.archiveTarget()).list().stream()
        .mapToLong(each -> each.commit().lsn())
        .max()
        .orElse(0);
  }

  private static void requireGone(World world, Archived gone, Path other) {
    try {
      CommitId found = Engram.recover(world.archiveTarget(), gone.point(), other);
      throw new SoakFailure("it was pruned and is recovered: " + gone + ", as=" + found);
    } catch (NotFoundException e) {
      world.tally().count("pruned moments refused", 1);
    }
  }

  private static BackupInfo backup(World world) {
    // Ids sort by time.
    world.clock().pass(Duration.ofMillis(1));
    return world.engram().backups().to(world.archiveTarget()).create();
  }

  private static Archive archive(World world) {
    return world.engram().archive().to(world.archiveTarget());
  }

  private static long lastLsn(World world) {
    return world.engram().lastCommit().lsn();
  }
}
