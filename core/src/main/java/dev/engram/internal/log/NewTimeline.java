package dev.engram.internal.log;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.internal.format.IdentityLayout;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.Keys;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Makes a log of its own of the copy of another one. */
public final class NewTimeline {
  private NewTimeline() {}

  /**
   * Reads every byte of a copied log and compares its checksums, then writes who it is from now on.
   * Whatever the promise of its configuration, it is durable when this returns.
   *
   * @param config how the copy is opened
   * @param next is told what the copy holds and says who it becomes; it may refuse the copy
   * @return the last commit, on the new timeline
   * @throws CorruptStoreException where anything is damaged
   */
  public static CommitId begin(LogConfig config, UnaryOperator<LogHeader> next) {
    return write(config, NewTimeline::verify, next);
  }

  /** As {@link #begin}, of a log that was in use: its files are not read. */
  public static CommitId turn(LogConfig config, UnaryOperator<LogHeader> next) {
    return write(config, rocks -> {}, next);
  }

  private static CommitId write(
      LogConfig config, Consumer<Rocks> check, UnaryOperator<LogHeader> next) {
    byte[] key = Keys.identity();
    try (Rocks rocks = new Rocks(config)) {
      check.accept(rocks);
      LogHeader fresh = next.apply(header(rocks, key));
      WriteBatchBytes rows = rocks.newBatch();
      rows.put(Family.META, key, IdentityLayout.encode(key, fresh.identity()));
      rocks.write(rows, Rocks.Sync.SYNCED);
      rocks.flush();
      return fresh.last();
    }
  }

  private static LogHeader header(Rocks rocks, byte[] key) {
    byte[] row = rocks.get(Family.META, key);
    if (row == null) {
      throw new CorruptStoreException("the log does not say whose it is");
    }
    Identity identity = IdentityLayout.decode(key, row);
    byte[] last = rocks.lastKey(Family.LOG);
    long lsn = last == null ? 0 : Keys.longAt(last, 0);
    return new LogHeader(identity, new CommitId(identity.timeline(), lsn));
  }

  private static void verify(Rocks rocks) {
    rocks.verifyFiles();
    for (Family family : Family.values()) {
      if (family.referenced()) {
        rocks.scan(family, new byte[0], new byte[0], null, (rowKey, value) -> true);
      }
    }
  }
}
