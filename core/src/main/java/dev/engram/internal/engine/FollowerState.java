package dev.engram.internal.engine;

import dev.engram.ClosedException;
import dev.engram.CommitId;
import dev.engram.FollowerLag;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a follower is, as this process has seen it. Thread-safe. */
final class FollowerState {
  private final InstantSource clock;
  private volatile long known;
  private volatile @Nullable Instant caughtUpAt;
  private volatile String failure = "";

  /** The last one that was looked up. */
  private volatile Optional<Instant> lastCommitAt = Optional.empty();

  FollowerState(InstantSource clock) {
    this.clock = clock;
  }

  /** So far the archive is. */
  void seen(long lsn) {
    known = lsn;
  }

  /** Everything is applied that was archived then. */
  void caughtUp(Instant at) {
    caughtUpAt = at;
    failure = "";
  }

  /** It did not catch up. */
  void failed(String why) {
    failure = why;
  }

  /** Why it did not catch up the last time; empty where it did. */
  String failure() {
    return failure;
  }

  FollowerLag lag(Log log) {
    CommitId last = log.last();
    Optional<Instant> madeAt = lastCommitAt(last.lsn(), log);
    Instant asOf = caughtUpAt;
    if (asOf == null || (madeAt.isPresent() && madeAt.get().isAfter(asOf))) {
      asOf = madeAt.orElse(asOf);
    }
    return new FollowerLag(
        last.lsn(),
        Math.max(known, last.lsn()),
        madeAt,
        Optional.ofNullable(asOf).map(this::since),
        failure);
  }

  /** The clocks of two machines differ: what was made in a moment is not ahead of time. */
  private Duration since(Instant asOf) {
    Duration passed = Duration.between(asOf, clock.instant());
    return passed.isNegative() ? Duration.ZERO : passed;
  }

  private Optional<Instant> lastCommitAt(long lsn, Log log) {
    byte[] key = Keys.commit(lsn);
    try {
      lastCommitAt =
          Optional.ofNullable(log.get(Family.LOG, key))
              .map(row -> CommitLayout.decode(key, row).header().timeMillis())
              .map(Instant::ofEpochMilli);
    } catch (ClosedException e) {
      // It is being opened anew, on another timeline: it has what it had.
    }
    return lastCommitAt;
  }
}
