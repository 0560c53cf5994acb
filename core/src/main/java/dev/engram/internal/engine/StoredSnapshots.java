package dev.engram.internal.engine;

import dev.engram.CancelledException;
import dev.engram.EngramException;
import dev.engram.ExistsException;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metadata;
import dev.engram.Progress;
import dev.engram.SnapshotInfo;
import dev.engram.Snapshots;
import dev.engram.StorageException;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.backup.Snapshot;
import dev.engram.internal.backup.SnapshotFiles;
import dev.engram.internal.format.ManifestLayout.Kind;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogHeader;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The snapshots of an open store. Views come first and the log last, so that no view in a snapshot
 * is ahead of its log. One call at a time makes or deletes; thread-safe.
 */
final class StoredSnapshots implements Snapshots {
  private static final System.Logger LOG = System.getLogger(StoredSnapshots.class.getName());
  private static final String OPERATION = "snapshot";
  private static final int STEPS = 4;

  private final OpenStore store;
  private final ReentrantLock lock = new ReentrantLock();

  StoredSnapshots(OpenStore store) {
    this.store = store;
  }

  @Override
  public SnapshotInfo create(String name, Metadata metadata, Progress progress) {
    Session.checkName(name);
    return locked(() -> {
      SnapshotFiles files = files();
      requireFree(files, name);
      files.sweep();
      SnapshotInfo made = create(files, name, metadata, progress);
      List<SnapshotInfo> _ = trim(files, store.config().snapshotLimit());
      report(progress, STEPS, "done");
      store.auditLog().did("snapshot create", "name=" + name + " commit=" + made.commit());
      return made;
    });
  }

  private SnapshotInfo create(
      SnapshotFiles files, String name, Metadata metadata, Progress progress) {
    Path directory = files.begin();
    boolean published = false;
    try {
      Manifest manifest = fill(directory, name, metadata, progress);
      files.publish(directory, manifest);
      published = true;
      store.archiveState().markInBackground(name, manifest.commit());
      return info(manifest);
    } catch (StorageException e) {
      throw e.getCause() instanceof ClosedByInterruptException ? cancelled() : e;
    } finally {
      if (!published) {
        files.discard(directory);
      }
    }
  }

  private Manifest fill(Path directory, String name, Metadata metadata, Progress progress) {
    report(progress, 0, "views");
    PublishedViews.copy(path().resolve(StoreFiles.VIEWS), directory.resolve(SnapshotFiles.VIEWS));
    store.log().reach("snapshot-views-copied");
    report(progress, 1, "log");
    LogHeader log = store.log().checkpoint(directory.resolve(SnapshotFiles.LOG));
    store.log().reach("snapshot-log-copied");
    Directories.restrictFiles(directory);
    report(progress, 2, "manifest");
    try {
      return new Manifest(
          Kind.SNAPSHOT,
          log.identity().storeId(),
          log.last(),
          store.config().clock().millis(),
          name,
          "",
          metadata,
          SnapshotFiles.entries(directory));
    } catch (IOException e) {
      throw new StorageException("the snapshot cannot be read back: why=" + e, e);
    }
  }

  private static void requireFree(SnapshotFiles files, String name) {
    if (files.list().stream().anyMatch(each -> each.manifest().name().equals(name))) {
      throw new ExistsException(
          "there is a snapshot of this name: name=" + name + "; delete it or choose another name");
    }
  }

  @Override
  public List<SnapshotInfo> list() {
    return infos(files().list());
  }

  @Override
  public boolean delete(String name) {
    return locked(() -> {
      SnapshotFiles files = files();
      List<Snapshot> named =
          files.list().stream().filter(each -> each.manifest().name().equals(name)).toList();
      named.forEach(files::delete);
      if (!named.isEmpty()) {
        store.auditLog().did("snapshot delete", "name=" + name);
      }
      return !named.isEmpty();
    });
  }

  @Override
  public List<SnapshotInfo> keep(int newest) {
    if (newest < 0 || newest > Limits.MAX_SNAPSHOTS) {
      throw new InvalidInputException(
          "invalid number of snapshots: newest=" + newest + ", allowed=0.." + Limits.MAX_SNAPSHOTS);
    }
    return locked(() -> trim(files(), newest));
  }

  private List<SnapshotInfo> trim(SnapshotFiles files, int newest) {
    List<Snapshot> old = files.list().stream().skip(newest).toList();
    // The oldest first: what is left when this is cut short are the newest.
    old.reversed().forEach(files::delete);
    List<SnapshotInfo> deleted = infos(old);
    deleted.forEach(each -> store.auditLog().did("snapshot delete", "name=" + each.name()));
    return deleted;
  }

  /** Deletes what is left of snapshots whose making or deletion was cut short. */
  void sweep() {
    try {
      files().sweep();
    } catch (EngramException e) {
      LOG.log(System.Logger.Level.DEBUG, "the next snapshot tries again", e);
    }
  }

  /** Waits for what is being made or deleted. Called when the store refuses further calls. */
  void finish() {
    boolean _ = locked(() -> true);
  }

  /** Runs work while no snapshot is made or deleted. */
  <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private SnapshotFiles files() {
    store.requireOpen();
    return new SnapshotFiles(path(), store.log()::reach);
  }

  private Path path() {
    Path directory = store.directory();
    if (directory == null) {
      throw new UnsupportedFeatureException(
          "a store in memory has no snapshots; keep it with saveTo(directory)");
    }
    return directory;
  }

  private static void report(Progress progress, int step, String what) {
    progress.report(new Progress.Update(OPERATION, step, STEPS, what));
    if (step < STEPS && Thread.currentThread().isInterrupted()) {
      throw cancelled();
    }
  }

  private static CancelledException cancelled() {
    return new CancelledException("interrupted while a snapshot was made; there is none");
  }

  private static List<SnapshotInfo> infos(List<Snapshot> snapshots) {
    return snapshots.stream().map(each -> info(each.manifest())).toList();
  }

  private static SnapshotInfo info(Manifest manifest) {
    return new SnapshotInfo(
        manifest.name(),
        manifest.metadata(),
        Instant.ofEpochMilli(manifest.createdAt()),
        manifest.commit(),
        manifest.bytes());
  }
}
