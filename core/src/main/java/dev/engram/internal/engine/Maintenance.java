package dev.engram.internal.engine;

import dev.engram.Archiving;
import dev.engram.Durability;
import dev.engram.EngramException;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Holds;
import dev.engram.internal.log.Log;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes on by itself in an open store, on threads of its own: sweeping what has expired,
 * archiving and trimming the log, giving disk space back, forgetting old idempotency keys,
 * embedding what waits for it, what vector indexes put off, and the flushes of periodic durability.
 * What fails is tried again at the next turn.
 */
final class Maintenance implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Maintenance.class.getName());
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration SELDOM = Duration.ofMinutes(1);
  private static final Duration OFTEN = Duration.ofMillis(50);
  private static final Duration MIN_ARCHIVING = Archiving.MIN_INTERVAL;

  /** An embedder or a full queue that holds one job up does not hold up the flushes. */
  private static final int THREADS = 7;

  private static final int SWEEP_BATCH = 1_000;

  /** Commits that must have gathered before the log is trimmed. */
  private static final long TRIM_COMMITS = 256;

  private final OpenStore store;
  private final ScheduledExecutorService turns =
      Executors.newScheduledThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("engram-maintenance").factory());

  Maintenance(OpenStore store) {
    this.store = store;
  }

  void start() {
    every(TURN, this::sweep);
    every(TURN, this::trim);
    every(MIN_ARCHIVING, store.archiveState()::turn);
    every(TURN, store.log()::collectGarbage);
    every(TURN, this::forgetKeys);
    every(TURN, this::embed);
    every(TURN, store.accessQueue()::flush);
    every(SELDOM, () -> forSpacesWith(Family.FORGOTTEN, StoredSpace::erase));
    every(SELDOM, () -> forSpacesWith(Family.OPERATIONS, StoredSpace::expireOperations));
    every(SELDOM, () -> forSpacesWith(Family.HISTORY, StoredSpace::expireHistory));
    every(SELDOM, this::consolidate);
    every(OFTEN, () -> store.vectorKind().flush(store.vectors().all()));
    every(OFTEN, () -> store.vectorKind().improve(store.vectors().all()));
    if (store.config().durability() instanceof Durability.Periodic periodic) {
      every(periodic.interval(), store.log()::makeDurable);
    }
  }

  /** Deletes what has expired. */
  void sweep() {
    long now = store.config().clock().millis();
    if (!store.expiries().any(now)) {
      return;
    }
    List<byte[]> due = store.expiries().keys(now, SWEEP_BATCH);
    while (!due.isEmpty()) {
      List<byte[]> batch = due;
      boolean _ =
          store.inTransaction(s -> {
            batch.stream().takeWhile(_ -> !Handle.isFull(s)).forEach(key -> sweepOne(s, key));
            return true;
          });
      due = store.expiries().keys(now, SWEEP_BATCH);
    }
    store.expiries().refresh(now);
  }

  /**
   * Cuts what every view has made durable and nobody wants to copy; more, where the log is over its
   * limit.
   */
  void trim() {
    Log log = store.log();
    Holds holds = log.holds();
    long enough = store.config().backupLogBytes();
    holds.replaceAll(Holds.Kind.BACKUP, each -> holds.bytes(each) > enough ? null : each);
    long wanted = Math.min(store.views().publishedByAll(), holds.lowest());
    if (wanted - log.firstLsn() >= TRIM_COMMITS) {
      log.trim(wanted + 1, false);
    }
    if (log.keptBytes() > store.config().logLimitBytes()) {
      log.trim(log.last().lsn(), true);
      long first = log.firstLsn();
      holds.replaceAll(Holds.Kind.BACKUP, each -> each.lsn() + 1 < first ? null : each);
      store.archiveState().noteLost();
    }
  }

  @Override
  public void close() {
    turns.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (turns.awaitTermination(1, TimeUnit.MINUTES)) {
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

  private void forgetKeys() {
    long now = store.config().clock().millis();
    store.log().dropKeysBefore(now - store.config().idempotencyRetention().toMillis());
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

  /** Does something for each space that has rows of a family; other spaces cost nothing. */
  void forSpacesWith(Family family, Consumer<StoredSpace> job) {
    int[] next = {0};
    while (next[0] >= 0) {
      byte[] from = Keys.collection(next[0]);
      next[0] = -1;
      store
          .log()
          .scan(
              family,
              from,
              new byte[0],
              (key, value) -> {
                next[0] = Keys.intAt(key, 0) + 1;
                return false;
              });
      CatalogEntry entry = next[0] < 0 ? null : store.catalogState().find(next[0] - 1);
      if (entry != null) {
        job.accept(new StoredSpace(store, entry.descriptor().name(), null));
      }
    }
  }

  /** Consolidates the spaces whose time has come, or that have many short-term synapses. */
  void consolidate() {
    for (CatalogEntry entry : store.catalogState().all()) {
      long synapses = store.log().counter(entry.number(), CounterKind.SHORT_TERM);
      if (synapses > 0 && !Thread.currentThread().isInterrupted()) {
        attempt(() -> new StoredSpace(store, entry.descriptor().name(), null).consolidateIfDue());
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

  private static void sweepOne(Session session, byte[] expiryKey) {
    byte[] recordKey = java.util.Arrays.copyOfRange(expiryKey, 8, 8 + Keys.RECORD_BYTES);
    Stored stored = expired(session, recordKey, Keys.longAt(expiryKey, 0));
    CatalogEntry entry = session.store().catalogState().find(Keys.intAt(recordKey, 0));
    if (stored == null || entry == null) {
      session.tx().delete(Family.EXPIRY, expiryKey);
    } else if (entry.isSpace()) {
      new Memories(session).erase(entry, stored);
    } else {
      new Records(session).delete(entry, stored);
    }
  }

  /** The record, if the row of {@code expiry} still speaks of it. */
  private static @Nullable Stored expired(Session session, byte[] recordKey, long expiresAt) {
    byte[] value = session.tx().get(Family.RECORDS, recordKey);
    if (value == null) {
      return null;
    }
    RecordLayout.Row row = RecordLayout.decode(recordKey, value);
    return row.expiresAt() == expiresAt ? new Stored(recordKey, row) : null;
  }

  private void every(Duration pause, Runnable turn) {
    var _ =
        turns.scheduleWithFixedDelay(
            () -> attempt(turn), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void attempt(Runnable turn) {
    try {
      turn.run();
    } catch (EngramException e) {
      LOG.log(System.Logger.Level.DEBUG, "maintenance is tried again", e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "maintenance failed and is tried again", e);
    }
  }
}
