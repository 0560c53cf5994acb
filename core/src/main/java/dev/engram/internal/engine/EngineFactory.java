package dev.engram.internal.engine;

import dev.engram.Backups;
import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.InvalidInputException;
import dev.engram.Progress;
import dev.engram.RepairReport;
import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.backup.BackupTarget;
import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.LogCopy;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.log.StoreLock;
import dev.engram.internal.text.TextIndex;
import dev.engram.internal.text.TextWatermark;
import dev.engram.spi.KeySource;
import dev.engram.spi.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    StoreKeys keys = null;
    Log log = null;
    boolean opened = false;
    try {
      keys = directory == null ? null : keys(config, directory, crashPoints);
      log = Log.open(logConfig(config, directory, random, crashPoints, StoreKeys.sealerOf(keys)));
      if (directory != null) {
        StoreFiles.mark(directory);
        Directories.restrictFiles(directory);
      }
      OpenStore store = new OpenStore(config, random, directory, lock, keys, log);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        abandon(log, keys, lock);
      }
    }
  }

  /** See {@link Engram#repair(EngramConfig, boolean)}. */
  public static RepairReport repair(EngramConfig config, boolean acceptLoss) {
    RandomGenerator random = new SecureRandom();
    Path directory = directoryOf(config);
    try (StoreLock _ = prepare(directory, false, CrashPoints.NONE);
        StoreKeys keys = keys(config, directory, CrashPoints.NONE)) {
      LogConfig logConfig =
          logConfig(config, directory, random, CrashPoints.NONE, StoreKeys.sealerOf(keys));
      try (Log log = Log.open(logConfig)) {
        log.verifyFiles();
        log.verifyBlobs();
        return new RepairReport(
            true, log.last(), 0, 0, List.of("the log opens: nothing to repair"));
      } catch (CorruptStoreException e) {
        CommitId kept = tryCut(directory, logConfig, e);
        if (!acceptLoss) {
          throw new CorruptStoreException(
              e.getMessage()
                  + "; nothing was changed: every commit up to "
                  + kept
                  + " can be kept, if the loss of what is behind is accepted",
              e);
        }
        return cutAtDamage(directory, logConfig);
      }
    }
  }

  /** The directory of a store that is to be restored or repaired. */
  private static Path directoryOf(EngramConfig config) {
    return config
        .path()
        .orElseThrow(
            () -> new InvalidInputException("invalid configuration: path=none; name a directory"));
  }

  /** The keys of a store that is opened or, where the configuration wants them, made. */
  private static @Nullable StoreKeys keys(EngramConfig config, Path directory, CrashPoints points) {
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
    if (!Restoration.isUnderWay(store)) {
      StoreFiles.requireMade(store);
    }
    try (StoreLock _ = StoreLock.take(store)) {
      boolean _ = Restoration.settle(store, points);
      StoreFiles.requireMade(store);
      try (StoreKeys keys = keys(config, store, points)) {
        return new SnapshotRestore(store, name, points, StoreKeys.sealerOf(keys)).inPlace();
      }
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
    StoreKeys.require(BackupFiles.isEncrypted(manifest), keys, "backup=" + manifest.name());
    StoreFiles.requireNewOrEmpty(directory);
    Directories.makePrivate(directory);
    try (StoreLock _ = StoreLock.take(directory)) {
      return new BackupRestore(backups.files(), manifest, points, keys).into(directory, progress);
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

  /** What would be kept, found on a copy, so that nothing is changed before it is known to help. */
  private static CommitId tryCut(Path directory, LogConfig config, CorruptStoreException why) {
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
      throw new CorruptStoreException(
          why.getMessage()
              + "; nothing was changed: the damage is not at the end of the log, so that no cut"
              + " helps; restore the store from a backup",
          e);
    } finally {
      Directories.delete(trial);
    }
  }

  private static RepairReport cutAtDamage(Path directory, LogConfig config) {
    List<String> actions = new ArrayList<>();
    Path textDirectory = directory.resolve(StoreFiles.VIEWS).resolve(TextView.NAME);
    long lastSeen = lastSeenByText(textDirectory);
    CommitId kept;
    try (Log log = Log.open(config.acceptingLoss(config.directory()))) {
      kept = log.last();
      log.flush();
      actions.add("kept the log up to the damage, on a new timeline: last=" + kept);
    }
    TextIndex.destroy(textDirectory);
    actions.add("dropped the views; they are rebuilt when the store is opened");
    long lostTo = Math.max(lastSeen, kept.lsn());
    return new RepairReport(
        false, kept, kept.lsn() + 1, lastSeen > kept.lsn() ? lostTo : 0, actions);
  }

  /** The text index remembers up to which commit it was published. */
  private static long lastSeenByText(Path directory) {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (TextIndex index = TextIndex.open(directory)) {
      Optional<TextWatermark> seen = index.committedWatermark();
      return seen.map(TextWatermark::lsn).orElse(0L);
    } catch (CorruptStoreException e) {
      return 0;
    }
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
