package dev.engram.internal.log;

import dev.engram.CommitId;
import dev.engram.internal.format.IdentityLayout;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.IdentityLayout.Origin;
import dev.engram.internal.format.Keys;
import java.util.UUID;

/** The row of {@code meta} that says who a log is. Static functions only. */
final class IdentityRow {
  private IdentityRow() {}

  /** Reads the identity of a log that is opened; makes one for a new or a cut log. */
  static Identity open(Rocks rocks, LogConfig config) {
    byte[] key = Keys.identity();
    byte[] stored = rocks.get(Family.META, key);
    if (stored != null && !config.acceptLoss()) {
      return IdentityLayout.decode(key, stored);
    }
    Identity fresh =
        stored == null
            ? newIdentity(config)
            : nextTimeline(IdentityLayout.decode(key, stored), lastLsn(rocks));
    WriteBatchBytes rows = rocks.newBatch();
    rows.put(Family.META, key, IdentityLayout.encode(key, fresh));
    rocks.write(rows, Rocks.Sync.SYNCED);
    return fresh;
  }

  private static Identity newIdentity(LogConfig config) {
    UUID id = new UUID(config.random().nextLong(), config.random().nextLong());
    return new Identity(id, 1, config.clock().millis());
  }

  /** What was derived from the commits up to the last one that was kept is still right. */
  private static Identity nextTimeline(Identity before, long lastKept) {
    Origin origin = new Origin(before.storeId(), before.timeline(), lastKept);
    return new Identity(before.storeId(), before.timeline() + 1, before.createdAt(), origin);
  }

  /** The last LSN in the log; 0 where it is empty. */
  static long lastLsn(Rocks rocks) {
    byte[] key = rocks.lastKey(Family.LOG);
    return key == null ? 0 : Keys.longAt(key, 0);
  }

  /** Whether a commit is in the past of a log, or in that of the one that it was made of. */
  static boolean holds(Identity identity, long lastLsn, CommitId commit) {
    if (commit.timeline() == identity.timeline()) {
      return commit.lsn() <= lastLsn;
    }
    Origin origin = identity.origin();
    return origin != null && commit.timeline() == origin.timeline() && commit.lsn() <= origin.lsn();
  }

  /** The id of the store in which a log's past has the commits of a timeline. */
  static UUID storeOf(Identity identity, long timeline) {
    Origin origin = identity.origin();
    return origin == null || timeline == identity.timeline()
        ? identity.storeId()
        : origin.storeId();
  }
}
