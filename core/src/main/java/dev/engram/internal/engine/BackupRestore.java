package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.Progress;
import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.backup.BackupTarget;
import dev.engram.internal.backup.Meter;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * One restore of a backup. Everything is fetched beside the place where the store will be,
 * verified, and then put there. The caller holds the lock of that directory, which is empty
 * otherwise.
 */
final class BackupRestore {
  private final BackupFiles files;
  private final Manifest manifest;
  private final CrashPoints points;

  BackupRestore(BackupFiles files, Manifest manifest, CrashPoints points) {
    this.files = files;
    this.manifest = manifest;
    this.points = points;
  }

  /** Makes another store; its last commit. */
  CommitId into(Path directory, Progress progress) {
    SecureRandom random = new SecureRandom();
    UUID id = new UUID(random.nextLong(), random.nextLong());
    return restore(directory, id, manifest.commit().timeline() + 1, progress);
  }

  /** Puts it in the place of the store that was backed up, on a new timeline; its last commit. */
  CommitId inPlace(Path directory, long timeline, Progress progress) {
    return restore(directory, manifest.storeId(), timeline, progress);
  }

  private CommitId restore(Path directory, UUID id, long timeline, Progress progress) {
    // Refuses what this version cannot restore.
    long bytes = BackupTarget.info(manifest).bytes();
    Meter meter = new Meter(progress, "restore", bytes);
    try (Restoration restoration = Restoration.begin(directory, points)) {
      Path staging = restoration.staging();
      files.fetch(manifest, staging, meter);
      points.reach("restore-fetched");
      CommitId last = RestoredLog.begin(staging, manifest, id, timeline);
      Directories.makePrivate(staging.resolve(StoreFiles.VIEWS));
      StoreFiles.mark(staging);
      Directories.restrictFiles(staging);
      restoration.publish();
      meter.end();
      return last;
    } catch (CorruptStoreException e) {
      throw new CorruptStoreException(
          "the backup cannot be restored: id="
              + manifest.name()
              + ", why=["
              + e.getMessage()
              + "]; nothing was put into the directory, restore another backup",
          e);
    }
  }
}
