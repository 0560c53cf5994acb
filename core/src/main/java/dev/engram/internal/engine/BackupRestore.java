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
import dev.engram.internal.log.StoreKeys;
import dev.engram.spi.KeySource;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One restore of a backup. Everything is fetched beside the place where the store will be,
 * verified, and then put there. The caller holds the lock of that directory, which is empty
 * otherwise.
 */
final class BackupRestore {
  private final BackupFiles files;
  private final Manifest manifest;
  private final CrashPoints points;
  private final @Nullable KeySource keys;

  /**
   * @param keys where the master key of an encrypted backup comes from; null for another one
   */
  BackupRestore(
      BackupFiles files, Manifest manifest, CrashPoints points, @Nullable KeySource keys) {
    this.files = files;
    this.manifest = manifest;
    this.points = points;
    this.keys = keys;
  }

  /** Makes the store; its last commit. */
  CommitId into(Path directory, Progress progress) {
    // Refuses what this version cannot restore.
    long bytes = BackupTarget.info(manifest).bytes();
    Meter meter = new Meter(progress, "restore", bytes);
    SecureRandom random = new SecureRandom();
    UUID id = new UUID(random.nextLong(), random.nextLong());
    try (Restoration restoration = Restoration.begin(directory, points)) {
      Path staging = restoration.staging();
      files.fetch(manifest, staging, meter);
      points.reach("restore-fetched");
      long timeline = manifest.commit().timeline() + 1;
      CommitId last = begin(staging, id, timeline);
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
              + "]; there is no store in the directory, restore another backup",
          e);
    }
  }

  private CommitId begin(Path staging, UUID id, long timeline) {
    try (StoreKeys opened = StoreKeys.find(staging, keys, InstantSource.system(), points)) {
      return RestoredLog.begin(staging, manifest, id, timeline, StoreKeys.sealerOf(opened));
    }
  }
}
