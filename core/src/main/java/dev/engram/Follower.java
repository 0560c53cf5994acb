package dev.engram;

import java.time.Duration;

/**
 * A store that follows another one by its archive, and serves reads meanwhile: see {@link
 * Engram#follow}. It has the same commits under the same LSNs and timelines, byte for byte. It
 * looks at the archive in the background, and tries again after its interval where something is
 * missing, damaged or away. Nothing but {@link #promote} makes it a store that takes writes.
 * Thread-safe.
 */
public interface Follower extends AutoCloseable {
  /**
   * The store, to be read: every write is a {@link ReadOnlyException}, and nothing writes by
   * itself. Closed with the follower. Where the store that is followed goes over to a new timeline,
   * it is opened anew, and what was got from it before is closed: so ask for it here each time.
   */
  Engram engram();

  /** As {@link #catchUp(Progress)}. */
  default CommitId catchUp() {
    return catchUp(Progress.NONE);
  }

  /**
   * Applies all that is archived now. Each commit file is fetched and verified whole before any of
   * it is applied; what was applied before a failure stays.
   *
   * @return the last commit
   * @throws DivergedException where the store that is followed went on from an earlier commit than
   *     the last one here
   * @throws CorruptStoreException where a commit file is damaged; what comes before it is applied
   * @throws NotFoundException where commits that come next are not there
   * @throws StorageException where the target fails
   */
  CommitId catchUp(Progress progress);

  /**
   * Waits until so many commits are applied, which the background does: of whichever timeline the
   * follower is on. Where the store that is followed was taken back to an earlier commit, ask the
   * store for its last commit, which has the timeline, too.
   *
   * @return whether it was in time
   */
  boolean awaitLsn(long lsn, Duration timeout);

  /** How far it is behind. */
  FollowerLag lag();

  /**
   * Ends the following, for good, and begins a timeline: the directory holds an ordinary store
   * then, another one than that which was followed, with an archive of its own. So nothing of what
   * is followed is touched, though it may be alive. What is archived and was not applied yet is not
   * in it: {@link #catchUp} before, where the archive can be read. Closes the follower. A promotion
   * that is cut short once it has begun is finished when the directory is opened next.
   *
   * @return the last commit, on the new timeline; open the directory to write
   */
  CommitId promote();

  /** Ends looking at the archive and closes the store, which is a follower still. Idempotent. */
  @Override
  void close();
}
