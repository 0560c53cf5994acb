package dev.engram.internal.engine;

import dev.engram.Archive;
import dev.engram.Backups;
import dev.engram.CheckReport.Finding;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.InvalidInputException;
import dev.engram.Progress;
import dev.engram.RecoveryPoint;
import dev.engram.Repair;
import dev.engram.RepairReport;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.backup.ArchiveTarget;
import dev.engram.internal.backup.BackupTarget;
import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.internal.backup.FollowerMark;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.LogHeader;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.log.StoreLock;
import dev.engram.spi.KeySource;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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
    return open(config, crashPoints, null);
  }

  /**
   * The same, of any store or of a follower.
   *
   * @param tailing what a follower knows that is being led on; null for any store
   */
  static OpenStore open(
      EngramConfig config, CrashPoints crashPoints, @Nullable FollowerState tailing) {
    RandomGenerator random = new SecureRandom();
    Path directory = config.path().orElse(null);
    if (directory == null && config.archive().isPresent()) {
      throw new UnsupportedFeatureException(
          "a store in memory has no archive; open one in a directory");
    }
    StoreLock lock =
        directory == null ? null : prepare(directory, config.createIfMissing(), crashPoints);
    StoreKeys keys = null;
    Log log = null;
    boolean opened = false;
    try {
      keys = directory == null ? null : keys(config, directory, crashPoints);
      LogConfig logConfig =
          logConfig(config, directory, random, crashPoints, StoreKeys.sealerOf(keys));
      FollowerState following =
          directory == null ? null : FollowerFactory.stateOf(directory, logConfig, tailing);
      log = Log.open(logConfig);
      if (directory != null) {
        StoreFiles.mark(directory);
        Directories.restrictFiles(directory);
      }
      OpenStore store = new OpenStore(config, random, directory, lock, keys, log, following);
      opened = true;
      if (config.closeAtExit()) {
        store.closeAtExit();
      }
      return store;
    } finally {
      if (!opened) {
        abandon(log, keys, lock);
      }
    }
  }

  /** See {@link Engram#repair(EngramConfig, Repair, Progress)}. */
  public static RepairReport repair(EngramConfig config, Repair how, Progress progress) {
    Path directory = directoryOf(config);
    RepairReport done;
    List<String> actions;
    try (StoreLock _ = prepare(directory, false, CrashPoints.NONE);
        StoreKeys keys = keys(config, directory, CrashPoints.NONE)) {
      FollowerMark.refuse(directory, "repair");
      LogConfig logConfig =
          logConfig(
              config, directory, new SecureRandom(), CrashPoints.NONE, StoreKeys.sealerOf(keys));
      done =
          new Repairer(directory, logConfig, config.encryption().orElse(null), how, progress).run();
      actions = new ArrayList<>(done.actions());
      RepairedViews.dropDamaged(directory, actions);
    }
    List<Finding> left = RepairedViews.dropDifferent(config, directory, progress, actions);
    return new RepairReport(
        done.lossless(), done.lastKept(), done.lostFrom(), done.lostTo(), actions, left);
  }

  /** The directory of a store that is to be restored or repaired. */
  static Path directoryOf(EngramConfig config) {
    return config
        .path()
        .orElseThrow(
            () -> new InvalidInputException("invalid configuration: path=none; name a directory"));
  }

  /** The keys of a store that is opened or, where the configuration wants them, made. */
  static @Nullable StoreKeys keys(EngramConfig config, Path directory, CrashPoints points) {
    KeySource source = config.encryption().orElse(null);
    boolean fresh = !StoreFiles.isMade(directory) && !StoreKeys.areIn(directory);
    return fresh && source != null
        ? StoreKeys.create(directory, source, config.clock(), points)
        : StoreKeys.find(directory, source, config.clock(), points);
  }

  /** See {@link Engram#restoreSnapshot(EngramConfig, String)}. */
  public static CommitId restoreSnapshot(EngramConfig store, String name) {
    return restoreSnapshot(store, name, CrashPoints.NONE);
  }

  /** The same, for tests that stop the process at named points. */
  public static CommitId restoreSnapshot(Path store, String name, CrashPoints points) {
    return restoreSnapshot(EngramConfig.at(store), name, points);
  }

  /** The same, of a store that may be encrypted. */
  public static CommitId restoreSnapshot(EngramConfig config, String name, CrashPoints points) {
    Path store = directoryOf(config);
    return inPlace(
        store,
        points,
        () -> {
          try (StoreKeys keys = keys(config, store, points)) {
            return new SnapshotRestore(store, name, points, StoreKeys.sealerOf(keys)).inPlace();
          }
        });
  }

  /** Runs a restore of a store that is there, while nobody has it open. */
  private static CommitId inPlace(Path store, CrashPoints points, Supplier<CommitId> restore) {
    if (!Restoration.isUnderWay(store)) {
      StoreFiles.requireMade(store);
    }
    try (StoreLock _ = StoreLock.take(store)) {
      boolean _ = Restoration.settle(store, points);
      StoreFiles.requireMade(store);
      FollowerMark.refuse(store, "restore");
      CommitId last = restore.get();
      new Journal(store).forgetFiles();
      return last;
    }
  }

  /** See {@link Engram#restoreSnapshot(EngramConfig, String, Path)}. */
  public static CommitId restoreSnapshot(EngramConfig config, String name, Path newDirectory) {
    Path store = directoryOf(config);
    StoreFiles.requireMade(store);
    StoreFiles.requireNewOrEmpty(newDirectory);
    try (StoreKeys keys = keys(config, store, CrashPoints.NONE)) {
      Directories.makePrivate(newDirectory);
      try (StoreLock _ = StoreLock.take(newDirectory)) {
        return new SnapshotRestore(store, name, CrashPoints.NONE, StoreKeys.sealerOf(keys))
            .into(newDirectory);
      }
    }
  }

  /** See {@link Engram#restore(ObjectStore, String, EngramConfig, Progress)}. */
  public static CommitId restore(
      ObjectStore target, String id, EngramConfig store, Progress progress) {
    return restore(target, id, store, progress, CrashPoints.NONE);
  }

  /** The same, for tests that stop the process at named points. */
  public static CommitId restore(
      ObjectStore target, String id, Path directory, Progress progress, CrashPoints points) {
    return restore(target, id, EngramConfig.at(directory), progress, points);
  }

  /** The same, of a backup that may be encrypted. */
  public static CommitId restore(
      ObjectStore target, String id, EngramConfig store, Progress progress, CrashPoints points) {
    Path directory = directoryOf(store);
    BackupTarget backups = new BackupTarget(target, InstantSource.system());
    Manifest manifest = backups.find(id);
    KeySource keys = store.encryption().orElse(null);
    StoreFiles.requireNewOrEmpty(directory);
    Directories.makePrivate(directory);
    try (StoreLock _ = StoreLock.take(directory)) {
      return new BackupRestore(backups.files(), manifest, points, keys).into(directory, progress);
    }
  }

  /** See {@link Engram#restoreInPlace(ObjectStore, String, EngramConfig, Progress)}. */
  public static CommitId restoreInPlace(
      ObjectStore target, String id, EngramConfig store, Progress progress) {
    return restoreInPlace(target, id, store, progress, CrashPoints.NONE);
  }

  /** The same, for tests that stop the process at named points. */
  public static CommitId restoreInPlace(
      ObjectStore target, String id, EngramConfig store, Progress progress, CrashPoints points) {
    Path directory = directoryOf(store);
    BackupTarget backups = new BackupTarget(target, InstantSource.system());
    return inPlace(
        directory,
        points,
        () -> {
          Identity own = identity(store, directory, points);
          Manifest manifest = backups.findOf(own.storeId(), id);
          long timeline = Timelines.next(directory, target, own.storeId(), own);
          KeySource keys = store.encryption().orElse(null);
          return new BackupRestore(backups.files(), manifest, points, keys)
              .inPlace(directory, timeline, progress);
        });
  }

  private static Identity identity(EngramConfig store, Path directory, CrashPoints points) {
    try (StoreKeys keys = keys(store, directory, points)) {
      Path log = directory.resolve(StoreFiles.LOG);
      return LogHeader.read(log, StoreKeys.sealerOf(keys)).identity();
    }
  }

  /** See {@link Engram#recover(ObjectStore, RecoveryPoint, EngramConfig, Progress)}. */
  public static CommitId recover(
      ObjectStore target, RecoveryPoint until, EngramConfig store, Progress progress) {
    return recover(target, until, store, progress, CrashPoints.NONE);
  }

  /** The same, for tests that stop the process at named points. */
  public static CommitId recover(
      ObjectStore target,
      RecoveryPoint until,
      EngramConfig store,
      Progress progress,
      CrashPoints points) {
    Path directory = directoryOf(store);
    StoreRecovery recovery =
        new StoreRecovery(target, until, new CommitFiles(store.encryption()), points);
    StoreFiles.requireNewOrEmpty(directory);
    Directories.makePrivate(directory);
    try (StoreLock _ = StoreLock.take(directory)) {
      return recovery.into(directory, progress);
    }
  }

  /** See {@link Engram#archiveIn(ObjectStore)}; with keys those of encrypted stores. */
  public static Archive archiveIn(ObjectStore target, Optional<KeySource> keys) {
    return new ArchiveTarget(target, new CommitFiles(keys));
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
  static StoreLock prepare(Path directory, boolean create, CrashPoints points) {
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
      EngramConfig config,
      @Nullable Path directory,
      RandomGenerator random,
      CrashPoints points,
      Sealer sealer) {
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
        points,
        sealer);
  }

  private static void abandon(
      @Nullable Log log, @Nullable StoreKeys keys, @Nullable StoreLock lock) {
    if (log != null) {
      log.close();
    }
    if (keys != null) {
      keys.close();
    }
    if (lock != null) {
      lock.close();
    }
  }
}
