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
import java.util.UUID;

/**
 * One recovery of a store from its archive and backups. Everything is fetched beside the place
 * where the store will be, verified, applied there, and then put in place. The caller holds the
 * lock of that directory, which is empty otherwise.
 */
final class StoreRecovery {
  private final ArchiveFiles archive;
  private final BackupFiles backups;
  private final RecoveryPlan plan;
  private final CrashPoints points;

  /** Finds the way to a point; throws where there is none, and nothing is touched. */
  StoreRecovery(ObjectStore target, RecoveryPoint point, CrashPoints points) {
    this.archive = new ArchiveFiles(target);
    this.backups = new BackupFiles(target);
    this.plan = RecoveryPlan.find(archive, backups.list(), point);
    this.points = points;
  }

  /** Makes the store; its last commit. */
  CommitId into(Path directory, Progress progress) {
    try (Restoration restoration = Restoration.begin(directory, points)) {
      Manifest base = plan.base();
      List<Manifest> chain = base == null ? List.of() : backups.chain(base);
      long bytes =
          chain.stream().mapToLong(Manifest::bytes).sum()
              + plan.steps().stream().mapToLong(step -> step.file().bytes()).sum();
      Meter meter = new Meter(progress, "recover", bytes);
      Path staging = restoration.staging();
      long createdAt = begin(chain, staging, meter);
      points.reach("recover-base-made");
      createdAt = apply(createdAt, staging, meter);
      points.reach("recover-applied");
      CommitId last = rename(createdAt, staging);
      BackupRestore.publish(restoration);
      meter.end();
      return last;
    } catch (CorruptStoreException | MismatchException e) {
      throw new CorruptStoreException(
          "the store cannot be recovered: why=["
              + e.getMessage()
              + "]; there is no store in the directory, recover to an earlier point",
          e);
    }
  }

  /** Makes the log of the backup, or nothing; when the store was made, or -1. */
  private long begin(List<Manifest> chain, Path staging, Meter meter) {
    Path log = staging.resolve(StoreFiles.LOG);
    if (chain.isEmpty()) {
      Directories.makePrivate(log);
      return -1;
    }
    if (BackupFiles.isEncrypted(chain.getFirst())) {
      throw new EncryptionException(
          "an encrypted store has no archive: backup="
              + chain.getFirst().name()
              + "; restore the backup");
    }
    BackupRestore.fetch(backups, chain, staging, meter);
    LogHeader made = LogHeader.read(log, Sealer.PLAIN);
    RestoredLog.requireSame(made, chain.getLast());
    return made.identity().createdAt();
  }

  private long apply(long known, Path staging, Meter meter) {
    long createdAt = known;
    long until = plan.instant().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    Path incoming = staging.resolve(BackupRestore.INCOMING);
    boolean beyond = false;
    long last;
    try (StagedLog log = new StagedLog(staging)) {
      for (Step step : plan.steps()) {
        if (!beyond) {
          Identity of = archive.fetch(step.file(), incoming, meter);
          createdAt = createdAt < 0 ? of.createdAt() : createdAt;
          beyond = !log.apply(incoming, step.upTo(), until);
          points.reach("recover-step");
        }
      }
      last = log.last();
    }
    Directories.delete(incoming);
    requireEnough(last, beyond);
    return createdAt;
  }

  private void requireEnough(long last, boolean beyond) {
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

  private CommitId rename(long createdAt, Path staging) {
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
