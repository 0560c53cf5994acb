package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.EngramConfig;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.IdentityLayout.Origin;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.LogHeader;
import dev.engram.internal.log.NewTimeline;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Makes the copied log of a snapshot or a backup one of its own. Static functions only. */
final class RestoredLog {
  private RestoredLog() {}

  /**
   * Verifies the log in a directory and begins a timeline in it.
   *
   * @param parent of the directory of the log
   * @param manifest what the log should be
   * @param id of the restored store
   * @param timeline that begins
   * @param sealer of the log
   * @return the last commit
   * @throws CorruptStoreException where it is damaged, or another log
   */
  static CommitId begin(Path parent, Manifest manifest, UUID id, long timeline, Sealer sealer) {
    return begin(parent, sealer, copied -> becoming(copied, manifest, id, timeline));
  }

  /** The same, of a log that becomes whatever it is told. */
  static CommitId begin(Path parent, Sealer sealer, UnaryOperator<LogHeader> becoming) {
    LogConfig config =
        EngineFactory.logConfig(
            EngramConfig.at(parent), parent, new SecureRandom(), CrashPoints.NONE, sealer);
    return NewTimeline.begin(config, becoming);
  }

  private static LogHeader becoming(LogHeader copied, Manifest manifest, UUID id, long timeline) {
    requireSame(copied, manifest);
    CommitId last = copied.last();
    Origin origin = new Origin(manifest.storeId(), last.timeline(), last.lsn());
    Identity fresh = new Identity(id, timeline, copied.identity().createdAt(), origin);
    return new LogHeader(fresh, new CommitId(timeline, last.lsn()));
  }

  /** Refuses a log that is not the one of a manifest. */
  static void requireSame(LogHeader copied, Manifest manifest) {
    Identity was = copied.identity();
    if (!was.storeId().equals(manifest.storeId()) || !copied.last().equals(manifest.commit())) {
      throw new CorruptStoreException(
          "the log is not the one that was copied: store="
              + was.storeId()
              + ", last="
              + copied.last()
              + ", expected store="
              + manifest.storeId()
              + ", last="
              + manifest.commit());
    }
  }
}
