package dev.engram;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a follower is behind the archive that it follows.
 *
 * @param applied the last LSN that it has; 0 where it has none
 * @param known the newest LSN that was seen in the archive, or {@code applied} before it was looked
 *     at
 * @param lastCommitAt when the last commit that it has was made, by the clock of who made it; empty
 *     where it has none
 * @param behind it has everything that was archived so long ago; empty where it has no commit and
 *     has never caught up
 * @param failure why it did not catch up the last time; empty where it did
 */
public record FollowerLag(
    long applied,
    long known,
    Optional<Instant> lastCommitAt,
    Optional<Duration> behind,
    String failure) {
  /** Commits that are known and that it does not have. */
  public long commits() {
    return known - applied;
  }
}
