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
    LogConfig config =
        EngineFactory.logConfig(
            EngramConfig.at(parent), parent, new SecureRandom(), CrashPoints.NONE, sealer);
    return NewTimeline.begin(config, copied -> becoming(copied, manifest, id, timeline));
  }

  private static LogHeader becoming(LogHeader copied, Manifest manifest, UUID id, long timeline) {
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
    CommitId last = copied.last();
    Origin origin = new Origin(was.storeId(), last.timeline(), last.lsn());
    Identity fresh = new Identity(id, timeline, was.createdAt(), origin);
    return new LogHeader(fresh, new CommitId(timeline, last.lsn()));
  }
}
