package dev.engram.internal.view;

import dev.engram.CancelledException;
import dev.engram.ClosedException;
import dev.engram.CommitId;
import dev.engram.StaleViewException;
import dev.engram.Stats.ViewStats;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.TrimmedException;
import dev.engram.spi.Commit;
import dev.engram.spi.View;
import dev.engram.spi.ViewContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps one view up with the log: opens it, replays or rebuilds it, publishes it, and rebuilds it
 * again after it has failed. A view is called by one thread at a time, under this runner's lock.
 *
 * <p>A lagging view is fed by the runner's thread, from the log. So is a synchronous one until it
 * has caught up; from then on the committing thread feeds it, and the runner only publishes.
 *
 * <p>Thread-safe. Lock order: the commit queue, then this runner's lock.
 */
final class ViewRunner {
  private static final System.Logger LOG = System.getLogger(ViewRunner.class.getName());

  /** How long a view rests after it failed, before it is rebuilt; twice as long each time. */
  private static final Duration REST = Duration.ofMillis(200);

  private static final Duration LONGEST_REST = Duration.ofSeconds(30);

  /** After so many failures one after the other nobody waits for the next attempt. */
  private static final int HOPELESS = 3;

  /** How long a view is idle before it publishes what little it has gathered. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  /** How long a lagging view lets commits gather while nobody waits for it. */
  private static final Duration GATHER = Duration.ofMillis(5);

  private enum State {
    OPENING,
    REBUILDING,
    CURRENT,
    STALE,
    CLOSED
  }

  private final View view;
  private final Log log;
  private final CommitDecoder decoder;
  private final ViewContext context;
  private final Thread thread;

  /** Guards every call of the view. */
  private final ReentrantLock work = new ReentrantLock();

  /** Guards what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();

  /** Signalled when somebody waits for the view, which ends its gathering. */
  private final Condition wanted = lock.newCondition();

  private int waiters;
  private boolean idle;
  private State state = State.OPENING;
  private boolean live;
  private boolean closing;
  private long applied;
  private long published;
  private long bytesSeen;
  private String failure = "";
  private int failures;

  ViewRunner(View view, Log log, CommitDecoder decoder, ViewContext context) {
    this.view = view;
    this.log = log;
    this.decoder = decoder;
    this.context = context;
    this.thread =
        Thread.ofPlatform().daemon().name("engram-view-" + view.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  View view() {
    return view;
  }

  /** The last LSN of which the log need not keep anything for this view. */
  long published() {
    lock.lock();
    try {
      return published;
    } finally {
      lock.unlock();
    }
  }

  boolean lagging() {
    return view.mode() == View.Mode.LAGGING;
  }

  /** A commit was made: feeds a synchronous view, wakes a lagging one. Must not throw. */
  void follow(Commit commit) {
    if (isLive()) {
      feed(commit);
    } else {
      wake();
    }
  }

  /** How many bytes of the log the view has seen since opening. */
  long bytesSeen() {
    lock.lock();
    try {
      return bytesSeen;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it follows the log; a view that is rebuilt does not. */
  boolean following() {
    lock.lock();
    try {
      return state == State.CURRENT;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the view has applied a commit.
   *
   * @throws StaleViewException where it did not in time
   */
  void await(long lsn, Duration timeout) {
    if (!reaches(lsn, timeout)) {
      ViewStats now = stats();
      throw new StaleViewException(
          "the view cannot answer yet: view="
              + view.name()
              + ", state="
              + now.state()
              + ", applied="
              + now.applied()
              + ", wanted="
              + lsn
              + (now.failure().isEmpty() ? "" : ", why=" + now.failure())
              + "; it is catching up or being rebuilt, try again later");
    }
  }

  /** Waits until the view has applied a commit; false where it did not in time. */
  boolean reaches(long lsn, Duration timeout) {
    long left = timeout.toNanos();
    lock.lock();
    try {
      waiters++;
      wanted.signalAll();
      while (applied < lsn || state != State.CURRENT) {
        if (state == State.CLOSED || closing) {
          throw new ClosedException("the store is closed; open it again");
        }
        if (left <= 0 || failures >= HOPELESS) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("interrupted while waiting for a view: view=" + view.name(), e);
    } finally {
      waiters--;
      lock.unlock();
    }
  }

  /** Runs something that needs the view to stand still at what it has applied. */
  void paused(Runnable task) {
    work.lock();
    try {
      task.run();
    } finally {
      work.unlock();
    }
  }

  /** Publishes what was applied, if there is anything new. */
  void publish() {
    work.lock();
    try {
      if (appliedNow() > published()) {
        republish();
      }
    } finally {
      work.unlock();
    }
  }

  /** Publishes what was applied, whether there is anything new or not. */
  void republish() {
    work.lock();
    try {
      long reached = appliedNow();
      log.makeDurable();
      view.publish(new CommitId(log.last().timeline(), reached));
      notePublished(reached);
    } finally {
      work.unlock();
    }
  }

  /** The view does not answer any more: it is rebuilt. */
  void fail(Throwable why) {
    LOG.log(
        System.Logger.Level.WARNING,
        "the view failed and is rebuilt: view=" + view.name() + ", why=" + why);
    LOG.log(System.Logger.Level.DEBUG, "where the view failed", why);
    lock.lock();
    try {
      if (state != State.CLOSED) {
        state = State.STALE;
        live = false;
        failure = String.valueOf(why);
        failures++;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  ViewStats stats() {
    lock.lock();
    try {
      String name = state.name().toLowerCase(Locale.ROOT);
      long lag = Math.max(0, log.last().lsn() - applied);
      return new ViewStats(view.name(), name, applied, published, lag, failure);
    } finally {
      lock.unlock();
    }
  }

  /** Stops following, publishes and closes the view. */
  void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
      wanted.signalAll();
    } finally {
      lock.unlock();
    }
    joinThread();
    work.lock();
    try {
      if (following() && log.failure() == null) {
        publish();
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "the view is not published: view=" + view.name(), e);
    } finally {
      become(State.CLOSED);
      closeView();
      work.unlock();
    }
  }

  /** What a view throws here must not keep the others and the log from being closed. */
  private void closeView() {
    try {
      view.close();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "the view is not closed: view=" + view.name(), e);
    }
  }

  private void joinThread() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    boolean usable = attempt(this::open);
    while (!closing()) {
      if (!usable) {
        rest();
        usable = attempt(this::rebuild);
      } else {
        usable = attempt(this::catchUp);
      }
    }
  }

  private boolean attempt(Runnable step) {
    try {
      step.run();
      return stillFine();
    } catch (TrimmedException e) {
      return false;
    } catch (RuntimeException | Error e) {
      if (!closing()) {
        fail(e);
      }
      return false;
    }
  }

  private void open() {
    work.lock();
    try {
      Optional<CommitId> stored = view.open(context);
      boolean usable =
          stored.isPresent() && log.holds(stored.get()) && stored.get().lsn() + 1 >= log.firstLsn();
      if (usable) {
        settle(stored.get().lsn(), stored.get().lsn(), 0);
      } else {
        rebuild();
      }
    } finally {
      work.unlock();
    }
  }

  private void rebuild() {
    become(State.REBUILDING);
    long bytesBefore = log.writtenBytes();
    try (StateReader state = StateReader.of(log)) {
      work.lock();
      try {
        view.rebuild(state);
        settle(state.commit().lsn(), 0, bytesBefore);
        publish();
      } finally {
        work.unlock();
      }
    }
  }

  /** Applies what is new, or waits for it. */
  private void catchUp() {
    if (!isLive() && appliedNow() < log.last().lsn()) {
      // A live view is told by the committing thread, soon after the log has moved on.
      replay();
    } else if (!lagging() && !isLive()) {
      log.exclusively(this::goLive);
    } else if (!awaitWork() && stillFine()) {
      publish();
    }
    if (view.wantsPublish()) {
      publish();
    }
  }

  private void replay() {
    log.replay(
        appliedNow(),
        (read, bytes) -> {
          work.lock();
          try {
            view.apply(decoder.decode(read, view.wantsVectors()));
            noteApplied(read.header().id().lsn(), bytes);
          } finally {
            work.unlock();
          }
          if (view.wantsPublish()) {
            publish();
          }
          return !closing();
        });
  }

  /** No commit is under way: applies the last few and lets the committing threads go on. */
  private void goLive() {
    replayRest();
    lock.lock();
    try {
      live = applied == log.last().lsn();
    } finally {
      lock.unlock();
    }
  }

  private void replayRest() {
    if (appliedNow() < log.last().lsn()) {
      replay();
    }
  }

  private void feed(Commit commit) {
    work.lock();
    try {
      view.apply(commit);
      noteApplied(commit.id().lsn(), 0);
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      work.unlock();
    }
  }

  private void settle(long appliedLsn, long publishedLsn, long bytes) {
    lock.lock();
    try {
      applied = appliedLsn;
      published = publishedLsn;
      bytesSeen = bytes;
      state = State.CURRENT;
      failure = "";
      failures = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void noteApplied(long lsn, long bytes) {
    lock.lock();
    try {
      applied = lsn;
      bytesSeen += lsn > log.openedAt() ? bytes : 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void notePublished(long lsn) {
    lock.lock();
    try {
      published = lsn;
    } finally {
      lock.unlock();
    }
  }

  private void become(State next) {
    lock.lock();
    try {
      state = next;
      live = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A commit came: the thread is only woken from its rest. */
  private void wake() {
    lock.lock();
    try {
      if (idle) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a commit or a failure; false where nothing came. */
  private boolean awaitWork() {
    long left = IDLE.toNanos();
    lock.lock();
    try {
      idle = true;
      while (!closing && state == State.CURRENT && applied >= log.last().lsn() && left > 0) {
        left = changed.awaitNanos(left);
      }
      idle = false;
      long gathering = left > 0 ? GATHER.toNanos() : 0;
      while (!closing && waiters == 0 && gathering > 0) {
        gathering = wanted.awaitNanos(gathering);
      }
      return left > 0;
    } catch (InterruptedException e) {
      return true;
    } finally {
      idle = false;
      lock.unlock();
    }
  }

  private void rest() {
    lock.lock();
    try {
      long pause = REST.toNanos() << Math.clamp(failures - 1L, 0, 10);
      long left = Math.min(LONGEST_REST.toNanos(), pause);
      while (!closing && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; if somebody does, it only rests less.
    } finally {
      lock.unlock();
    }
  }

  private boolean stillFine() {
    lock.lock();
    try {
      return state == State.CURRENT;
    } finally {
      lock.unlock();
    }
  }

  private boolean isLive() {
    lock.lock();
    try {
      return live;
    } finally {
      lock.unlock();
    }
  }

  private boolean closing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  private long appliedNow() {
    lock.lock();
    try {
      return applied;
    } finally {
      lock.unlock();
    }
  }
}
