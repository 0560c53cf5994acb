package dev.engram.internal.engine;

import dev.engram.internal.backup.ArchiveFiles;
import dev.engram.internal.backup.ArchivedFile;
import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.backup.Snapshot;
import dev.engram.internal.backup.SnapshotFiles;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Numbers for timelines on which a store has never been, as far as is known. */
final class Timelines {
  /** The names of archived files have room for ten digits. */
  private static final long MAX_TIMELINE = 9_999_999_999L;

  private Timelines() {}

  /**
   * The next one of a store with backups or an archive.
   *
   * @param directory of the store
   * @param id of the store
   * @param present who the store is; null where its log does not say
   */
  static long next(Path directory, ObjectStore target, UUID id, @Nullable Identity present) {
    LongStream archived =
        new ArchiveFiles(target, CommitFiles.PLAIN)
            .list().stream()
                .filter(file -> file.store().equals(id))
                .mapToLong(ArchivedFile::timeline);
    LongStream backedUp =
        new BackupFiles(target)
            .list().stream()
                .filter(each -> each.storeId().equals(id))
                .mapToLong(each -> each.commit().timeline());
    long seen = LongStream.concat(archived, backedUp).max().orElse(0);
    return next(new SnapshotFiles(directory, CrashPoints.NONE), present, seen);
  }

  /**
   * The next one of a store.
   *
   * @param snapshots of the store
   * @param present who the store is; null where its log does not say
   * @param seen the newest timeline that is known otherwise; 0 for none
   */
  static long next(SnapshotFiles snapshots, @Nullable Identity present, long seen) {
    long known = Math.max(seen, present == null ? 0 : present.timeline());
    for (Snapshot each : snapshots.list()) {
      known = Math.max(known, each.manifest().commit().timeline());
    }
    if (present != null) {
      return known + 1;
    }
    // There may have been later ones, which archives and backups know; they count from 1.
    long seconds = InstantSource.system().instant().getEpochSecond();
    return seconds > known && seconds < MAX_TIMELINE ? seconds : known + 1;
  }
}
