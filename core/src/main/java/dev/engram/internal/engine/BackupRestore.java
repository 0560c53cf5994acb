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
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogHeader;
import dev.engram.internal.log.StoreKeys;
import dev.engram.spi.KeySource;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One restore of a backup, and of those that it continues. Everything is fetched beside the place
 * where the store will be, verified, and then put there, in the place of what is there. The caller
 * holds the lock of that directory.
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
      requireKeys(chain, keys);
      Meter meter = new Meter(progress, "restore", chain.stream().mapToLong(Manifest::bytes).sum());
      Path staging = restoration.staging();
      fetch(files, chain, staging, keys, meter);
      StoreKeys.keepBoth(directory, staging, keys);
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
   * Makes the log of the last of some backups. What the store has already in whose place it will be
   * is not fetched.
   *
   * @param chain a full one, and those that continue it
   * @param staging below the directory of that store
   * @param keys where the master key of encrypted ones comes from; null for others
   */
  static void fetch(
      BackupFiles files,
      List<Manifest> chain,
      Path staging,
      @Nullable KeySource keys,
      Meter meter) {
    files.fetch(chain.getFirst(), staging, Directories.parentOf(staging), meter);
    if (chain.size() == 1) {
      return;
    }
    CommitFiles commitFiles = new CommitFiles(Optional.ofNullable(keys));
    Path incoming = staging.resolve(INCOMING);
    try (StoreKeys opened = open(staging, keys)) {
      Sealer sealer = StoreKeys.sealerOf(opened);
      LogHeader full = LogHeader.read(staging.resolve(StoreFiles.LOG), sealer);
      RestoredLog.requireSame(full, chain.getFirst());
      try (StagedLog log = new StagedLog(staging, sealer, commitFiles)) {
        for (Manifest delta : chain.subList(1, chain.size())) {
          for (Entry file : delta.files()) {
            files.fetchCommits(delta, file, incoming, commitFiles, meter);
            boolean _ = log.apply(incoming, delta.commit().lsn(), Long.MAX_VALUE);
            Directories.delete(incoming);
          }
        }
      }
    } catch (MismatchException e) {
      throw new CorruptStoreException("the backups do not fit together: " + e.getMessage(), e);
    }
  }

  /** Checks that a key is given where the full backup was encrypted, and none where it was not. */
  static void requireKeys(List<Manifest> chain, @Nullable KeySource keys) {
    Manifest full = chain.getFirst();
    StoreKeys.require(BackupFiles.isEncrypted(full), keys, "backup=" + full.name());
  }

  /** The keys of a store that is being made; null where it is not encrypted. */
  static @Nullable StoreKeys open(Path staging, @Nullable KeySource keys) {
    return StoreKeys.find(staging, keys, InstantSource.system(), CrashPoints.NONE);
  }

  private CommitId begin(Path staging, UUID id, long timeline) {
    try (StoreKeys opened = open(staging, keys)) {
      return RestoredLog.begin(staging, manifest, id, timeline, StoreKeys.sealerOf(opened));
    }
  }
}
