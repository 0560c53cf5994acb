package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.EncryptionException;
import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.RecoveryPoint;
import dev.engram.Repair;
import dev.engram.RepairReport;
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
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
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
    List<Way> ways = ways(target, backups);
    if (ways.isEmpty()) {
      throw new CorruptStoreException(
          damage.getMessage()
              + noHelp
              + "; nothing was changed: the damage is not at the end of the log, so that no cut"
              + " helps; restore the store from a backup",
          damage);
    }
    if (!how.acceptsLoss()) {
      throw refused(damage, noHelp, ways.getFirst(), seen);
    }
    CommitId kept = gone(ways);
    return new Kept(kept, kept.lsn() + 1);
  }

  /** The ways that there are, that which keeps most first. */
  private List<Way> ways(@Nullable ObjectStore target, @Nullable Backups backups) {
    List<Way> ways = new ArrayList<>();
    Way recovering = target == null ? null : recovering(target);
    if (recovering != null) {
      ways.add(recovering);
    }
    Way cutting = cutting();
    if (cutting != null) {
      boolean most = recovering == null || cutting.last.lsn() >= recovering.last.lsn();
      ways.add(most ? 0 : 1, cutting);
    }
    // Its LSN may be of another timeline: it is compared with none.
    Way restoring = target == null ? null : restoring(target, backups);
    if (restoring != null) {
      ways.add(restoring);
    }
    return ways;
  }

  /** Goes the first way that can be gone. */
  private CommitId gone(List<Way> ways) {
    CorruptStoreException first = null;
    for (Way way : ways) {
      try {
        return way.go.get();
      } catch (CorruptStoreException e) {
        actions.add("no way led over " + way.of + ": why=" + e.getMessage());
        first = first == null ? e : first;
      }
    }
    throw Objects.requireNonNull(first);
  }

  /**
   * A way to a store that is whole.
   *
   * @param last the last commit that it keeps, as it was
   * @param of what has that commit, for messages
   * @param go goes it; the last commit, on a new timeline
   */
  private record Way(CommitId last, String of, Supplier<CommitId> go) {}

  private CorruptStoreException refused(
      CorruptStoreException damage, String noHelp, Way best, long seen) {
    return new CorruptStoreException(
        damage.getMessage()
            + noHelp
            + "; nothing was changed: every commit up to "
            + best.last
            + ", the last one of "
            + best.of
            + ", can be kept, if the loss of what is behind is accepted"
            + (seen > best.last.lsn() ? ": at least up to LSN " + seen : "")
            + (actions.isEmpty() ? "" : "; besides: " + actions),
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

  private @Nullable Way cutting() {
    CommitId kept = cutWouldKeep();
    return kept == null ? null : new Way(kept, "the log before the damage", this::cutAtDamage);
  }

  private CommitId cutAtDamage() {
    CommitId kept;
    try (Log log = Log.open(config.acceptingLoss(config.directory()))) {
      kept = log.last();
      log.flush();
    }
    actions.add("kept the log up to the damage, on a new timeline: last=" + kept);
    RepairedViews.dropText(directory, actions);
    return kept;
  }

  /**
   * Over the backups and the archive of the store's own history, as far as they are whole; null
   * where they lead nowhere.
   */
  private @Nullable Way recovering(ObjectStore target) {
    Identity own = identity();
    // Of a log that does not say whose it is: of the only store that is there.
    RecoveryPoint newest =
        own == null
            ? RecoveryPoint.latest()
            : RecoveryPoint.latest().ofStore(own.storeId()).onTimeline(own.timeline());
    try {
      StoreRecovery found =
          StoreRecovery.farthest(
              target,
              newest,
              own == null ? null : own.origin(),
              new CommitFiles(Optional.ofNullable(keys)),
              progress);
      return new Way(
          found.last(),
          "its backups and archive",
          () -> {
            long next = Timelines.next(directory, target, found.storeId(), identity());
            return replaced("its backups and archive", found.inPlace(directory, next, progress));
          });
    } catch (NotFoundException
        | CorruptStoreException
        | MismatchException
        | EncryptionException
        | InvalidInputException e) {
      actions.add("backups and archive lead nowhere: why=" + e.getMessage());
      return null;
    }
  }

  /** The newest backup of the store, of whatever timeline; null where there is none. */
  private @Nullable Way restoring(ObjectStore target, @Nullable Backups backups) {
    if (backups == null || backups.all.stream().map(Manifest::storeId).distinct().count() > 1) {
      return null;
    }
    Manifest newest = backups.newest();
    BackupRestore restore = new BackupRestore(backups.files, newest, CrashPoints.NONE, keys);
    return new Way(
        newest.commit(),
        "the newest backup",
        () -> {
          long next = Timelines.next(directory, target, newest.storeId(), identity());
          return replaced("the newest backup", restore.inPlace(directory, next, progress));
        });
  }

  private CommitId replaced(String by, CommitId last) {
    actions.add("restored from " + by + ": last=" + last);
    return last;
  }
}
