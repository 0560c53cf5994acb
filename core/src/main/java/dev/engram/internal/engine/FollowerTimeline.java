package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.internal.backup.FollowerMark;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.IdentityLayout.Origin;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.LogHeader;
import dev.engram.internal.log.NewTimeline;
import java.nio.file.Path;
import java.util.UUID;

/**
 * On which timeline a follower is: that of the store that it follows, until it is promoted. The
 * caller holds the lock of its directory, and its log is closed. Static functions only.
 */
final class FollowerTimeline {
  private FollowerTimeline() {}

  /** The commit file that is being applied, in the directory of the store. */
  static Path work(Path directory) {
    return directory.resolve("engram-follow");
  }

  /** Goes over to another timeline, of which the log has the beginning; its last commit there. */
  static CommitId turn(LogConfig config, Identity next) {
    return NewTimeline.turn(
        config, made -> new LogHeader(next, new CommitId(next.timeline(), made.last().lsn())));
  }

  /**
   * Makes it another store, on a new timeline. From the first step on it is finished by {@link
   * #finish} wherever it is cut short.
   */
  static CommitId promote(Path directory, LogConfig config, FollowerMark mark) {
    UUID id =
        mark.becoming()
            .orElseGet(() -> new UUID(config.random().nextLong(), config.random().nextLong()));
    mark.becoming(id).write(directory);
    config.crashPoints().reach("promote-begun");
    return finish(directory, config, id);
  }

  /** Finishes a promotion that has begun. */
  static CommitId finish(Path directory, LogConfig config, UUID id) {
    CommitId last = NewTimeline.turn(config, made -> becoming(made, id));
    config.crashPoints().reach("promote-timeline-begun");
    // A process that ended while it followed left it.
    Directories.delete(work(directory));
    FollowerMark.remove(directory);
    config.crashPoints().reach("promote-done");
    return last;
  }

  private static LogHeader becoming(LogHeader made, UUID id) {
    Identity was = made.identity();
    if (was.storeId().equals(id)) {
      return made;
    }
    long lsn = made.last().lsn();
    long timeline = was.timeline() + 1;
    Origin origin = new Origin(was.storeId(), was.timeline(), lsn);
    return new LogHeader(
        new Identity(id, timeline, was.createdAt(), origin), new CommitId(timeline, lsn));
  }
}
