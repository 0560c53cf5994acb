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
import dev.engram.Progress;
import dev.engram.Progress.Update;
import dev.engram.Stats.ArchiveStats;
import dev.engram.StorageException;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.backup.ArchiveFiles;
import dev.engram.internal.backup.ArchiveTarget;
import dev.engram.internal.backup.ArchivedFile;
import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.ManifestLayout.Kind;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CommitFileWriter;
import dev.engram.internal.log.CommitFileWriter.Written;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Holds;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.TrimmedException;
import dev.engram.spi.ObjectStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
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

  /** The store has one archive. */
  private static final String ID = "";

  private static final long FILE_BYTES = 16L << 20;

  private final OpenStore store;
  private final ReentrantLock lock = new ReentrantLock();

  /** What is kept up in the background, and how far it is; negative before it is known. */
  private final @Nullable ArchiveFiles background;

  private long position = -1;
  private Instant shippedAt = Instant.MIN;
  private final LongAdder lost = new LongAdder();
  private volatile String failure = "";

  StoredArchive(OpenStore store) {
    this.store = store;
    Archiving archiving = store.config().archive().orElse(null);
    this.background = archiving == null ? null : new ArchiveFiles(archiving.target());
  }

  /** Before anything is trimmed: what is archived is not known yet. */
  void begin() {
    if (background != null) {
      work();
      if (holds().position(Holds.Kind.ARCHIVE, ID).isEmpty()) {
        holds().put(Holds.Kind.ARCHIVE, ID, store.log().firstLsn() - 1);
      }
    }
    if (store.directory() != null) {
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
    return new OfStore(new ArchiveTarget(target));
  }

  @Override
  public boolean release() {
    return locked(() -> {
      store.requireOpen();
      boolean held = holds().position(Holds.Kind.ARCHIVE, ID).isPresent();
      holds().release(Holds.Kind.ARCHIVE, ID);
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
    boolean due =
        now.isAfter(shippedAt.plus(archiving.interval()))
            || holds().bytes(Holds.Kind.ARCHIVE) >= archiving.bytes();
    if (due && waits()) {
      shipInBackground(background, archiving.bytes());
      shippedAt = now;
    }
  }

  private void shipInBackground(ArchiveFiles files, long fileBytes) {
    lock.lock();
    try {
      if (position < store.log().firstLsn() - 1) {
        position = positionIn(files);
      }
      ArchiveReport report = send(files, position, fileBytes, Progress.NONE);
      position = report.last().lsn();
      failure = "";
    } catch (EngramException e) {
      // What is there is looked at anew.
      position = -1;
      failure = String.valueOf(e.getMessage());
      if (!(e instanceof CancelledException)) {
        LOG.log(System.Logger.Level.WARNING, "archiving is tried again: why=" + failure);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for what is being shipped, and ships the rest in the background's target. Called when the
   * store refuses further calls.
   */
  void finish() {
    boolean waits = locked(this::waits);
    if (background != null && waits && store.log().failure() == null) {
      shipInBackground(background, FILE_BYTES);
    }
  }

  /** Whether there are commits that are not archived. */
  private boolean waits() {
    return holds().position(Holds.Kind.ARCHIVE, ID).orElse(0) < store.log().last().lsn();
  }

  /** The log was cut although commits were not archived yet. */
  void noteLost() {
    long first = store.log().firstLsn();
    OptionalLong held = holds().position(Holds.Kind.ARCHIVE, ID);
    if (held.isPresent() && held.getAsLong() + 1 < first) {
      lost.add(first - 1 - held.getAsLong());
      LOG.log(
          System.Logger.Level.WARNING,
          "the log grew over its limit before it was archived, the archive has a gap: after="
              + held.getAsLong()
              + ", before="
              + first
              + "; make a full backup into the target");
      holds().put(Holds.Kind.ARCHIVE, ID, first - 1);
    }
  }

  Optional<ArchiveStats> stats() {
    OptionalLong held = holds().position(Holds.Kind.ARCHIVE, ID);
    if (held.isEmpty()) {
      return Optional.empty();
    }
    long lag = Math.max(0, store.log().last().lsn() - held.getAsLong());
    long bytes = lag == 0 ? 0 : holds().bytes(Holds.Kind.ARCHIVE);
    return Optional.of(new ArchiveStats(held.getAsLong(), lag, bytes, lost.sum(), failure));
  }

  /** Gives a commit a name where the store is archived in the background. */
  void markInBackground(String name, CommitId commit) {
    if (background != null) {
      try {
        background.mark(point(name, commit));
      } catch (EngramException e) {
        LOG.log(System.Logger.Level.WARNING, "a name is not archived: why=" + e.getMessage());
      }
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
    Path directory = store.directory();
    if (directory == null) {
      throw new UnsupportedFeatureException(
          "a store in memory has no archive; keep it with saveTo(directory) and archive that");
    }
    return directory.resolve(WORK);
  }

  /** How far the store is archived in a target. */
  private long positionIn(ArchiveFiles files) {
    Log log = store.log();
    long archived = files.position(log.identity(), log.firstLsn());
    if (archived > log.last().lsn()) {
      throw new MismatchException(
          "the archive has commits that the store has not: archived="
              + archived
              + ", last="
              + log.last()
              + "; nothing was shipped, the store has lost commits or is an older copy");
    }
    return Math.max(archived, log.firstLsn() - 1);
  }

  /** Sends everything after a commit. */
  private ArchiveReport send(ArchiveFiles files, long after, long fileBytes, Progress progress) {
    Log log = store.log();
    CommitId last = log.last();
    long reached = after;
    int sent = 0;
    long bytes = 0;
    Path work = work();
    try {
      holds().put(Holds.Kind.ARCHIVE, ID, reached);
      while (reached < last.lsn()) {
        progress.report(new Update(OPERATION, reached - after, last.lsn() - after, "commits"));
        Written file = sendOne(files, work, reached, last.lsn(), fileBytes);
        reached = file.lastLsn();
        sent++;
        bytes += file.bytes();
        holds().put(Holds.Kind.ARCHIVE, ID, reached);
        log.reach("archive-position-noted");
      }
      progress.report(new Update(OPERATION, reached - after, last.lsn() - after, "done"));
      return new ArchiveReport(
          new CommitId(last.timeline(), reached), reached - after, sent, bytes);
    } finally {
      Directories.delete(work);
    }
  }

  private Written sendOne(
      ArchiveFiles files, Path work, long after, long last, long fileBytes) {
    Log log = store.log();
    Directories.makePrivate(work);
    Path file = work.resolve("commits");
    try {
      Written written;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
        written = CommitFileWriter.write(log, after, last, fileBytes, out);
      }
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
    } catch (IOException e) {
      throw new StorageException("a commit file cannot be written: path=" + file, e);
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
        return send(target.files(), positionIn(target.files()), FILE_BYTES, progress);
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
            name,
            point.storeId().toString(),
            last,
            Instant.ofEpochMilli(point.createdAt()));
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
