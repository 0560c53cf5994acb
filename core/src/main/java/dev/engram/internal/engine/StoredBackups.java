package dev.engram.internal.engine;

import dev.engram.BackupInfo;
import dev.engram.BackupKind;
import dev.engram.BackupReport;
import dev.engram.BackupTargets;
import dev.engram.Backups;
import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.Metadata;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.Retention;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.backup.BackupTarget;
import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.internal.backup.Meter;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.ManifestLayout.Entry;
import dev.engram.internal.format.ManifestLayout.Kind;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Holds;
import dev.engram.internal.log.Holds.Held;
import dev.engram.internal.log.LogHeader;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.log.TrimmedException;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The backups of an open store. One at a time is made: a full one of a copy of the log that shares
 * its files by links and goes when the backup is done, others of commit files. Views are not backed
 * up: they are rebuilt. Thread-safe.
 */
final class StoredBackups implements BackupTargets {
  /** The copy that is backed up, in the directory of the store; there only meanwhile. */
  private static final String WORK = "engram-backup";

  /** Of commit files, in that copy and in a manifest. */
  private static final String COMMITS = "commits";

  /** About the size of a commit file. */
  private static final long FILE_BYTES = 64L << 20;

  /** Stands for the target of the backup that is being made. */
  private static final String UNDER_WAY = "under way";

  private static final String OPERATION = "backup";

  private static final System.Logger LOG = System.getLogger(StoredBackups.class.getName());
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd't'HHmmssSSS'z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final OpenStore store;
  private final ReentrantLock lock = new ReentrantLock();

  StoredBackups(OpenStore store) {
    this.store = store;
  }

  @Override
  public Backups to(Path directory) {
    return to(new DirectoryObjectStore(directory));
  }

  @Override
  public Backups to(ObjectStore target) {
    return new OfStore(new BackupTarget(target, store.config().clock()));
  }

  /** Deletes what is left of a backup that was cut short. */
  void sweep() {
    try {
      Directories.delete(work());
    } catch (EngramException e) {
      LOG.log(System.Logger.Level.DEBUG, "the next backup tries again", e);
    }
  }

  /** Waits for the backup that is being made. Called when the store refuses further calls. */
  void finish() {
    boolean _ = locked(() -> true);
  }

  /** Runs a task while no backup is made. */
  <T> T locked(Supplier<T> task) {
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
          "a store in memory has no backups; keep it with saveTo(directory) and back that up");
    }
    return directory.resolve(WORK);
  }

  /** What is asked for. */
  private record Order(
      BackupTarget target, BackupKind kind, Metadata metadata, Progress progress) {}

  private BackupInfo create(Order order) {
    return locked(() -> {
      store.requireOpen();
      Path work = work();
      Directories.delete(work);
      Directories.makePrivate(work);
      // What comes after this backup must not be trimmed meanwhile, nor before the next one.
      long written = store.log().writtenBytes();
      hold(UNDER_WAY, new Held(store.log().last().lsn(), written, 0));
      try {
        Made made = order.kind == BackupKind.FULL ? null : delta(work, order);
        if (made == null) {
          made = full(work, order);
        }
        store.log().reach("backup-sent");
        keepLogFor(made, order.target);
        BackupInfo info = BackupTarget.info(made.manifest);
        store.auditLog().did("backup create", "id=" + info.id() + " commit=" + info.commit());
        return info;
      } finally {
        release();
        sweep();
      }
    });
  }

  /**
   * A backup that was published.
   *
   * @param written by the log when its last commit was read
   */
  private record Made(Manifest manifest, long written) {}

  private void hold(String place, Held held) {
    if (store.config().backupLogBytes() > 0) {
      store.log().holds().put(Holds.Kind.BACKUP, place, held);
    }
  }

  private void release() {
    try {
      store.log().holds().release(Holds.Kind.BACKUP, UNDER_WAY);
    } catch (EngramException e) {
      LOG.log(System.Logger.Level.DEBUG, "the next backup tries again", e);
    }
  }

  /** The next backup in the target continues this one, and no other. */
  private void keepLogFor(Made made, BackupTarget target) {
    try {
      long note = Digest.longOf(made.manifest.name());
      hold(target.place(), new Held(made.manifest.commit().lsn(), made.written, note));
      Set<Long> there =
          target.files().ids().stream().map(Digest::longOf).collect(Collectors.toSet());
      there.remove(note);
      store
          .log()
          .holds()
          .replaceAll(Holds.Kind.BACKUP, each -> there.contains(each.note()) ? null : each);
    } catch (EngramException e) {
      // The backup is there all the same.
      LOG.log(
          System.Logger.Level.WARNING,
          "the log may be kept for too many backups, or for none: why=" + e.getMessage());
    }
  }

  private Made full(Path work, Order order) {
    // What is damaged here must not take the place of an older backup that is not.
    store.log().verifyFiles();
    long written = store.log().writtenBytes();
    LogHeader copied = store.log().checkpoint(work.resolve(StoreFiles.LOG));
    StoreKeys.copy(Directories.parentOf(work), work);
    store.log().reach("backup-log-copied");
    Manifest manifest = manifest(Kind.FULL, "", copied.last(), order.metadata, List.of());
    return new Made(send(work, manifest, order), written);
  }

  /** The commits since an earlier backup; null where there is none that can be continued. */
  private @Nullable Made delta(Path work, Order order) {
    boolean incremental = order.kind == BackupKind.INCREMENTAL;
    List<Manifest> earlier = continued(order.target, !incremental);
    if (earlier.isEmpty()) {
      return null;
    }
    Manifest newest = earlier.getLast();
    long written = store.log().writtenBytes();
    CommitId last = store.log().last();
    try {
      writeCommits(work.resolve(COMMITS), newest.commit().lsn(), last.lsn());
    } catch (TrimmedException e) {
      warn("the log does not reach back to the last backup: id=" + newest.name());
      Directories.delete(work.resolve(COMMITS));
      return null;
    }
    store.log().reach("backup-commits-written");
    if (incremental) {
      Manifest delta = manifest(Kind.INCREMENTAL, newest.name(), last, order.metadata, List.of());
      return new Made(send(work, delta, order), written);
    }
    // Commits that the target has are not sent again: those of the backups in between.
    List<Entry> known = earlier.stream().skip(1).flatMap(each -> each.files().stream()).toList();
    String full = earlier.getFirst().name();
    Manifest delta = manifest(Kind.DIFFERENTIAL, full, last, order.metadata, known);
    return new Made(send(work, delta, order), written);
  }

  private static void warn(String why) {
    LOG.log(System.Logger.Level.WARNING, "a full backup is made instead: why=" + why);
  }

  /**
   * The newest backup that this store made in the target and kept its log for, after those that it
   * continues; empty where there is none, or one of them is damaged. One of a copy of the store,
   * which has the same id and may have other commits, is not among them.
   *
   * @param read whether to read the commits that they have
   */
  private List<Manifest> continued(BackupTarget target, boolean read) {
    BackupFiles files = target.files();
    // By their ids and not by the place: a target may have been moved.
    Optional<String> newest = files.ids().stream().filter(this::isHeld).findFirst();
    if (newest.isEmpty()) {
      return List.of();
    }
    try {
      List<Manifest> chain = files.chain(files.read(newest.get()));
      Meter unheard = new Meter(Progress.NONE, OPERATION, 0);
      boolean whole =
          !read || chain.stream().skip(1).allMatch(each -> files.verify(each, unheard).isEmpty());
      return whole ? chain : List.of();
    } catch (CorruptStoreException | MismatchException | NotFoundException e) {
      warn("the last one cannot be continued: " + e.getMessage());
      return List.of();
    }
  }

  private boolean isHeld(String id) {
    return store.log().holds().any(Holds.Kind.BACKUP, held -> held.note() == Digest.longOf(id));
  }

  private void writeCommits(Path directory, long after, long last) {
    Directories.makePrivate(directory);
    long reached = after;
    while (reached < last) {
      Path file = directory.resolve(String.format(Locale.ROOT, "%019d", reached + 1));
      reached = store.commitFiles().write(store.log(), reached, last, FILE_BYTES, file).lastLsn();
    }
  }

  private Manifest manifest(
      Kind kind, String parent, CommitId last, Metadata metadata, List<Entry> known) {
    Instant now = store.config().clock().instant();
    return new Manifest(
        kind,
        store.log().identity().storeId(),
        last,
        now.toEpochMilli(),
        TIME.format(now) + "-" + store.randomDigits(8),
        parent,
        metadata,
        known);
  }

  private static Manifest send(Path work, Manifest manifest, Order order) {
    // Every byte is passed twice: to be digested, and to be read back.
    Meter meter = new Meter(order.progress, OPERATION, 2 * Directories.bytes(work));
    Manifest made = order.target.files().write(work, manifest, meter);
    meter.end();
    return made;
  }

  /** The backups in one target. */
  private final class OfStore implements Backups {
    private final BackupTarget target;

    OfStore(BackupTarget target) {
      this.target = target;
    }

    @Override
    public BackupInfo create(BackupKind kind, Metadata metadata, Progress progress) {
      return StoredBackups.this.create(new Order(target, kind, metadata, progress));
    }

    @Override
    public List<BackupInfo> list() {
      return target.list();
    }

    @Override
    public BackupReport verify(String id, Progress progress) {
      return target.verify(id, progress);
    }

    @Override
    public boolean delete(String id) {
      boolean found = target.delete(id);
      if (found) {
        store.auditLog().did("backup delete", "id=" + id);
      }
      return found;
    }

    @Override
    public List<BackupInfo> retain(Retention policy) {
      List<BackupInfo> deleted = target.retain(policy);
      deleted.forEach(each -> store.auditLog().did("backup delete", "id=" + each.id()));
      return deleted;
    }
  }
}
