package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.MismatchException;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.backup.Snapshot;
import dev.engram.internal.backup.SnapshotFiles;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogHeader;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.text.TextIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One restore of a snapshot. Everything is made beside what is there, verified, and then put in
 * place. The caller holds the lock of the directory that is restored into.
 */
final class SnapshotRestore {
  private final Path store;
  private final SnapshotFiles files;
  private final Snapshot snapshot;
  private final CrashPoints points;
  private final Sealer sealer;

  /**
   * @param sealer of the store
   */
  SnapshotRestore(Path store, String name, CrashPoints points, Sealer sealer) {
    this.store = store;
    this.files = new SnapshotFiles(store, points);
    this.snapshot = files.find(name);
    this.points = points;
    this.sealer = sealer;
  }

  /** Restores the store itself; the last commit that it has then. */
  CommitId inPlace() {
    Manifest manifest = snapshot.manifest();
    Identity present = present();
    if (present != null && !present.storeId().equals(manifest.storeId())) {
      throw new MismatchException(
          "the snapshot is of another store: store="
              + present.storeId()
              + ", snapshot="
              + manifest.storeId()
              + "; nothing was changed, restore it into a new directory");
    }
    return restore(store, manifest.storeId(), Timelines.next(files, present, 0));
  }

  /** Makes another store in an empty directory; the last commit that it has. */
  CommitId into(Path directory) {
    SecureRandom random = new SecureRandom();
    UUID id = new UUID(random.nextLong(), random.nextLong());
    return restore(directory, id, snapshot.manifest().commit().timeline() + 1);
  }

  /** Whose log is there now; null where it is so damaged that it does not say. */
  private @Nullable Identity present() {
    try {
      return LogHeader.read(store.resolve(StoreFiles.LOG), sealer).identity();
    } catch (EngramException e) {
      return null;
    }
  }

  private CommitId restore(Path target, UUID id, long timeline) {
    try (Restoration restoration = Restoration.begin(target, points)) {
      Path staging = restoration.staging();
      if (!target.equals(store)) {
        // First: the store may remove keys once it has deleted the snapshot.
        StoreKeys.copy(store, staging);
      }
      snapshot.copyLog(staging);
      points.reach("restore-log-copied");
      CommitId last = RestoredLog.begin(staging, snapshot.manifest(), id, timeline, sealer);
      Directories.makePrivate(staging.resolve(StoreFiles.VIEWS));
      snapshot.copyViews(staging);
      dropDamagedText(staging.resolve(StoreFiles.VIEWS).resolve(TextView.NAME));
      StoreFiles.mark(staging);
      Directories.restrictFiles(staging);
      restoration.publish();
      return last;
    } catch (CorruptStoreException e) {
      throw new CorruptStoreException(
          "the snapshot cannot be restored: name="
              + snapshot.manifest().name()
              + ", why=["
              + e.getMessage()
              + "]; nothing was changed, restore another one or a backup",
          e);
    }
  }

  /** A vector index is read whole when it is opened, a text index only in part. */
  private static void dropDamagedText(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (TextIndex text = TextIndex.open(directory)) {
      text.verify();
    } catch (CorruptStoreException e) {
      Directories.delete(directory);
    }
  }
}
