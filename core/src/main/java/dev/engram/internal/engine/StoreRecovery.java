package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.RecoveryPoint;
import dev.engram.internal.backup.ArchiveFiles;
import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.backup.FollowerMark;
import dev.engram.internal.backup.Meter;
import dev.engram.internal.backup.RecoveryPlan;
import dev.engram.internal.backup.RecoveryPlan.Step;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.IdentityLayout.Origin;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogHeader;
import dev.engram.internal.log.StoreKeys;
import dev.engram.spi.KeySource;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One recovery of a store from its archive and backups. Everything is fetched beside the place
 * where the store will be, verified, applied there, and then put in place. The caller holds the
 * lock of that directory, which is empty otherwise.
 */
final class StoreRecovery {
  private static final System.Logger LOG = System.getLogger(StoreRecovery.class.getName());

  private final CommitFiles commitFiles;
  private final ArchiveFiles archive;
  private final BackupFiles backups;
  private final List<RecoveryPlan> plans;
  private final CrashPoints points;

  /** What finds ways over an archive and backups. */
  private interface Finder {
    List<RecoveryPlan> find(ArchiveFiles archive, List<Manifest> backups);
  }

  /**
   * Finds the ways to a point; throws where there is none, and nothing is touched.
   *
   * @param commitFiles how those of the store are read
   */
  StoreRecovery(
      ObjectStore target, RecoveryPoint point, CommitFiles commitFiles, CrashPoints points) {
    this(
        target,
        (archive, backups) -> RecoveryPlan.find(archive, backups, point, null),
        commitFiles,
        points);
  }

  private StoreRecovery(
      ObjectStore target, Finder finder, CommitFiles commitFiles, CrashPoints points) {
    this.commitFiles = commitFiles;
    this.archive = new ArchiveFiles(target, commitFiles);
    this.backups = new BackupFiles(target);
    this.plans = finder.find(archive, backups.list());
    this.points = points;
  }

  /**
   * Finds the ways to the newest commit before anything that is missing or damaged. It reads what
   * is archived for that.
   *
   * @param newest of which store and timeline
   * @param origin of that timeline; null to look it up
   */
  static StoreRecovery farthest(
      ObjectStore target,
      RecoveryPoint newest,
      @Nullable Origin origin,
      CommitFiles commitFiles,
      Progress progress) {
    StoreRecovery found =
        new StoreRecovery(
            target,
            (archive, backups) -> RecoveryPlan.farthest(archive, backups, newest, origin),
            commitFiles,
            CrashPoints.NONE);
    long whole = found.lastWhole(progress);
    if (whole == found.last().lsn()) {
      return found;
    }
    RecoveryPlan plan = found.plans.getFirst();
    RecoveryPoint last = RecoveryPoint.lsn(whole).ofStore(plan.store()).onTimeline(plan.timeline());
    return new StoreRecovery(
        target,
        (archive, backups) -> RecoveryPlan.find(archive, backups, last, origin),
        commitFiles,
        CrashPoints.NONE);
  }

  private @Nullable KeySource keys() {
    return commitFiles.keys().orElse(null);
  }

  /** The last commit of the way that is tried first; of an instant, at most. */
  CommitId last() {
    RecoveryPlan plan = plans.getFirst();
    return new CommitId(plan.timeline(), plan.last());
  }

  /** The store that is recovered. */
  UUID storeId() {
    return plans.getFirst().store();
  }

  /** Reads what that way applies to its beginning; the last LSN before whatever is damaged. */
  private long lastWhole(Progress progress) {
    RecoveryPlan plan = plans.getFirst();
    Meter meter = meter(plan, List.of(), progress);
    long last = plan.base() == null ? 0 : plan.base().commit().lsn();
    for (Step step : plan.steps()) {
      String problem = archive.problem(step.file());
      if (!problem.isEmpty()) {
        LOG.log(System.Logger.Level.WARNING, "the archive ends early: why=" + problem);
        return last;
      }
      meter.pass(step.file().bytes());
      last = step.upTo();
    }
    return last;
  }

  /** Makes another store; its last commit. */
  CommitId into(Path directory, Progress progress) {
    SecureRandom random = new SecureRandom();
    UUID id = new UUID(random.nextLong(), random.nextLong());
    return make(directory, id, plans.getFirst().timeline() + 1, progress);
  }

  /** Makes the store anew in its own place, on a new timeline; its last commit. */
  CommitId inPlace(Path directory, long timeline, Progress progress) {
    return make(directory, plans.getFirst().store(), timeline, progress);
  }

  private CommitId make(Path directory, UUID id, long timeline, Progress progress) {
    try (Restoration restoration = Restoration.begin(directory, points)) {
      Path staging = restoration.staging();
      Begun begun = begin(staging, progress);
      StoreKeys.keepBoth(directory, staging, keys());
      points.reach("recover-base-made");
      CommitId last;
      try (StoreKeys opened = BackupRestore.open(staging, keys())) {
        long createdAt = apply(begun, staging, opened);
        last = rename(begun.plan, new Made(id, timeline, createdAt), staging, opened);
      }
      BackupRestore.publish(restoration);
      begun.meter.end();
      return last;
    } catch (CorruptStoreException | MismatchException e) {
      throw new CorruptStoreException(
          "the store cannot be recovered: why=["
              + e.getMessage()
              + "]; nothing was put into the directory, recover to an earlier point",
          e);
    }
  }

  /**
   * Makes a follower of the store, of that with which a way begins; it applies the rest itself.
   *
   * @return its last commit
   */
  CommitId intoFollower(Path directory, Progress progress) {
    try (Restoration restoration = Restoration.begin(directory, points)) {
      Path staging = restoration.staging();
      RecoveryPlan plan = begin(staging, progress).plan;
      points.reach("follow-base-made");
      CommitId last;
      try (StoreKeys opened = BackupRestore.open(staging, keys())) {
        Sealer sealer = StoreKeys.sealerOf(opened);
        try (StagedLog log = new StagedLog(staging, sealer, commitFiles)) {
          log.release();
        }
        last = RestoredLog.begin(staging, sealer, made -> staying(plan, made));
      }
      new FollowerMark(plan.store()).write(staging);
      BackupRestore.publish(restoration);
      return last;
    } catch (CorruptStoreException | MismatchException e) {
      throw new CorruptStoreException(
          "the follower cannot be made: why=["
              + e.getMessage()
              + "]; nothing was put into the directory",
          e);
    }
  }

  /** A backup says itself whose it is; of nothing, the first commits do. */
  private LogHeader staying(RecoveryPlan plan, LogHeader made) {
    if (plan.base() != null) {
      return made;
    }
    Identity first = archive.identity(plan.steps().getFirst().file());
    return new LogHeader(first, new CommitId(first.timeline(), 0));
  }

  /**
   * A way whose beginning is made.
   *
   * @param createdAt when the store was made; -1 where that is not known yet
   */
  private record Begun(RecoveryPlan plan, Meter meter, long createdAt) {}

  /** Makes the log of the newest backup that is whole, or nothing where a way begins so. */
  private Begun begin(Path staging, Progress progress) {
    RuntimeException damaged = null;
    for (RecoveryPlan plan : plans) {
      Manifest base = plan.base();
      if (base == null) {
        makeNothing(staging);
        return new Begun(plan, meter(plan, List.of(), progress), -1);
      }
      try {
        return begin(plan, backups.chain(base), staging, progress);
      } catch (CorruptStoreException | MismatchException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "a backup is damaged, the recovery begins with an earlier one if there is one: id="
                + base.name()
                + ", why="
                + e.getMessage());
        damaged = damaged == null ? e : damaged;
        Directories.delete(staging);
        Directories.makePrivate(staging);
      }
    }
    throw Objects.requireNonNull(damaged);
  }

  private void makeNothing(Path staging) {
    Directories.makePrivate(staging.resolve(StoreFiles.LOG));
    KeySource keys = keys();
    if (keys != null && StoreKeys.areIn(Directories.parentOf(staging))) {
      // In its own place: snapshots that are there need them.
      StoreKeys.copy(Directories.parentOf(staging), staging);
    } else if (keys != null) {
      StoreKeys.create(staging, keys, InstantSource.system(), points).close();
    }
  }

  private Begun begin(RecoveryPlan plan, List<Manifest> chain, Path staging, Progress progress) {
    BackupRestore.requireKeys(chain, keys());
    Meter meter = meter(plan, chain, progress);
    BackupRestore.fetch(backups, chain, staging, keys(), meter);
    try (StoreKeys opened = BackupRestore.open(staging, keys())) {
      LogHeader made = LogHeader.read(staging.resolve(StoreFiles.LOG), StoreKeys.sealerOf(opened));
      RestoredLog.requireSame(made, chain.getLast());
      return new Begun(plan, meter, made.identity().createdAt());
    }
  }

  private static Meter meter(RecoveryPlan plan, List<Manifest> chain, Progress progress) {
    long bytes =
        chain.stream().mapToLong(Manifest::bytes).sum()
            + plan.steps().stream().mapToLong(step -> step.file().bytes()).sum();
    return new Meter(progress, "recover", bytes);
  }

  /** Applies what follows the beginning; when the store was made. */
  private long apply(Begun begun, Path staging, @Nullable StoreKeys keys) {
    RecoveryPlan plan = begun.plan;
    long createdAt = begun.createdAt;
    long until = plan.instant().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    Path incoming = staging.resolve(BackupRestore.INCOMING);
    boolean beyond = false;
    long last;
    try (StagedLog log = new StagedLog(staging, StoreKeys.sealerOf(keys), commitFiles)) {
      for (Step step : plan.steps()) {
        if (!beyond) {
          Identity of = archive.fetch(step.file(), incoming, begun.meter);
          createdAt = createdAt < 0 ? of.createdAt() : createdAt;
          beyond = !log.apply(incoming, step.upTo(), until);
          points.reach("recover-step");
        }
      }
      last = log.last();
    }
    Directories.delete(incoming);
    requireEnough(plan, last, beyond);
    points.reach("recover-applied");
    return createdAt;
  }

  private static void requireEnough(RecoveryPlan plan, long last, boolean beyond) {
    if (last == 0) {
      throw new NotFoundException(
          "there is no commit that early: instant="
              + plan.instant().map(Instant::toString).orElse("")
              + "; choose a later one");
    }
    if (!beyond && !plan.complete()) {
      throw RecoveryPlan.missing(last, last + 1, plan.end());
    }
  }

  /** Who the store is from now on. */
  private record Made(UUID id, long timeline, long createdAt) {}

  private static CommitId rename(
      RecoveryPlan plan, Made made, Path staging, @Nullable StoreKeys keys) {
    return RestoredLog.begin(
        staging,
        StoreKeys.sealerOf(keys),
        copied -> {
          long last = copied.last().lsn();
          Origin origin = new Origin(plan.store(), plan.timeline(), last);
          return new LogHeader(
              new Identity(made.id, made.timeline, made.createdAt, origin),
              new CommitId(made.timeline, last));
        });
  }
}
