package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.MismatchException;
import dev.engram.Progress;
import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.backup.Meter;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.ManifestLayout.Entry;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogHeader;
import dev.engram.internal.log.StoreKeys;
import dev.engram.spi.KeySource;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One restore of a backup, and of those that it continues. Everything is fetched beside the place
 * where the store will be, verified, and then put there. The caller holds the lock of that
 * directory, which is empty otherwise.
 */
final class BackupRestore {
  /** A commit file on its way, in the staging directory. */
  static final String INCOMING = "incoming";

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
    try (Restoration restoration = Restoration.begin(directory, points)) {
      List<Manifest> chain = files.chain(manifest);
      Meter meter = new Meter(progress, "restore", chain.stream().mapToLong(Manifest::bytes).sum());
      Path staging = restoration.staging();
      fetch(files, chain, staging, meter);
      points.reach("restore-fetched");
      CommitId last = begin(staging, id, timeline);
      publish(restoration);
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

  /** Puts the log that was made in place, as a store whose views are to be made. */
  static void publish(Restoration restoration) {
    Path staging = restoration.staging();
    Directories.makePrivate(staging.resolve(StoreFiles.VIEWS));
    StoreFiles.mark(staging);
    Directories.restrictFiles(staging);
    restoration.publish();
  }

  /**
   * Makes the log of the last of some backups, which is not encrypted unless it is a full one.
   *
   * @param chain a full one, and those that continue it
   */
  static void fetch(BackupFiles files, List<Manifest> chain, Path staging, Meter meter) {
    files.fetch(chain.getFirst(), staging, meter);
    if (chain.size() == 1) {
      return;
    }
    LogHeader full = LogHeader.read(staging.resolve(StoreFiles.LOG), Sealer.PLAIN);
    RestoredLog.requireSame(full, chain.getFirst());
    Path incoming = staging.resolve(INCOMING);
    try (StagedLog log = new StagedLog(staging)) {
      for (Manifest delta : chain.subList(1, chain.size())) {
        for (Entry file : delta.files()) {
          files.fetchCommits(delta, file, incoming, meter);
          boolean _ = log.apply(incoming, delta.commit().lsn(), Long.MAX_VALUE);
          Directories.delete(incoming);
        }
      }
    } catch (MismatchException e) {
      throw new CorruptStoreException("the backups do not fit together: " + e.getMessage(), e);
    }
  }

  private CommitId begin(Path staging, UUID id, long timeline) {
    try (StoreKeys opened = StoreKeys.find(staging, keys, InstantSource.system(), points)) {
      return RestoredLog.begin(staging, manifest, id, timeline, StoreKeys.sealerOf(opened));
    }
  }
}
