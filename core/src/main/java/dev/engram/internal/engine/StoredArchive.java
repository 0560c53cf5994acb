package dev.engram.internal.engine;

import dev.engram.Archive;
import dev.engram.ArchivePoint;
import dev.engram.ArchiveRange;
import dev.engram.ArchiveReport;
import dev.engram.ArchiveTargets;
import dev.engram.Archiving;
import dev.engram.CancelledException;
import dev.engram.CommitId;
import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import dev.engram.Metadata;
import dev.engram.MismatchException;
import dev.engram.NotArchivedException;
import dev.engram.Progress;
import dev.engram.Progress.Update;
import dev.engram.ReadOnlyException;
import dev.engram.Stats.ArchiveStats;
import dev.engram.StorageException;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.backup.ArchiveFiles;
import dev.engram.internal.backup.ArchiveTarget;
import dev.engram.internal.backup.ArchiveTarget.Position;
import dev.engram.internal.backup.ArchivedFile;
import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.ManifestLayout.Kind;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CommitFileWriter.Written;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Holds;
import dev.engram.internal.log.Holds.Held;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.TrimmedException;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The archive of an open store. One call at a time ships: it writes commits into a file in the
 * directory of the store, stores that, reads it back, and then lets the log be trimmed up to there.
 * Where it goes on is what the archive itself has, so that it may break off anywhere. Thread-safe.
 */
final class StoredArchive implements ArchiveTargets {
  /** The commit file that is being shipped, in the directory of the store. */
  private static final String WORK = "engram-archive";

  private static final System.Logger LOG = System.getLogger(StoredArchive.class.getName());
  private static final String OPERATION = "archive";

  private static final long FILE_BYTES = 16L << 20;

  /** Most names that wait for a target. */
  private static final int MAX_MARKS = 1_000;

  private final OpenStore store;
  private final ReentrantLock lock = new ReentrantLock();

  /** What is kept up in the background, and how far it is; negative before it is known. */
  private final @Nullable ArchiveTarget background;

  private long position = -1;

  /** So far it was seen to be archived in the background's target. Guarded by the lock. */
  private long archived;

  /** What was cut from the log before it was archived, the last time. */
  private volatile Gap gap = new Gap(0, 0);

  /** The last commit when shipping failed the last time: who waits for that has failed too. */
  private long failedUpTo;

  private final Queue<Manifest> marks = new LinkedBlockingQueue<>(MAX_MARKS);
  private volatile Instant triedAt = Instant.MIN;
  private volatile String failure = "";

  StoredArchive(OpenStore store) {
    this.store = store;
    Archiving archiving = store.config().archive().orElse(null);
    this.background = archiving == null ? null : targetOf(archiving.target());
  }

  private ArchiveTarget targetOf(ObjectStore target) {
    return new ArchiveTarget(target, store.commitFiles());
  }

  /** Before anything is trimmed: what is archived is not known yet. */
  void begin() {
    if (background != null) {
      work();
      if (held(background).isEmpty()) {
        hold(background, new Held(store.log().firstLsn() - 1, 0));
      }
    }
    if (store.directory() != null && !store.isFollower()) {
      try {
        Directories.delete(work());
      } catch (EngramException e) {
        LOG.log(System.Logger.Level.DEBUG, "what is left of a file is overwritten later", e);
      }
    }
  }

  @Override
  public Archive to(Path directory) {
    return to(new DirectoryObjectStore(directory));
  }

  @Override
  public Archive to(ObjectStore target) {
    return new OfStore(targetOf(target));
  }

  @Override
  public boolean release() {
    return locked(() -> {
      store.requireOpen();
      boolean held = holds().lowest(Holds.Kind.ARCHIVE).isPresent();
      holds().replaceAll(Holds.Kind.ARCHIVE, _ -> null);
      return held;
    });
  }

  /** Ships what waits, where it is much or waits for long. Called often. */
  void turn() {
    Archiving archiving = store.config().archive().orElse(null);
    if (background == null || archiving == null) {
      return;
    }
    Instant now = store.config().clock().instant();
    boolean waited = now.isAfter(triedAt.plus(archiving.interval()));
    // What has failed is not tried again before the interval is over.
    boolean many =
        failure.isEmpty() && held(background).map(holds()::bytes).orElse(0L) >= archiving.bytes();
    if ((waited || many) && waits(background)) {
      shipInBackground(background, archiving.bytes());
    }
  }

  private void shipInBackground(ArchiveTarget target, long fileBytes) {
    lock.lock();
    String why = "it was cut short";
    long reached = -1;
    long last = store.log().last().lsn();
    try {
      Position from =
          position < store.log().firstLsn() - 1
              ? positionIn(target)
              : new Position(position, held(target).map(Held::note).orElse(0L));
      reached = send(target, from, fileBytes, Progress.NONE).last().lsn();
      sendMarks(target, reached);
      why = "";
    } catch (RuntimeException e) {
      // A target may be anybody's code. What is there is looked at anew.
      why = e instanceof EngramException ? String.valueOf(e.getMessage()) : e.toString();
      if (!(e instanceof CancelledException)) {
        LOG.log(System.Logger.Level.WARNING, "archiving is tried again: why=" + why);
      }
    } finally {
      position = reached;
      failure = why;
      failedUpTo = why.isEmpty() ? 0 : last;
      triedAt = store.config().clock().instant();
      lock.unlock();
    }
  }

  /**
   * Waits until a commit is archived, where commits do that. Those that wait at once share a
   * shipment.
   *
   * @throws NotArchivedException where it was not
   */
  void await(CommitId commit) {
    Archiving archiving = store.config().archive().orElse(null);
    if (background == null || archiving == null || !archiving.synchronous()) {
      return;
    }
    lock.lock();
    try {
      long lsn = commit.lsn();
      boolean cut = gap.contains(lsn) || (archived < lsn && lsn < store.log().firstLsn());
      if (archived < lsn && failedUpTo < lsn && !cut) {
        shipInBackground(background, archiving.bytes());
      }
      if (archived < lsn || cut) {
        throw notArchived(commit, cut ? "the log was cut before" : failure);
      }
    } finally {
      lock.unlock();
    }
  }

  private static NotArchivedException notArchived(CommitId commit, String why) {
    return new NotArchivedException(
        commit,
        "the commit is in the store and not in its archive: commit="
            + commit
            + ", why="
            + why
            + "; it need not be repeated, a call of many commits ended here");
  }

  /**
   * Waits for what is being shipped, and ships the rest in the background's target. Called when the
   * store refuses further calls.
   */
  void finish() {
    boolean waits = locked(() -> background != null && waits(background));
    if (background != null && waits && store.log().failure() == null) {
      shipInBackground(background, FILE_BYTES);
    }
    if (!marks.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING, "names of commits are not archived: number=" + marks.size());
    }
  }

  /**
   * Ships what waits in the background's target, before the log is cut.
   *
   * @throws StorageException where it cannot
   */
  void requireShipped() {
    locked(() -> {
      if (background != null && waits(background)) {
        shipInBackground(background, FILE_BYTES);
        if (Thread.currentThread().isInterrupted()) {
          throw new CancelledException(
              "interrupted before the archive had what is to be cut", null);
        }
        if (!failure.isEmpty()) {
          throw new StorageException(
              "the archive lacks commits, which it would miss for good: why="
                  + failure
                  + "; nothing was cut, try again");
        }
      }
      return true;
    });
  }

  private void sendMarks(ArchiveTarget target, long upTo) {
    Manifest next = marks.peek();
    while (next != null && next.commit().lsn() <= upTo) {
      target.files().mark(next);
      marks.remove();
      next = marks.peek();
    }
  }

  /** Whether there are commits that are not archived, or names of some. */
  private boolean waits(ArchiveTarget target) {
    return !marks.isEmpty() || held(target).map(Held::lsn).orElse(0L) < store.log().last().lsn();
  }

  /** The log was cut although commits were not archived yet. */
  void noteLost() {
    long first = store.log().firstLsn();
    holds()
        .replaceAll(
            Holds.Kind.ARCHIVE, held -> held.lsn() + 1 < first ? passedOver(held, first) : held);
  }

  /** Commits that are in no archive: those after one, and before another one. */
  private record Gap(long after, long before) {
    boolean contains(long lsn) {
      return after < lsn && lsn < before;
    }
  }

  private Held passedOver(Held held, long first) {
    gap = new Gap(held.lsn(), first);
    LOG.log(
        System.Logger.Level.WARNING,
        "the log grew over its limit before it was archived, the archive has a gap: after="
            + held.lsn()
            + ", before="
            + first
            + "; make a full backup into the target");
    long lost = held.note() + first - 1 - held.lsn();
    return new Held(first - 1, store.log().writtenBytes(), lost);
  }

  Optional<ArchiveStats> stats() {
    return (background == null ? holds().lowest(Holds.Kind.ARCHIVE) : held(background))
        .map(held -> {
          long lag = Math.max(0, store.log().last().lsn() - held.lsn());
          long bytes = lag == 0 ? 0 : holds().bytes(held);
          return new ArchiveStats(held.lsn(), lag, bytes, held.note(), failure);
        });
  }

  /**
   * Gives a commit a name with the next shipment, where the store is archived in the background. It
   * waits in memory until the target has it.
   */
  void markInBackground(String name, CommitId commit) {
    if (background != null && !marks.offer(point(name, commit))) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the name of a commit is not archived, too many wait: most=" + MAX_MARKS);
    }
  }

  private Manifest point(String name, CommitId commit) {
    return new Manifest(
        Kind.SNAPSHOT,
        store.log().identity().storeId(),
        commit,
        store.config().clock().millis(),
        name,
        "",
        Metadata.empty(),
        List.of());
  }

  private Holds holds() {
    return store.log().holds();
  }

  private <T> T locked(Supplier<T> task) {
    lock.lock();
    try {
      return task.get();
    } finally {
      lock.unlock();
    }
  }

  private Path work() {
    if (store.isFollower()) {
      throw new ReadOnlyException(
          "the store is a follower: it is archived by the store that it follows; nothing was"
              + " shipped");
    }
    Path directory = store.directory();
    if (directory == null) {
      throw new UnsupportedFeatureException(
          "a store in memory has no archive; keep it with saveTo(directory) and archive that");
    }
    return directory.resolve(WORK);
  }

  private Optional<Held> held(ArchiveTarget target) {
    return holds().get(Holds.Kind.ARCHIVE, target.place());
  }

  private void hold(ArchiveTarget target, Held held) {
    holds().put(Holds.Kind.ARCHIVE, target.place(), held);
  }

  /** After which commit a target is to be sent something. */
  private Position positionIn(ArchiveTarget target) {
    Log log = store.log();
    long before = log.firstLsn() - 1;
    Position found = target.position(log.identity(), before + 1);
    if (found.last() > log.last().lsn()) {
      throw new MismatchException(
          "the archive has commits that the store has not: archived="
              + found.last()
              + ", last="
              + log.last()
              + "; nothing was shipped, the store has lost commits or is an older copy");
    }
    if (found.last() < before && found.lost() > 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the log no longer has what follows in the archive, which has a gap: after="
              + found.last()
              + ", before="
              + (before + 1)
              + "; make a full backup into the target");
    }
    return new Position(Math.max(found.last(), before), found.lost());
  }

  /** Sends everything after a commit. */
  private ArchiveReport send(
      ArchiveTarget target, Position from, long fileBytes, Progress progress) {
    Log log = store.log();
    long written = log.writtenBytes();
    CommitId last = log.last();
    long reached = from.last();
    int sent = 0;
    long bytes = 0;
    Path work = work();
    try {
      hold(target, new Held(reached, from.lost()));
      while (reached < last.lsn()) {
        progress.report(
            new Update(OPERATION, reached - from.last(), last.lsn() - from.last(), "commits"));
        Written file = sendOne(target.files(), work, reached, last.lsn(), fileBytes);
        reached = file.lastLsn();
        noteArchived(target, reached);
        sent++;
        bytes += file.bytes();
        hold(
            target,
            reached < last.lsn()
                ? new Held(reached, from.lost())
                : new Held(reached, written, from.lost()));
        log.reach("archive-position-noted");
      }
      long commits = reached - from.last();
      progress.report(new Update(OPERATION, commits, commits, "done"));
      return new ArchiveReport(
          new CommitId(last.timeline(), reached), commits, sent, bytes, from.lost());
    } finally {
      Directories.delete(work);
    }
  }

  private void noteArchived(ArchiveTarget target, long lsn) {
    if (background != null && target.place().equals(background.place())) {
      archived = Math.max(archived, lsn);
    }
  }

  private Written sendOne(ArchiveFiles files, Path work, long after, long last, long fileBytes) {
    Log log = store.log();
    Directories.makePrivate(work);
    Path file = work.resolve("commits");
    try {
      Written written = store.commitFiles().write(log, after, last, fileBytes, file);
      log.reach("archive-file-written");
      Identity identity = log.identity();
      files.put(
          file,
          new ArchivedFile(
              identity.storeId(),
              identity.timeline(),
              written.firstLsn(),
              written.lastLsn(),
              written.bytes()));
      log.reach("archive-file-stored");
      return written;
    } catch (TrimmedException e) {
      throw new StorageException(
          "the log was trimmed while it was archived: after=" + after + "; try again", e);
    }
  }

  /** The archive in one target. */
  private final class OfStore implements Archive {
    private final ArchiveTarget target;

    OfStore(ArchiveTarget target) {
      this.target = target;
    }

    @Override
    public ArchiveReport ship(Progress progress) {
      return locked(() -> {
        store.requireOpen();
        // A store in memory is refused before anything is asked.
        Path _ = work();
        // The background may know this target, as it was.
        position = -1;
        return send(target, positionIn(target), FILE_BYTES, progress);
      });
    }

    @Override
    public ArchivePoint mark(String name) {
      Session.checkName(name);
      return locked(() -> {
        CommitId last = ship(Progress.NONE).last();
        if (last.lsn() == 0) {
          throw new InvalidInputException("the store has no commit yet: nothing can be named");
        }
        Manifest point = point(name, last);
        target.files().mark(point);
        return new ArchivePoint(
            name, point.storeId().toString(), last, Instant.ofEpochMilli(point.createdAt()));
      });
    }

    @Override
    public List<ArchiveRange> ranges() {
      return target.ranges();
    }

    @Override
    public List<ArchivePoint> points() {
      return target.points();
    }

    @Override
    public List<ArchiveRange> prune(String backupId, Progress progress) {
      return target.prune(backupId, progress);
    }

    @Override
    public List<String> verify(Progress progress) {
      return target.verify(progress);
    }
  }
}
