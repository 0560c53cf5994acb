package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.RecoveryPoint;
import dev.engram.Repair;
import dev.engram.RepairReport;
import dev.engram.internal.backup.ArchiveFiles;
import dev.engram.internal.backup.ArchivedFile;
import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.backup.LogMender;
import dev.engram.internal.backup.Meter;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.LogCopy;
import dev.engram.internal.log.LogHeader;
import dev.engram.spi.KeySource;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One repair of the log of a closed store. Everything is tried on a copy first, and put in place as
 * a restore is. The caller holds the lock of the directory.
 */
final class Repairer {
  private final Path directory;
  private final LogConfig config;
  private final @Nullable KeySource keys;
  private final Repair how;
  private final Progress progress;
  private final List<String> actions = new ArrayList<>();

  /**
   * @param keys where the master key of an encrypted store comes from; null for another one
   */
  Repairer(
      Path directory, LogConfig config, @Nullable KeySource keys, Repair how, Progress progress) {
    this.directory = directory;
    this.config = config;
    this.keys = keys;
    this.how = how;
    this.progress = progress;
  }

  /** What is kept, and the first LSN that is lost; 0 where none is. */
  private record Kept(CommitId last, long lostFrom) {}

  /** Makes the log whole; says of views nothing. */
  RepairReport run() {
    long seen = RepairedViews.lastSeen(directory);
    Kept kept;
    try (Log log = Log.open(config)) {
      log.verifyFiles();
      log.verifyBlobs();
      kept = new Kept(log.last(), 0);
      actions.add("the log opens: nothing to repair");
    } catch (CorruptStoreException e) {
      kept = repaired(e, seen);
    }
    long lostFrom = kept.lostFrom;
    long lostTo = lostFrom > 0 && seen >= lostFrom ? seen : 0;
    return new RepairReport(lostFrom == 0, kept.last, lostFrom, lostTo, actions, List.of());
  }

  private Kept repaired(CorruptStoreException damage, long seen) {
    ObjectStore target = how.backups().orElse(null);
    Backups backups = target == null ? null : backups(new BackupFiles(target));
    String noHelp = "";
    if (backups != null) {
      try {
        return new Kept(mended(backups, seen), 0);
      } catch (CorruptStoreException e) {
        noHelp = "; the files of backups do not help: why=[" + e.getMessage() + "]";
      }
    }
    CommitId cut = cutWouldKeep();
    Replacement other = target == null ? null : replacement(target, backups);
    if (cut == null && other == null) {
      throw new CorruptStoreException(
          damage.getMessage()
              + noHelp
              + "; nothing was changed: the damage is not at the end of the log, so that no cut"
              + " helps; restore the store from a backup",
          damage);
    }
    boolean cutting = other == null || (cut != null && cut.lsn() >= other.last.lsn());
    if (!how.acceptsLoss()) {
      throw cutting
          ? refused(damage, noHelp, cut, "", seen)
          : refused(damage, noHelp, other.last, ", the last one of " + other.of + ",", seen);
    }
    return cutting ? cutAtDamage() : replaced(other);
  }

  private static CorruptStoreException refused(
      CorruptStoreException damage,
      String noHelp,
      @Nullable CommitId kept,
      String whence,
      long seen) {
    long last = kept == null ? 0 : kept.lsn();
    return new CorruptStoreException(
        damage.getMessage()
            + noHelp
            + "; nothing was changed: every commit up to "
            + kept
            + whence
            + " can be kept, if the loss of what is behind is accepted"
            + (seen > last ? ": at least up to LSN " + seen : ""),
        damage);
  }

  /** The backups of this store, the newest first, and those of its timeline. */
  private record Backups(BackupFiles files, List<Manifest> all, List<Manifest> ofTimeline) {
    Manifest newest() {
      return all.getFirst();
    }
  }

  /** Null where none is of this store. */
  private @Nullable Backups backups(BackupFiles files) {
    Identity own = identity();
    List<Manifest> all =
        files.list().stream()
            .filter(each -> own == null || each.storeId().equals(own.storeId()))
            .toList();
    if (all.isEmpty()) {
      return null;
    }
    // A damaged log may not say whose it is; then the newest backup's word is compared later.
    long timeline = own == null ? all.getFirst().commit().timeline() : own.timeline();
    List<Manifest> same =
        all.stream()
            .filter(each -> each.storeId().equals(all.getFirst().storeId()))
            .filter(each -> each.commit().timeline() == timeline)
            .toList();
    return new Backups(files, all, same);
  }

  private @Nullable Identity identity() {
    try {
      return LogHeader.read(directory.resolve(StoreFiles.LOG), config.sealer()).identity();
    } catch (EngramException e) {
      return null;
    }
  }

  /** Replaces damaged files by those of backups; the last commit, behind which nothing was. */
  private CommitId mended(Backups backups, long seen) {
    if (backups.ofTimeline.isEmpty()) {
      throw new CorruptStoreException("no backup is of the timeline of the store");
    }
    try (Restoration restoration = Restoration.begin(directory, config.crashPoints())) {
      Path log = restoration.staging().resolve(StoreFiles.LOG);
      LogCopy.forTrial(directory.resolve(StoreFiles.LOG), log);
      Meter meter = new Meter(progress, "repair", 2 * Directories.bytes(log));
      LogMender mender = new LogMender(backups.files, backups.ofTimeline, log, meter);
      List<String> done = mender.mendDamaged();
      CommitId last;
      try {
        last = verified(log, backups.newest());
      } catch (CorruptStoreException e) {
        List<String> more = mender.addMissing();
        if (more.size() == done.size()) {
          throw e;
        }
        done = more;
        last = verified(log, backups.newest());
      }
      if (last.lsn() < seen) {
        throw new CorruptStoreException("commits are missing: last=" + last + ", seen=" + seen);
      }
      Directories.restrictFiles(restoration.staging());
      restoration.publish();
      meter.end();
      actions.addAll(done);
      return last;
    }
  }

  /** Opens a copy of the log and reads all of it; its last commit. */
  private CommitId verified(Path copy, Manifest backup) {
    try (Log log = Log.open(config.in(copy))) {
      log.verifyFiles();
      log.verifyBlobs();
      if (!log.storeId().equals(backup.storeId().toString())
          || log.last().timeline() != backup.commit().timeline()) {
        throw new CorruptStoreException("the backup is of another store or timeline");
      }
      return log.last();
    }
  }

  /** What a cut would keep, found on a copy; null where it does not help. */
  private @Nullable CommitId cutWouldKeep() {
    Path trial = directory.resolve(StoreFiles.TRIAL);
    Directories.delete(trial);
    try {
      LogCopy.forTrial(directory.resolve(StoreFiles.LOG), trial);
      try (Log log = Log.open(config.acceptingLoss(trial))) {
        log.verifyFiles();
        log.verifyBlobs();
        return log.last();
      }
    } catch (CorruptStoreException e) {
      return null;
    } finally {
      Directories.delete(trial);
    }
  }

  private Kept cutAtDamage() {
    CommitId kept;
    try (Log log = Log.open(config.acceptingLoss(config.directory()))) {
      kept = log.last();
      log.flush();
    }
    actions.add("kept the log up to the damage, on a new timeline: last=" + kept);
    RepairedViews.dropText(directory, actions);
    return new Kept(kept, kept.lsn() + 1);
  }

  /**
   * What can be put in the place of the store.
   *
   * @param last its last commit, as it was there
   * @param of where it comes from
   * @param make puts it there, on a new timeline; its last commit
   */
  private record Replacement(CommitId last, String of, Supplier<CommitId> make) {}

  /** That which keeps most; null where there is none. */
  private @Nullable Replacement replacement(ObjectStore target, @Nullable Backups backups) {
    Replacement archived = archived(target, backups);
    if (backups == null || (archived != null && archived.last.lsn() > lastOf(backups))) {
      return archived;
    }
    BackupRestore restore =
        new BackupRestore(backups.files, backups.newest(), CrashPoints.NONE, keys);
    Manifest newest = backups.newest();
    return new Replacement(
        newest.commit(),
        "the newest backup",
        () ->
            restore.inPlace(directory, nextTimeline(target, newest.storeId(), backups), progress));
  }

  private static long lastOf(Backups backups) {
    return backups.newest().commit().lsn();
  }

  /** The store of its archive, up to where that is whole; null where nothing of it is there. */
  private @Nullable Replacement archived(ObjectStore target, @Nullable Backups backups) {
    Identity own = identity();
    if (own == null && backups == null) {
      return null;
    }
    UUID store = own == null ? backups.newest().storeId() : own.storeId();
    long timeline = own == null ? backups.newest().commit().timeline() : own.timeline();
    RecoveryPoint newest = RecoveryPoint.latest().ofStore(store).onTimeline(timeline);
    try {
      StoreRecovery recovery = recovery(target, newest);
      long last = recovery.lastWhole(progress);
      if (last < recovery.last()) {
        recovery = recovery(target, RecoveryPoint.lsn(last).ofStore(store).onTimeline(timeline));
      }
      StoreRecovery found = recovery;
      return new Replacement(
          new CommitId(timeline, last),
          "the archive",
          () -> found.inPlace(directory, nextTimeline(target, store, backups), progress));
    } catch (NotFoundException | CorruptStoreException | InvalidInputException e) {
      return null;
    }
  }

  private StoreRecovery recovery(ObjectStore target, RecoveryPoint point) {
    return new StoreRecovery(
        target, point, new CommitFiles(Optional.ofNullable(keys)), CrashPoints.NONE);
  }

  /** One that the store has never been on, as far as is known here. */
  private long nextTimeline(ObjectStore target, UUID store, @Nullable Backups backups) {
    Identity own = identity();
    LongStream archived =
        new ArchiveFiles(target, CommitFiles.PLAIN)
            .list().stream()
                .filter(file -> file.store().equals(store))
                .mapToLong(ArchivedFile::timeline);
    LongStream backedUp =
        backups == null
            ? LongStream.empty()
            : backups.all.stream().mapToLong(each -> each.commit().timeline());
    long newest = LongStream.concat(archived, backedUp).max().orElse(0);
    return 1 + Math.max(newest, own == null ? 0 : own.timeline());
  }

  private Kept replaced(Replacement other) {
    CommitId last = other.make.get();
    actions.add("restored from " + other.of + ": last=" + last);
    return new Kept(last, last.lsn() + 1);
  }
}
