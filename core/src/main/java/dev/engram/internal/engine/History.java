package dev.engram.internal.engine;

import dev.engram.InvalidInputException;
import dev.engram.RecordId;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.EmptyRow;
import dev.engram.internal.format.IdLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.log.Family;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a space had on record before, as rows of {@code history}: what memories said until they were
 * changed or forgotten, and synapses that are gone. Changes of the same millisecond count as one.
 * Works inside one transaction; not thread-safe.
 */
final class History {
  private final Session session;
  private final CatalogEntry space;
  private final Tx tx;

  History(Session session, CatalogEntry space) {
    this.session = session;
    this.space = space;
    this.tx = session.tx();
  }

  /**
   * What a memory said for a time.
   *
   * @param key of the row
   * @param until the first moment at which it did not any more, milliseconds since the epoch
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  record Version(byte[] key, Row row, long until) {
    boolean wasOnRecordAt(long millis) {
      return row.updatedAt() <= millis && millis < until;
    }
  }

  /** Visits versions. */
  @FunctionalInterface
  interface Versions {
    void visit(Version version);
  }

  /** A memory says something else from now on, or is forgotten. */
  void ended(Row row) {
    if (row.updatedAt() >= tx.now() || !isKept()) {
      return;
    }
    byte[] key = Keys.version(space.number(), IdLayout.digest(row.id()), tx.now());
    tx.put(Family.HISTORY, key, RecordLayout.encode(key, row));
    byte[] age = Keys.versionAge(key);
    tx.put(Family.HISTORY, age, EmptyRow.encode(age));
  }

  /** A synapse is gone from now on. */
  void unlinked(Found synapse) {
    if (synapse.edge().createdAt() >= tx.now() || !isKept()) {
      return;
    }
    byte[] key = Keys.unlinked(tx.now(), synapse.key());
    tx.put(Family.HISTORY, key, SynapseLayout.encode(key, synapse.edge()));
  }

  /** Where no history is kept, it begins anew with every change. */
  private boolean isKept() {
    boolean kept = !session.state(space).dynamics().historyTime().isZero();
    if (!kept) {
      beginAt(tx.now());
    }
    return kept;
  }

  /** The versions of one memory, the oldest first. */
  List<Version> of(RecordId id) {
    List<Version> found = new ArrayList<>();
    visit(Keys.versions(space.number(), IdLayout.digest(id)), found::add);
    return found;
  }

  /** Visits what all memories said before. */
  void forEach(Versions visitor) {
    visit(Keys.versions(space.number()), visitor);
  }

  private void visit(byte[] prefix, Versions visitor) {
    tx.scan(
        Family.HISTORY,
        prefix,
        prefix,
        (key, value) -> {
          visitor.visit(new Version(key, RecordLayout.decode(key, value), Keys.versionUntil(key)));
          return true;
        });
  }

  /** Visits the synapses that were gone later than at a moment. */
  void forEachUnlinkedAfter(long millis, Synapses.Visitor visitor) {
    byte[] prefix = Keys.unlinked(space.number());
    tx.scan(
        Family.HISTORY,
        prefix,
        prefix,
        (key, value) -> {
          if (Keys.historyTime(key) > millis) {
            visitor.visit(new Found(Keys.edgeOfRemoved(key), SynapseLayout.decode(key, value)));
          }
          return true;
        });
  }

  /** Lets go for good what a memory said before. */
  void erase(RecordId id) {
    of(id).forEach(version -> delete(version.key()));
  }

  private void delete(byte[] versionKey) {
    tx.delete(Family.HISTORY, versionKey);
    tx.delete(Family.HISTORY, Keys.versionAge(versionKey));
  }

  /**
   * Lets go the oldest of what has been kept for long enough.
   *
   * @param most of each kind
   * @return how many
   */
  int expire(int most) {
    long last = lastDue();
    List<byte[]> ages = until(Keys.versionAges(space.number()), last, most);
    List<byte[]> unlinked = until(Keys.unlinked(space.number()), last, most);
    for (byte[] age : ages) {
      delete(Keys.versionOfAge(age));
    }
    unlinked.forEach(key -> tx.delete(Family.HISTORY, key));
    if (!ages.isEmpty() || !unlinked.isEmpty()) {
      beginAt(last);
    }
    return ages.size() + unlinked.size();
  }

  /** What ended until then has been kept for long enough. */
  private long lastDue() {
    return tx.now() - session.state(space).dynamics().historyTime().toMillis();
  }

  /** Whether {@link #expire} would find anything. */
  private boolean isAnyDue(long last) {
    return !until(Keys.versionAges(space.number()), last, 1).isEmpty()
        || !until(Keys.unlinked(space.number()), last, 1).isEmpty();
  }

  private List<byte[]> until(byte[] prefix, long last, int most) {
    List<byte[]> keys = new ArrayList<>();
    tx.scan(
        Family.HISTORY,
        prefix,
        prefix,
        (key, value) -> {
          boolean due = Keys.historyTime(key) <= last;
          if (due) {
            keys.add(key);
          }
          return due && keys.size() < most;
        });
    return keys;
  }

  private void beginAt(long millis) {
    byte[] key = Keys.historyStart(space.number());
    if (start() < millis) {
      tx.put(Family.HISTORY, key, NumberLayout.encode(key, millis));
    }
  }

  /** From when on it tells of everything, whether what is due was let go yet or not. */
  private long reach() {
    long last = lastDue();
    return isAnyDue(last) ? Math.max(start(), last) : start();
  }

  /** From when on it is whole; milliseconds since the epoch. */
  private long start() {
    byte[] key = Keys.historyStart(space.number());
    byte[] row = tx.get(Family.HISTORY, key);
    return row == null ? Long.MIN_VALUE : NumberLayout.decode(key, row, 1)[0];
  }

  /** Refuses a moment that it cannot tell of. */
  void require(long millis) {
    if (millis > tx.now()) {
      throw new InvalidInputException(
          "invalid asOf: asOf="
              + Instant.ofEpochMilli(millis)
              + ", now="
              + Instant.ofEpochMilli(tx.now())
              + "; nothing is on record of the future");
    }
    long reach = reach();
    if (millis < reach) {
      throw new InvalidInputException(
          "the history does not reach back so far: asOf="
              + Instant.ofEpochMilli(millis)
              + ", keptSince="
              + Instant.ofEpochMilli(reach)
              + "; Dynamics.historyTime says how long it is kept");
    }
  }
}
