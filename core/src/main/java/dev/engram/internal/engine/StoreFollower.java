package dev.engram.internal.engine;

import dev.engram.CancelledException;
import dev.engram.ClosedException;
import dev.engram.CommitId;
import dev.engram.DivergedException;
import dev.engram.Durability;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.EngramException;
import dev.engram.Follower;
import dev.engram.FollowerLag;
import dev.engram.Following;
import dev.engram.MismatchException;
import dev.engram.Progress;
import dev.engram.internal.backup.ArchiveFiles;
import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.backup.FollowPlan;
import dev.engram.internal.backup.FollowerMark;
import dev.engram.internal.backup.Meter;
import dev.engram.internal.backup.RecoveryPlan.Step;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.log.StoreLock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Leads a follower on. One call at a time catches up: it fetches a commit file into the directory
 * of the store, verifies it, and applies its commits, each of which is one write to the log. So it
 * may break off anywhere: where it goes on is what the log has. Thread-safe.
 *
 * <p>The log has the identity of the log that it follows. Where that one began a timeline, what is
 * before the branch is applied first; then the store is closed, its identity written anew, and the
 * store opened again, so that no view meets two timelines.
 */
final class StoreFollower implements Follower {
  private static final String OPERATION = "follow";
  private static final Duration TURN = Duration.ofMillis(100);
  private static final System.Logger LOG = System.getLogger(StoreFollower.class.getName());

  private final EngramConfig config;
  private final Following from;
  private final Path directory;
  private final CrashPoints points;
  private final UUID followed;
  private final ArchiveFiles archive;
  private final BackupFiles backups;
  private final FollowerState state;
  private final ReentrantLock lock = new ReentrantLock();

  /** Is told when commits were applied. */
  private final Object applied = new Object();

  private final ScheduledExecutorService turns =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("engram-follow").factory());
  private volatile OpenStore store;
  private volatile Instant triedAt;
  private volatile boolean closed;

  /** Whether the store was closed to be opened anew. Guarded by the lock. */
  private boolean reopening;

  StoreFollower(EngramConfig config, Following from, Path directory, CrashPoints points) {
    this.config = unsynced(config);
    this.from = from;
    this.directory = directory;
    this.points = points;
    this.archive = new ArchiveFiles(from.target(), new CommitFiles(config.encryption()));
    this.backups = new BackupFiles(from.target());
    this.state = new FollowerState(config.clock());
    this.triedAt = config.clock().instant();
    this.store = open();
    boolean begun = false;
    try {
      this.followed = from.storeId().orElse(marked());
      Directories.delete(work());
      var _ =
          turns.scheduleWithFixedDelay(
              this::turn, TURN.toMillis(), TURN.toMillis(), TimeUnit.MILLISECONDS);
      begun = true;
    } finally {
      if (!begun) {
        turns.shutdownNow();
        store.close();
      }
    }
  }

  /** What is lost with the power is applied again: no commit waits for the device. */
  private static EngramConfig unsynced(EngramConfig config) {
    return config.durability() instanceof Durability.Synced
        ? config.durability(Durability.PROCESS)
        : config;
  }

  private OpenStore open() {
    return EngineFactory.open(config, points, state);
  }

  private UUID marked() {
    return FollowerMark.find(directory).orElseThrow().of();
  }

  /** Whom it follows is kept once the archive was seen to lead there. */
  private void markFollowed() {
    if (!marked().equals(followed)) {
      new FollowerMark(followed).write(directory);
    }
  }

  private Path work() {
    return FollowerTimeline.work(directory);
  }

  @Override
  public Engram engram() {
    return store;
  }

  @Override
  public FollowerLag lag() {
    requireOpen();
    return state.lag(store.log());
  }

  @Override
  public CommitId catchUp(Progress progress) {
    lock.lock();
    try {
      requireOpen();
      attempt(progress);
      return store.lastCommit();
    } finally {
      lock.unlock();
    }
  }

  /** Catches up in the background, where it is time. */
  private void turn() {
    Instant now = config.clock().instant();
    // A clock that was set back makes nobody wait.
    boolean early = now.isBefore(triedAt.plus(from.interval())) && !now.isBefore(triedAt);
    if (early || !lock.tryLock()) {
      return;
    }
    String before = state.failure();
    try {
      attempt(Progress.NONE);
    } catch (ClosedException | CancelledException e) {
      LOG.log(System.Logger.Level.DEBUG, "following ends", e);
    } catch (RuntimeException | Error e) {
      // Whoever throws here is never asked again.
      boolean fresh = !state.failure().equals(before);
      LOG.log(
          fresh ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
          "following is tried again: why=" + state.failure());
    } finally {
      lock.unlock();
    }
  }

  private void attempt(Progress progress) {
    Instant at = config.clock().instant();
    triedAt = at;
    try {
      tail(progress);
      state.caughtUp(at);
    } catch (RuntimeException | Error e) {
      // A target may be anybody's code.
      state.failed(e instanceof EngramException ? String.valueOf(e.getMessage()) : e.toString());
      throw e;
    }
  }

  private void tail(Progress progress) {
    if (store.log().failure() != null) {
      // After a failed write a log takes no other one until it is opened anew.
      reopening = true;
      store.close();
    }
    if (reopening) {
      store = open();
      reopening = false;
    }
    Log log = store.log();
    FollowPlan plan =
        FollowPlan.find(archive, followed, log.identity(), log.last().lsn(), backups::list);
    markFollowed();
    state.seen(plan.known());
    Meter meter = new Meter(progress, OPERATION, plan.bytes());
    if (!plan.steps().isEmpty()) {
      try {
        Directories.makePrivate(work());
        plan.steps().forEach(step -> follow(plan, step, meter));
        store.log().makeDurable();
      } finally {
        Directories.delete(work());
      }
    }
    plan.requireWhole();
    meter.end();
  }

  private void follow(FollowPlan plan, Step step, Meter meter) {
    Path file = work().resolve("commits");
    Identity of = archive.fetch(step.file(), file, meter);
    points.reach("follow-file-fetched");
    Identity own = store.log().identity();
    long branch = isSame(of, own) ? Long.MAX_VALUE : plan.branch(own);
    apply(file, Math.min(step.upTo(), branch));
    if (step.upTo() > branch) {
      goOver(of);
      apply(file, step.upTo());
    }
    points.reach("follow-file-applied");
  }

  private static boolean isSame(Identity one, Identity other) {
    return one.storeId().equals(other.storeId()) && one.timeline() == other.timeline();
  }

  private void apply(Path file, long upTo) {
    try {
      new FollowedCommits(store).apply(file, upTo);
    } catch (MismatchException e) {
      throw new DivergedException(
          "the follower has diverged: why=["
              + e.getMessage()
              + "]; nothing was changed, follow anew in another directory",
          e);
    } finally {
      synchronized (applied) {
        applied.notifyAll();
      }
    }
  }

  /** Goes over to another timeline, which begins after the last commit. */
  private void goOver(Identity next) {
    reopening = true;
    store.close();
    try (StoreLock _ = StoreLock.take(directory);
        StoreKeys keys = EngineFactory.keys(config, directory, points)) {
      CommitId _ =
          FollowerTimeline.turn(FollowerFactory.logConfig(config, directory, keys, points), next);
    }
    points.reach("follow-timeline-turned");
    store = open();
    reopening = false;
  }

  @Override
  public boolean awaitLsn(long lsn, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (applied) {
      while (store.lastCommit().lsn() < lsn) {
        requireOpen();
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        pause(left);
      }
    }
    return true;
  }

  private void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.timedWait(applied, nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("interrupted before the commit was applied", e);
    }
  }

  @Override
  public CommitId promote() {
    end();
    lock.lock();
    try {
      requireOpen();
      closeStore();
      return FollowerFactory.promote(config, points);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    end();
    lock.lock();
    try {
      closeStore();
    } finally {
      lock.unlock();
    }
  }

  /** Looks at the archive no more. */
  private void end() {
    turns.shutdownNow();
  }

  private void closeStore() {
    closed = true;
    store.close();
    synchronized (applied) {
      applied.notifyAll();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new ClosedException("the follower is closed; follow again");
    }
  }
}
