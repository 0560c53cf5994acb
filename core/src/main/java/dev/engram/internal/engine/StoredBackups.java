package dev.engram.internal.engine;

import dev.engram.BackupInfo;
import dev.engram.BackupKind;
import dev.engram.BackupReport;
import dev.engram.BackupTargets;
import dev.engram.Backups;
import dev.engram.EngramException;
import dev.engram.Metadata;
import dev.engram.Progress;
import dev.engram.Retention;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.backup.BackupTarget;
import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.internal.backup.Meter;
import dev.engram.internal.format.ManifestLayout.Kind;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogHeader;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The backups of an open store. One at a time is made, of a copy of the log that shares its files
 * by links and goes when the backup is done. Views are not backed up: they are rebuilt.
 * Thread-safe.
 */
final class StoredBackups implements BackupTargets {
  /** The copy that is backed up, in the directory of the store; there only meanwhile. */
  private static final String WORK = "engram-backup";

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
          "a store in memory has no backups; keep it with saveTo(directory) and back that up");
    }
    return directory.resolve(WORK);
  }

  private BackupInfo create(BackupTarget target, Metadata metadata, Progress progress) {
    return locked(() -> {
      store.requireOpen();
      Path work = work();
      Directories.delete(work);
      Directories.makePrivate(work);
      try {
        return send(work, target, metadata, progress);
      } finally {
        Directories.delete(work);
      }
    });
  }

  private BackupInfo send(Path work, BackupTarget target, Metadata metadata, Progress progress) {
    // What is damaged here must not take the place of an older backup that is not.
    store.log().verifyFiles();
    LogHeader copied = store.log().checkpoint(work.resolve(StoreFiles.LOG));
    store.log().reach("backup-log-copied");
    Instant now = store.config().clock().instant();
    Manifest manifest =
        new Manifest(
            Kind.FULL,
            copied.identity().storeId(),
            copied.last(),
            now.toEpochMilli(),
            TIME.format(now) + "-" + store.randomDigits(8),
            "",
            metadata,
            List.of());
    // Every byte is passed twice: to be digested, and to be read back.
    Meter meter = new Meter(progress, "backup", 2 * Directories.bytes(work));
    BackupInfo made = BackupTarget.info(target.files().write(work, manifest, meter));
    meter.end();
    store.auditLog().did("backup create", "id=" + made.id() + " commit=" + made.commit());
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
      return switch (kind) {
        case FULL -> StoredBackups.this.create(target, metadata, progress);
      };
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
