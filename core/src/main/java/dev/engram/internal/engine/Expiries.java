package dev.engram.internal.engine;

import dev.engram.internal.filter.OrdinalSet;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Which records have expired and are not swept yet. Thread-safe. */
final class Expiries {
  /** Longest that a record may be under way between being expected and being committed. */
  private static final long MAX_COMMIT_MILLIS = 1_000;

  private final Log log;

  /** No record that is stored or being stored expires before this. */
  private final AtomicLong next = new AtomicLong();

  Expiries(Log log) {
    this.log = log;
  }

  /** A record is going to be stored that expires then. */
  void expect(long expiresAtMillis) {
    next.accumulateAndGet(expiresAtMillis, Math::min);
  }

  /** Whether any record may have expired. */
  boolean any(long nowMillis) {
    return next.get() <= nowMillis;
  }

  /** The expired ordinals of a collection, as of now. */
  OrdinalSet of(CatalogEntry collection, long nowMillis) {
    return any(nowMillis) ? of(collection, nowMillis, log::scan) : OrdinalSet.empty();
  }

  /** Rows in the order of their keys. */
  @FunctionalInterface
  interface Rows {
    void scan(Family family, byte[] from, byte[] to, Log.Visitor visitor);
  }

  /** The expired ordinals of a collection among some rows. */
  static OrdinalSet of(CatalogEntry collection, long nowMillis, Rows rows) {
    List<Integer> ordinals = new ArrayList<>();
    for (byte[] key : keys(nowMillis, Integer.MAX_VALUE, rows)) {
      if (Keys.intAt(key, 8) == collection.number() && Keys.intAt(key, 12) == collection.epoch()) {
        ordinals.add(Keys.intAt(key, 16));
      }
    }
    return OrdinalSet.of(ordinals.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The oldest rows of {@code expiry} that are due. */
  List<byte[]> keys(long nowMillis, int limit) {
    return keys(nowMillis, limit, log::scan);
  }

  private static List<byte[]> keys(long nowMillis, int limit, Rows rows) {
    List<byte[]> keys = new ArrayList<>();
    rows.scan(
        Family.EXPIRY,
        new byte[0],
        Keys.expiry(nowMillis + 1, new byte[0]),
        (key, value) -> {
          keys.add(key);
          return keys.size() < limit;
        });
    return keys;
  }

  /**
   * Looks again when the next record expires. Runs while no commit is under way; a record that is
   * expected and not committed yet keeps its place.
   */
  void refresh(long nowMillis) {
    long before = next.get();
    if (before > nowMillis) {
      return;
    }
    long[] first = {Long.MAX_VALUE};
    log.scan(
        Family.EXPIRY,
        new byte[0],
        new byte[0],
        (key, value) -> {
          first[0] = Keys.longAt(key, 0);
          return false;
        });
    // Nothing that is stored from now on can expire before now: what was expected is later.
    next.compareAndSet(before, Math.min(first[0], nowMillis + MAX_COMMIT_MILLIS));
  }
}
