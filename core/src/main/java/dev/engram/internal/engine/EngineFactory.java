package dev.engram.internal.engine;

import dev.engram.Backups;
import dev.engram.CheckReport.Finding;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Progress;
import dev.engram.Repair;
import dev.engram.RepairReport;
import dev.engram.internal.backup.BackupTarget;
import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.StoreLock;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Opens and repairs stores. */
public final class EngineFactory {
  private EngineFactory() {}

  public static Engram open(EngramConfig config) {
    return open(config, CrashPoints.NONE);
  }

  /** As {@link #open(EngramConfig)}, for tests that stop the process at named points. */
  public static Engram open(EngramConfig config, CrashPoints crashPoints) {
    RandomGenerator random = new SecureRandom();
    Path directory = config.path().orElse(null);
    StoreLock lock =
        directory == null ? null : prepare(directory, config.createIfMissing(), crashPoints);
    Log log = null;
    boolean opened = false;
    try {
      log = Log.open(logConfig(config, directory, random, crashPoints));
      if (directory != null) {
        StoreFiles.mark(directory);
        Directories.restrictFiles(directory);
      }
      OpenStore store = new OpenStore(config, random, directory, lock, log);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        abandon(log, lock);
      }
    }
  }

  /** See {@link Engram#repair(Path, Repair, Progress)}. */
  public static RepairReport repair(Path directory, Repair how, Progress progress) {
    RepairReport done;
    List<String> actions;
    try (StoreLock _ = prepare(directory, false, CrashPoints.NONE)) {
      LogConfig config =
          logConfig(EngramConfig.at(directory), directory, new SecureRandom(), CrashPoints.NONE);
      done = new Repairer(directory, config, how, progress).run();
      actions = new ArrayList<>(done.actions());
      RepairedViews.dropDamaged(directory, actions);
    }
    List<Finding> left = RepairedViews.dropDifferent(directory, progress, actions);
    return new RepairReport(
        done.lossless(), done.lastKept(), done.lostFrom(), done.lostTo(), actions, left);
  }

  /** See {@link Engram#restoreSnapshot(Path, String)}. */
  public static CommitId restoreSnapshot(Path store, String name) {
    return restoreSnapshot(store, name, CrashPoints.NONE);
  }

  /** The same, for tests that stop the process at named points. */
  public static CommitId restoreSnapshot(Path store, String name, CrashPoints points) {
    if (!Restoration.isUnderWay(store)) {
      StoreFiles.requireMade(store);
    }
    try (StoreLock _ = StoreLock.take(store)) {
      boolean _ = Restoration.settle(store, points);
      StoreFiles.requireMade(store);
      return new SnapshotRestore(store, name, points).inPlace();
    }
  }

  /** See {@link Engram#restoreSnapshot(Path, String, Path)}. */
  public static CommitId restoreSnapshot(Path store, String name, Path newDirectory) {
    StoreFiles.requireMade(store);
    StoreFiles.requireNewOrEmpty(newDirectory);
    Directories.makePrivate(newDirectory);
    try (StoreLock _ = StoreLock.take(newDirectory)) {
      return new SnapshotRestore(store, name, CrashPoints.NONE).into(newDirectory);
    }
  }

  /** See {@link Engram#restore(ObjectStore, String, Path, Progress)}. */
  public static CommitId restore(ObjectStore target, String id, Path directory, Progress progress) {
    return restore(target, id, directory, progress, CrashPoints.NONE);
  }

  /** The same, for tests that stop the process at named points. */
  public static CommitId restore(
      ObjectStore target, String id, Path directory, Progress progress, CrashPoints points) {
    BackupTarget backups = new BackupTarget(target, InstantSource.system());
    Manifest manifest = backups.find(id);
    StoreFiles.requireNewOrEmpty(directory);
    Directories.makePrivate(directory);
    try (StoreLock _ = StoreLock.take(directory)) {
      return new BackupRestore(backups.files(), manifest, points).into(directory, progress);
    }
  }

  /** See {@link Engram#backupsIn(ObjectStore)}. */
  public static Backups backupsIn(ObjectStore target) {
    return new BackupTarget(target, InstantSource.system());
  }

  /** A directory as an object store. */
  public static ObjectStore directory(Path directory) {
    return new DirectoryObjectStore(directory);
  }

  /** Locks a directory in which a store is, or may be made, and settles a restore of before. */
  private static StoreLock prepare(Path directory, boolean create, CrashPoints points) {
    if (!Restoration.isUnderWay(directory)) {
      StoreFiles.require(directory, create);
    }
    Directories.makePrivate(directory);
    StoreLock lock = StoreLock.take(directory);
    boolean ready = false;
    try {
      if (Restoration.settle(directory, points)) {
        StoreFiles.require(directory, create);
      }
      Directories.makePrivate(directory.resolve(StoreFiles.LOG));
      ready = true;
      return lock;
    } finally {
      if (!ready) {
        lock.close();
      }
    }
  }

  static LogConfig logConfig(
      EngramConfig config, @Nullable Path directory, RandomGenerator random, CrashPoints points) {
    return new LogConfig(
        directory == null ? null : directory.resolve(StoreFiles.LOG),
        config.durability(),
        config.compression(),
        config.clock(),
        random,
        config.queueLimit(),
        config.queueTimeout(),
        config.rowCacheBytes(),
        false,
        points);
  }

  private static void abandon(@Nullable Log log, @Nullable StoreLock lock) {
    if (log != null) {
      log.close();
    }
    if (lock != null) {
      lock.close();
    }
  }
}
