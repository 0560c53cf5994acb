package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.EncryptionException;
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
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogHeader;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * One recovery of a store from its archive and backups. Everything is fetched beside the place
 * where the store will be, verified, applied there, and then put in place. The caller holds the
 * lock of that directory, which is empty otherwise.
 */
final class StoreRecovery {
  private final ArchiveFiles archive;
  private final BackupFiles backups;
  private static final System.Logger LOG = System.getLogger(StoreRecovery.class.getName());

  private final List<RecoveryPlan> plans;
  private final CrashPoints points;

  /** Finds the ways to a point; throws where there is none, and nothing is touched. */
  StoreRecovery(ObjectStore target, RecoveryPoint point, CrashPoints points) {
    this.archive = new ArchiveFiles(target);
    this.backups = new BackupFiles(target);
    this.plans = RecoveryPlan.find(archive, backups.list(), point);
    this.points = points;
  }

  /** Makes the store; its last commit. */
  CommitId into(Path directory, Progress progress) {
    try (Restoration restoration = Restoration.begin(directory, points)) {
      Path staging = restoration.staging();
      Begun begun = begin(staging, progress);
      points.reach("recover-base-made");
      long createdAt = apply(begun, staging);
      points.reach("recover-applied");
      CommitId last = rename(begun.plan, createdAt, staging);
      BackupRestore.publish(restoration);
      begun.meter.end();
      return last;
    } catch (CorruptStoreException | MismatchException e) {
      throw new CorruptStoreException(
          "the store cannot be recovered: why=["
              + e.getMessage()
              + "]; there is no store in the directory, recover to an earlier point",
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
      try (StagedLog log = new StagedLog(staging)) {
        log.release();
      }
      CommitId last = RestoredLog.begin(staging, Sealer.PLAIN, made -> staying(plan, made));
      new FollowerMark(plan.store()).write(staging);
      BackupRestore.publish(restoration);
      return last;
    } catch (CorruptStoreException | MismatchException e) {
      throw new CorruptStoreException(
          "the follower cannot be made: why=["
              + e.getMessage()
              + "]; there is no store in the directory",
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
        Directories.makePrivate(staging.resolve(StoreFiles.LOG));
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

  private Begun begin(RecoveryPlan plan, List<Manifest> chain, Path staging, Progress progress) {
    requirePlain(chain.getFirst());
    Meter meter = meter(plan, chain, progress);
    BackupRestore.fetch(backups, chain, staging, meter);
    LogHeader made = LogHeader.read(staging.resolve(StoreFiles.LOG), Sealer.PLAIN);
    RestoredLog.requireSame(made, chain.getLast());
    return new Begun(plan, meter, made.identity().createdAt());
  }

  private static void requirePlain(Manifest full) {
    if (BackupFiles.isEncrypted(full)) {
      throw new EncryptionException(
          "an encrypted store has no archive: backup=" + full.name() + "; restore the backup");
    }
  }

  private static Meter meter(RecoveryPlan plan, List<Manifest> chain, Progress progress) {
    long bytes =
        chain.stream().mapToLong(Manifest::bytes).sum()
            + plan.steps().stream().mapToLong(step -> step.file().bytes()).sum();
    return new Meter(progress, "recover", bytes);
  }

  private long apply(Begun begun, Path staging) {
    RecoveryPlan plan = begun.plan;
    long createdAt = begun.createdAt;
    long until = plan.instant().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    Path incoming = staging.resolve(BackupRestore.INCOMING);
    boolean beyond = false;
    long last;
    try (StagedLog log = new StagedLog(staging)) {
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

  private static CommitId rename(RecoveryPlan plan, long createdAt, Path staging) {
    SecureRandom random = new SecureRandom();
    UUID id = new UUID(random.nextLong(), random.nextLong());
    long timeline = plan.timeline() + 1;
    return RestoredLog.begin(
        staging,
        Sealer.PLAIN,
        made -> {
          long last = made.last().lsn();
          Origin origin = new Origin(plan.store(), plan.timeline(), last);
          return new LogHeader(
              new Identity(id, timeline, createdAt, origin), new CommitId(timeline, last));
        });
  }
}
