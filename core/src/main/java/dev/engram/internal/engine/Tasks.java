package dev.engram.internal.engine;

import dev.engram.BackupInfo;
import dev.engram.Backups;
import dev.engram.CancelledException;
import dev.engram.CheckReport;
import dev.engram.ClosedException;
import dev.engram.CompactionReport;
import dev.engram.ErrorCode;
import dev.engram.MaintenancePlan;
import dev.engram.MaintenanceResult;
import dev.engram.MaintenanceTask;
import dev.engram.Metadata;
import dev.engram.Progress;
import dev.engram.Stats.TaskStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tasks of maintenance: when each is due, and how it ended. A task is done by one thread at a
 * time, and none is made to wait by another one, but that backups are not made and deleted at once.
 * Thread-safe.
 */
final class Tasks {
  private static final System.Logger LOG = System.getLogger(Tasks.class.getName());

  /** So long after opening what is due is begun. */
  private static final Duration AFTER_OPENING = Duration.ofMinutes(1);

  /** What failed is tried again after this, if its interval is longer. */
  private static final Duration RETRY = Duration.ofMinutes(10);

  /** What is done more often is not noted durably each time. */
  private static final Duration OFTEN = Duration.ofMinutes(10);

  private final OpenStore store;
  private final Chores chores;
  private final Journal journal;
  private final Instant openedAt;
  private final Map<MaintenanceTask, Turns> turns = new EnumMap<>(MaintenanceTask.class);

  /** What one task does and has done. */
  private static final class Turns {
    final ReentrantLock lock;
    final AtomicLong runs = new AtomicLong();
    final AtomicLong failures = new AtomicLong();

    Turns(ReentrantLock lock) {
      this.lock = lock;
    }
  }

  Tasks(OpenStore store, Chores chores, Journal journal) {
    this.store = store;
    this.chores = chores;
    this.journal = journal;
    this.openedAt = store.config().clock().instant();
    ReentrantLock backups = new ReentrantLock();
    for (MaintenanceTask task : MaintenanceTask.values()) {
      boolean ofBackups = task == MaintenanceTask.BACK_UP || task == MaintenanceTask.RETAIN;
      turns.put(task, new Turns(ofBackups ? backups : new ReentrantLock()));
    }
  }

  /** Those that are done by themselves. */
  Set<MaintenanceTask> planned() {
    Set<MaintenanceTask> planned = EnumSet.noneOf(MaintenanceTask.class);
    for (MaintenanceTask task : MaintenanceTask.values()) {
      if (plan().interval(task).isPresent() && !isRefused(task)) {
        planned.add(task);
      }
    }
    return planned;
  }

  /** Whether it makes commits, which a follower does not. */
  private boolean isRefused(MaintenanceTask task) {
    boolean writes = task == MaintenanceTask.EXPIRE || task == MaintenanceTask.CONSOLIDATE;
    return writes && store.isFollower();
  }

  private MaintenancePlan plan() {
    return store.config().maintenance();
  }

  /** Does a task where its time has come. */
  void runIfDue(MaintenanceTask task) {
    Duration interval = plan().interval(task).orElse(null);
    if (interval != null && isDue(interval, journal.last(task))) {
      MaintenanceResult result = run(task, Progress.NONE, interval.compareTo(OFTEN) >= 0);
      if (!result.ok()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "maintenance failed and is tried again: task=" + task + ", why=" + result.what());
      }
    }
  }

  private boolean isDue(Duration interval, Optional<MaintenanceResult> last) {
    Instant now = store.config().clock().instant();
    Instant due = openedAt.plus(shorter(interval, AFTER_OPENING));
    if (last.isPresent()) {
      MaintenanceResult before = last.get();
      Instant next = before.at().plus(before.ok() ? interval : shorter(interval, RETRY));
      // A clock that was set back must not put everything off.
      boolean ofThePast = !before.at().isAfter(now);
      due = ofThePast && next.isAfter(due) ? next : due;
    }
    return !now.isBefore(due);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Does some tasks now, one after the other, but for those that lack what they need. */
  List<MaintenanceResult> run(Set<MaintenanceTask> wanted, Progress progress) {
    List<MaintenanceResult> results = new ArrayList<>();
    for (MaintenanceTask task : MaintenanceTask.values()) {
      if (wanted.contains(task) && plan().allows(task) && !isRefused(task)) {
        Handle.checkInterrupt("maintain", results.size());
        results.add(run(task, progress, true));
      }
    }
    return results;
  }

  private MaintenanceResult run(MaintenanceTask task, Progress progress, boolean durably) {
    Turns turn = turn(task);
    turn.lock.lock();
    try {
      store.requireOpen();
      Instant at = store.config().clock().instant();
      long began = System.nanoTime();
      Outcome outcome = attempt(task, progress);
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      MaintenanceResult result = new MaintenanceResult(task, at, took, outcome.error, outcome.what);
      long _ = turn.runs.incrementAndGet();
      if (!result.ok()) {
        long _ = turn.failures.incrementAndGet();
      }
      journal.note(result, durably);
      return result;
    } finally {
      turn.lock.unlock();
    }
  }

  private Turns turn(MaintenanceTask task) {
    return Objects.requireNonNull(turns.get(task));
  }

  private record Outcome(Optional<ErrorCode> error, String what) {
    static Outcome fine(String what) {
      return new Outcome(Optional.empty(), what);
    }
  }

  private Outcome attempt(MaintenanceTask task, Progress progress) {
    try {
      return act(task, progress);
    } catch (ClosedException | CancelledException e) {
      throw e;
    } catch (RuntimeException e) {
      return new Outcome(Optional.of(Journal.codeOf(e)), String.valueOf(e.getMessage()));
    }
  }

  private Outcome act(MaintenanceTask task, Progress progress) {
    return switch (task) {
      case EXPIRE -> outcome(chores.expire());
      case CONSOLIDATE -> outcome(chores.consolidate());
      case BACK_UP -> backUp(progress);
      case RETAIN -> {
        List<BackupInfo> deleted = backups().retain(plan().retention().orElseThrow());
        yield Outcome.fine("deleted=" + deleted.size());
      }
      case COMPACT -> {
        CompactionReport report = new Compactor(store, chores, progress).run();
        yield Outcome.fine(
            "bytesBefore=" + report.bytesBefore() + ", bytesAfter=" + report.bytesAfter());
      }
      case CHECK -> check(progress);
    };
  }

  private static Outcome outcome(Chores.Done done) {
    return new Outcome(done.firstFailure().map(Journal::codeOf), done.toString());
  }

  private Outcome backUp(Progress progress) {
    Metadata by = Metadata.of("by", "maintenance");
    BackupInfo made = backups().create(plan().backupKind(), by, progress);
    return Outcome.fine("id=" + made.id() + ", commit=" + made.commit());
  }

  private Backups backups() {
    return store.backups().to(plan().backups().orElseThrow());
  }

  private Outcome check(Progress progress) {
    CheckReport report = store.check(plan().checkLevel(), progress);
    if (report.ok()) {
      return Outcome.fine("level=" + report.level() + ", findings=0");
    }
    CheckReport.Finding first = report.findings().getFirst();
    return new Outcome(
        Optional.of(ErrorCode.CORRUPT),
        "level="
            + report.level()
            + ", findings="
            + report.findings().size()
            + ", first="
            + first.where()
            + ": "
            + first.what());
  }

  List<TaskStats> stats() {
    List<TaskStats> stats = new ArrayList<>();
    for (MaintenanceTask task : MaintenanceTask.values()) {
      Turns turn = turn(task);
      stats.add(
          new TaskStats(
              task,
              plan().interval(task).map(Duration::toSeconds).orElse(0L),
              turn.runs.get(),
              turn.failures.get(),
              journal.last(task)));
    }
    return stats;
  }
}
