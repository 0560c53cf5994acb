package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.Durability;
import dev.engram.EngramConfig;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.CommitFileLayout.Shipped;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.log.CommitFileReader;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Holds;
import dev.engram.internal.log.Log;
import dev.engram.spi.Commit;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A log that is made ready in a directory which is no store yet, of a copy or of nothing, by
 * applying commit files. It is written to files when it is closed. Not thread-safe.
 */
final class StagedLog implements AutoCloseable {
  private final Log log;
  private final CommitFiles commitFiles;

  /**
   * @param parent of the directory of the log
   * @param sealer of the log
   * @param commitFiles how those are read that are applied
   */
  StagedLog(Path parent, Sealer sealer, CommitFiles commitFiles) {
    this.commitFiles = commitFiles;
    EngramConfig config =
        EngramConfig.at(parent)
            .durability(Durability.periodic(Duration.ofHours(1)))
            .rowCacheBytes(0);
    this.log =
        Log.open(
            EngineFactory.logConfig(config, parent, new SecureRandom(), CrashPoints.NONE, sealer));
  }

  /** The last LSN that it has. */
  long last() {
    return log.last().lsn();
  }

  /**
   * Applies what is new of a file that was found whole.
   *
   * @param upTo no later LSN is applied
   * @param untilMillis nor any commit after the first one that is later than this
   * @return false where it came to such a commit
   * @throws dev.engram.MismatchException where the commits do not follow those that are there
   */
  boolean apply(Path file, long upTo, long untilMillis) {
    try (CommitFileReader commits = commitFiles.open(file)) {
      Shipped next = commits.next();
      while (next != null && next.lsn() <= upTo) {
        if (next.lsn() > last() && next.read().header().timeMillis() > untilMillis) {
          return false;
        }
        boolean _ = log.apply(next, StagedLog::untold);
        next = commits.next();
      }
      return true;
    }
  }

  /** Keeps nothing any more for those to whom the log was copied that this one was made of. */
  void release() {
    for (Holds.Kind kind : Holds.Kind.values()) {
      log.holds().replaceAll(kind, _ -> null);
    }
  }

  /** Nobody follows. */
  private static Commit untold(CommitLayout.Read read) {
    CommitId id = read.header().id();
    return new Commit(id, Instant.ofEpochMilli(read.header().timeMillis()), List.of());
  }

  @Override
  public void close() {
    log.close();
  }
}
