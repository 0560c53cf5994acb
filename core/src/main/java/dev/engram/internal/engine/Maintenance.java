package dev.engram.internal.engine;

import dev.engram.Archiving;
import dev.engram.CancelledException;
import dev.engram.ClosedException;
import dev.engram.Durability;
import dev.engram.EngramException;
import dev.engram.MaintenanceTask;
import dev.engram.internal.log.Family;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What goes on by itself in an open store, on threads of its own: sweeping what has expired,
 * archiving and trimming the log, giving disk space back, forgetting old idempotency keys,
 * embedding what waits for it, what vector indexes put off, the flushes of periodic durability, and
 * the tasks that are planned. What fails is tried again at the next turn.
 */
final class Maintenance implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Maintenance.class.getName());
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration OFTEN = Duration.ofMillis(50);
  private static final Duration MIN_ARCHIVING = Archiving.MIN_INTERVAL;

  /** An embedder or a full queue that holds one job up does not hold up the flushes. */
  private static final int THREADS = 7;

  private final OpenStore store;
  private final Chores chores;
  private final Tasks tasks;
  private final ScheduledExecutorService turns = executor("engram-maintenance", THREADS);

  /** One thread for each planned task: none waits for another. */
  private final ScheduledExecutorService plannedTurns;

  Maintenance(OpenStore store, Journal journal) {
    this.store = store;
    this.chores = new Chores(store);
    this.tasks = new Tasks(store, chores, journal);
    this.plannedTurns = executor("engram-task", Math.max(1, tasks.planned().size()));
  }

  private static ScheduledExecutorService executor(String name, int threads) {
    return Executors.newScheduledThreadPool(
        threads, Thread.ofPlatform().daemon().name(name).factory());
  }

  void start() {
    if (!store.isFollower()) {
      startWriting();
    }
    every(TURN, chores::trim);
    every(TURN, store.log()::collectGarbage);
    every(TURN, chores::forgetKeys);
    every(OFTEN, () -> store.vectorKind().flush(store.vectors().all()));
    every(OFTEN, () -> store.vectorKind().improve(store.vectors().all()));
    if (store.config().durability() instanceof Durability.Periodic periodic) {
      every(periodic.interval(), store.log()::makeDurable);
    }
    for (MaintenanceTask task : tasks.planned()) {
      every(plannedTurns, TURN, () -> tasks.runIfDue(task));
    }
  }

  /** What makes commits, or sends them elsewhere. */
  private void startWriting() {
    every(
        TURN,
        () -> {
          long _ = chores.sweep();
        });
    every(MIN_ARCHIVING, store.archiveState()::turn);
    every(TURN, this::embed);
    every(TURN, store.accessQueue()::flush);
  }

  Tasks tasks() {
    return tasks;
  }

  Chores chores() {
    return chores;
  }

  /** Ends the planned tasks early and waits for them. The store refuses further calls. */
  void finishTasks() {
    end(plannedTurns);
  }

  @Override
  public void close() {
    end(plannedTurns);
    end(turns);
  }

  private static void end(ScheduledExecutorService executor) {
    executor.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (executor.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void embed() {
    if (store.embedder() == null || !anyPending()) {
      return;
    }
    for (CatalogEntry entry : store.catalogState().all()) {
      if (entry.isSpace() && !Thread.currentThread().isInterrupted()) {
        attempt(() -> {
          int _ = new StoredSpace(store, entry.descriptor().name(), null).embedSome();
        });
      }
    }
  }

  private boolean anyPending() {
    boolean[] any = {false};
    store
        .log()
        .scan(
            Family.PENDING,
            new byte[0],
            new byte[0],
            (key, value) -> {
              any[0] = true;
              return false;
            });
    return any[0];
  }

  private void every(Duration pause, Runnable turn) {
    every(turns, pause, turn);
  }

  private static void every(ScheduledExecutorService executor, Duration pause, Runnable turn) {
    var _ =
        executor.scheduleWithFixedDelay(
            () -> attempt(turn), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void attempt(Runnable turn) {
    try {
      turn.run();
    } catch (ClosedException | CancelledException e) {
      LOG.log(System.Logger.Level.DEBUG, "maintenance ends", e);
    } catch (EngramException e) {
      LOG.log(System.Logger.Level.DEBUG, "maintenance is tried again", e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "maintenance failed and is tried again", e);
    }
  }
}
