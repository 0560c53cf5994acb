package dev.engram.internal.engine;

import dev.engram.CancelledException;
import dev.engram.ClosedException;
import dev.engram.ConflictException;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Holds;
import dev.engram.internal.log.Log;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is done in rows to keep a store fit: letting go what has expired, cutting the log,
 * consolidating. What fails in one space is noted, and the others come next. Thread-safe.
 */
final class Chores {
  private static final System.Logger LOG = System.getLogger(Chores.class.getName());
  private static final int SWEEP_BATCH = 1_000;

  /** Commits that must have gathered before the log is trimmed. */
  private static final long TRIM_COMMITS = 256;

  private final OpenStore store;

  Chores(OpenStore store) {
    this.store = store;
  }

  /** How much was done, by name, and what failed first. Not thread-safe. */
  static final class Done {
    private final Map<String, Long> counts = new TreeMap<>();
    private long failed;
    private @Nullable RuntimeException first;

    /** Does a part; the others do not suffer where it fails. */
    void part(String what, LongSupplier work) {
      try {
        counts.merge(what, work.getAsLong(), Long::sum);
      } catch (ClosedException | CancelledException e) {
        throw e;
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "maintenance is tried again", e);
        failed++;
        first = first == null ? e : first;
      }
    }

    Optional<RuntimeException> firstFailure() {
      return Optional.ofNullable(first);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      counts.forEach((what, count) -> text.append(what).append('=').append(count).append(", "));
      text.append("failed=").append(failed);
      return first == null ? text.toString() : text + ", why=" + first.getMessage();
    }
  }

  /** Lets go for good whatever has expired. */
  Done expire() {
    Done done = new Done();
    done.part("records", this::sweep);
    forSpacesWith(Family.FORGOTTEN, "forgettings", StoredSpace::erase, done);
    forSpacesWith(Family.OPERATIONS, "recalls", StoredSpace::expireOperations, done);
    forSpacesWith(Family.HISTORY, "history", StoredSpace::expireHistory, done);
    store
        .config()
        .auditRetention()
        .ifPresent(kept ->
            done.part(
                "audit",
                () -> store.auditLog().trim(store.config().clock().instant().minus(kept))));
    done.part(
        "keys",
        () -> {
          forgetKeys();
          return 0;
        });
    return done;
  }

  /** Deletes the records that have expired; how many. */
  long sweep() {
    long now = store.config().clock().millis();
    if (!store.expiries().any(now)) {
      return 0;
    }
    long swept = 0;
    List<byte[]> due = store.expiries().keys(now, SWEEP_BATCH);
    while (!due.isEmpty()) {
      List<byte[]> batch = due;
      swept +=
          store.inTransaction(s -> {
            long[] some = {0};
            batch.stream()
                .takeWhile(_ -> !Handle.isFull(s))
                .forEach(key -> {
                  sweepOne(s, key);
                  some[0]++;
                });
            return some[0];
          });
      due = store.expiries().keys(now, SWEEP_BATCH);
    }
    store.expiries().refresh(now);
    return swept;
  }

  /** Cuts what every view has made durable and nobody wants to copy. */
  void trimAll() {
    store.log().trim(unwanted() + 1, false);
  }

  /**
   * Cuts what comes before a commit that every view has made durable, also what the next backup
   * would copy.
   *
   * @throws ConflictException where an older state is being read, or commits before are still to be
   *     archived
   */
  void cut(long lsn) {
    Holds.Held archived = store.log().holds().lowest(Holds.Kind.ARCHIVE).orElse(null);
    if (archived != null && archived.lsn() + 1 < lsn) {
      throw new ConflictException(
          "the log cannot be cut before it is archived: archived="
              + archived.lsn()
              + ", wanted="
              + (lsn - 1)
              + "; ship it to each of its archives, or release them, and try again");
    }
    store.log().holds().replaceAll(Holds.Kind.BACKUP, each -> each.lsn() + 1 < lsn ? null : each);
    trimAll();
    if (store.log().firstLsn() < lsn) {
      throw new ConflictException(
          "the log cannot be cut while an older state is read: wanted="
              + lsn
              + ", first="
              + store.log().firstLsn()
              + "; end transactions and exports, and try again");
    }
  }

  /** The same where that is much; more, where the log is over its limit. */
  void trim() {
    Log log = store.log();
    Holds holds = log.holds();
    long enough = store.config().backupLogBytes();
    holds.replaceAll(Holds.Kind.BACKUP, each -> holds.bytes(each) > enough ? null : each);
    if (unwanted() - log.firstLsn() >= TRIM_COMMITS) {
      trimAll();
    }
    if (log.keptBytes() > store.config().logLimitBytes()) {
      log.trim(log.last().lsn(), true);
      long first = log.firstLsn();
      holds.replaceAll(Holds.Kind.BACKUP, each -> each.lsn() + 1 < first ? null : each);
      store.archiveState().noteLost();
    }
  }

  /** The last LSN that every view has made durable and nobody wants to copy. */
  private long unwanted() {
    return Math.min(store.views().publishedByAll(), store.log().holds().lowest());
  }

  void forgetKeys() {
    long now = store.config().clock().millis();
    store.log().dropKeysBefore(now - store.config().idempotencyRetention().toMillis());
  }

  /** Consolidates the spaces whose time has come, or that have many short-term synapses. */
  Done consolidate() {
    Done done = new Done();
    for (CatalogEntry entry : store.catalogState().all()) {
      if (store.log().counter(entry.number(), CounterKind.SHORT_TERM) > 0) {
        Handle.checkInterrupt("consolidate", 0);
        StoredSpace space = space(entry);
        done.part("spaces", () -> space.consolidateIfDue() ? 1 : 0);
      }
    }
    return done;
  }

  /** Does something for each space that has rows of a family; other spaces cost nothing. */
  void forSpacesWith(Family family, String what, ToLongFunction<StoredSpace> job, Done done) {
    int[] next = {0};
    while (next[0] >= 0) {
      Handle.checkInterrupt("maintain", 0);
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
        StoredSpace space = space(entry);
        done.part(what, () -> job.applyAsLong(space));
      }
    }
  }

  private StoredSpace space(CatalogEntry entry) {
    return new StoredSpace(store, entry.descriptor().name(), null);
  }

  private static void sweepOne(Session session, byte[] expiryKey) {
    byte[] recordKey = Arrays.copyOfRange(expiryKey, 8, 8 + Keys.RECORD_BYTES);
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
}
