package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.RepairReport;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.LogCopy;
import dev.engram.internal.log.StoreLock;
import dev.engram.internal.text.TextIndex;
import dev.engram.internal.text.TextWatermark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
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
    StoreLock lock = directory == null ? null : prepare(directory, config.createIfMissing());
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

  /** See {@link Engram#repair}. */
  public static RepairReport repair(Path directory, boolean acceptLoss) {
    StoreFiles.require(directory, false);
    RandomGenerator random = new SecureRandom();
    EngramConfig config = EngramConfig.at(directory);
    try (StoreLock _ = StoreLock.take(directory)) {
      LogConfig logConfig = logConfig(config, directory, random, CrashPoints.NONE);
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

  private static StoreLock prepare(Path directory, boolean create) {
    StoreFiles.require(directory, create);
    Directories.makePrivate(directory);
    StoreLock lock = StoreLock.take(directory);
    Directories.makePrivate(directory.resolve(StoreFiles.LOG));
    return lock;
  }

  private static LogConfig logConfig(
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
