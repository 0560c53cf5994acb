package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.EngramConfig;
import dev.engram.ExistsException;
import dev.engram.Follower;
import dev.engram.Following;
import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.RecoveryPoint;
import dev.engram.internal.backup.FollowerMark;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.log.StoreLock;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** Makes, opens and promotes followers. Static functions only. */
public final class FollowerFactory {
  private FollowerFactory() {}

  /** See {@link dev.engram.Engram#follow(EngramConfig, Following, Progress)}. */
  public static Follower follow(EngramConfig store, Following from, Progress progress) {
    return follow(store, from, progress, CrashPoints.NONE);
  }

  /** The same, for tests that stop the process at named points. */
  public static Follower follow(
      EngramConfig store, Following from, Progress progress, CrashPoints points) {
    Path directory = EngineFactory.directoryOf(store);
    if (store.archive().isPresent()) {
      throw new InvalidInputException(
          "invalid configuration: archive is set; a follower is archived once it is promoted");
    }
    make(store, directory, from, progress, points);
    return new StoreFollower(store, from, directory, points);
  }

  /** Makes the store where there is none; what is looked up in the target comes first. */
  private static void make(
      EngramConfig store, Path directory, Following from, Progress progress, CrashPoints points) {
    StoreRecovery made =
        Restoration.isUnderWay(directory) || StoreFiles.isMade(directory)
            ? null
            : recovery(store, directory, from, points);
    Directories.makePrivate(directory);
    try (StoreLock _ = StoreLock.take(directory)) {
      boolean _ = Restoration.settle(directory, points);
      if (!StoreFiles.isMade(directory)) {
        StoreRecovery recovery = made == null ? recovery(store, directory, from, points) : made;
        CommitId _ = recovery.intoFollower(directory, progress);
      }
    }
  }

  private static StoreRecovery recovery(
      EngramConfig store, Path directory, Following from, CrashPoints points) {
    if (!store.createIfMissing()) {
      throw new NotFoundException(
          "there is no follower here: path=" + directory + "; make one, or name another directory");
    }
    if (!Restoration.isUnderWay(directory)) {
      StoreFiles.requireNewOrEmpty(directory);
    }
    RecoveryPoint newest =
        from.storeId().map(RecoveryPoint.latest()::ofStore).orElse(RecoveryPoint.latest());
    return new StoreRecovery(from.target(), newest, new CommitFiles(store.encryption()), points);
  }

  /** See {@link dev.engram.Engram#promote(EngramConfig)}. */
  public static CommitId promote(EngramConfig store) {
    return promote(store, CrashPoints.NONE);
  }

  /** The same, for tests that stop the process at named points. */
  public static CommitId promote(EngramConfig store, CrashPoints points) {
    Path directory = EngineFactory.directoryOf(store);
    try (StoreLock _ = EngineFactory.prepare(directory, false, points);
        StoreKeys keys = EngineFactory.keys(store, directory, points)) {
      FollowerMark mark =
          FollowerMark.find(directory)
              .orElseThrow(() ->
                  new NotFoundException(
                      "there is no follower here: path=" + directory + "; nothing was changed"));
      return FollowerTimeline.promote(directory, logConfig(store, directory, keys, points), mark);
    }
  }

  /** How the log of a follower is opened. */
  static LogConfig logConfig(
      EngramConfig store, Path directory, @Nullable StoreKeys keys, CrashPoints points) {
    return EngineFactory.logConfig(
        store, directory, new SecureRandom(), points, StoreKeys.sealerOf(keys));
  }

  /**
   * What is known of a follower whose directory is locked, and whose log is about to be opened. A
   * promotion that was cut short is finished.
   *
   * @param tailing what is known already by whom it is led on; null where nobody does that
   * @return null where the store is no follower
   * @throws ExistsException where it is none and is to be led on
   */
  static @Nullable FollowerState stateOf(
      Path directory, LogConfig config, @Nullable FollowerState tailing) {
    FollowerMark mark = FollowerMark.find(directory).orElse(null);
    if (mark != null && mark.becoming().isPresent()) {
      CommitId _ = FollowerTimeline.finish(directory, config, mark.becoming().get());
      mark = null;
    }
    if (mark == null && tailing != null) {
      throw new ExistsException(
          "the directory holds a store that is no follower: path="
              + directory
              + "; name a new or empty directory, or that of a follower");
    }
    return mark == null || tailing != null ? tailing : new FollowerState(config.clock());
  }
}
