package dev.engram.internal.engine;

import dev.engram.CommitInfo;
import dev.engram.CommitRange;
import dev.engram.CorruptStoreException;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.CommitLayout.Entry;
import dev.engram.internal.format.CommitLayout.Kind;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.TrimmedException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Tells of the commits that are in the log. */
final class CommitHistory {
  private final Log log;

  CommitHistory(Log log) {
    this.log = log;
  }

  /** The newest commits of a range, the newest first. */
  List<CommitInfo> read(CommitRange range) {
    while (true) {
      long first = log.firstLsn();
      try {
        return readNow(range);
      } catch (TrimmedException e) {
        // Where it was trimmed between two looks at it, the rest is there.
        if (log.firstLsn() == first) {
          throw new CorruptStoreException(
              "a commit is missing in the log: why=" + e.getMessage() + "; run 'engram check'", e);
        }
      }
    }
  }

  private List<CommitInfo> readNow(CommitRange range) {
    long to = Math.min(range.to(), log.last().lsn());
    long from = Math.max(range.from(), log.firstLsn());
    boolean timed = range.since().isPresent() || range.until().isPresent();
    if (!timed) {
      from = Math.max(from, to - range.limit() + 1);
    }
    Deque<CommitInfo> newest = new ArrayDeque<>();
    if (from > to) {
      return List.of();
    }
    log.replay(
        from - 1,
        (commit, bytes) -> {
          if (commit.header().id().lsn() > to) {
            return false;
          }
          if (isIn(range, Instant.ofEpochMilli(commit.header().timeMillis()))) {
            newest.addFirst(info(commit, bytes));
          }
          if (newest.size() > range.limit()) {
            newest.removeLast();
          }
          return true;
        });
    return List.copyOf(newest);
  }

  private static boolean isIn(CommitRange range, Instant time) {
    return range.since().map(since -> !time.isBefore(since)).orElse(true)
        && range.until().map(until -> !time.isAfter(until)).orElse(true);
  }

  private static CommitInfo info(CommitLayout.Read commit, int bytes) {
    long records = 0;
    long removed = 0;
    long synapses = 0;
    for (Entry entry : commit.entries()) {
      switch (Family.of(entry.family())) {
        case RECORDS -> {
          records += entry.kind() == Kind.PUT ? 1 : 0;
          removed += entry.kind() == Kind.DELETE ? 1 : 0;
        }
        case SHORT_TERM, LONG_TERM -> synapses++;
        default -> {}
      }
    }
    return new CommitInfo(
        commit.header().id(),
        Instant.ofEpochMilli(commit.header().timeMillis()),
        Optional.ofNullable(commit.header().author()),
        records,
        removed,
        synapses,
        commit.entries().size(),
        bytes);
  }
}
