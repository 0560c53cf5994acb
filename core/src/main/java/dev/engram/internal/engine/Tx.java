package dev.engram.internal.engine;

import dev.engram.ClosedException;
import dev.engram.CommitId;
import dev.engram.CommitOptions;
import dev.engram.ReadOnlyException;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import dev.engram.internal.log.AuditNote;
import dev.engram.internal.log.Draft;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogSnapshot;
import dev.engram.internal.log.RowKey;
import dev.engram.spi.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A transaction over rows: reads a snapshot and its own writes, gathers a draft, and commits it.
 * Knows nothing of what rows mean. Not thread-safe.
 */
final class Tx implements AutoCloseable {
  private static final byte[] DELETED = new byte[0];

  private final LogSnapshot base;
  private final Draft draft;
  private final Log log;
  private final long nowMillis;
  private final Map<Family, NavigableMap<byte[], byte[]>> written = new EnumMap<>(Family.class);

  /** Rows of the snapshot that were read in one go; {@link #DELETED} for those that are none. */
  private final Map<RowKey, byte[]> ahead = new HashMap<>();

  private final Map<Long, Long> adjusted = new HashMap<>();
  private final boolean readOnly;
  private boolean open = true;

  /**
   * @param readOnly whether it may change nothing, because the store is a follower
   */
  Tx(Log log, long nowMillis, CommitOptions options, boolean readOnly) {
    this.readOnly = readOnly;
    this.log = log;
    this.nowMillis = nowMillis;
    this.base = log.snapshot();
    this.draft = log.draft(base);
    draft.options(options);
  }

  /** The time of everything in this transaction, milliseconds since the epoch. */
  long now() {
    return nowMillis;
  }

  /** The last commit that it surely sees. */
  CommitId sees() {
    return base.commit();
  }

  byte @Nullable [] get(Family family, byte[] key) {
    requireOpen();
    NavigableMap<byte[], byte[]> own = written.get(family);
    byte[] known = own == null ? null : own.get(key);
    if (known == null && !ahead.isEmpty()) {
      known = ahead.get(new RowKey(family, key));
    }
    if (known != null) {
      return known.length == 0 ? null : known;
    }
    return base.get(family, key);
  }

  /** Rows of a family by ascending keys, own writes included; null where one is not there. */
  List<byte @Nullable []> getOrdered(Family family, List<byte[]> keys) {
    requireOpen();
    if (!written.containsKey(family)) {
      return base.getOrdered(family, keys);
    }
    List<byte @Nullable []> rows = new ArrayList<>(keys.size());
    keys.forEach(key -> rows.add(get(family, key)));
    return rows;
  }

  /** Reads rows that will be asked for: in one go that is quicker. They are kept, so small ones. */
  void readAhead(Family family, List<byte[]> keys) {
    requireOpen();
    List<byte @Nullable []> rows = base.getAll(family, keys);
    for (int i = 0; i < keys.size(); i++) {
      byte[] row = rows.get(i);
      ahead.put(new RowKey(family, keys.get(i)), row == null ? DELETED : row);
    }
  }

  /** Visits the rows under a prefix, from a key on, in order, own writes included. */
  void scan(Family family, byte[] from, byte[] prefix, Log.Visitor visitor) {
    scanFrom(family, from, Keys.afterPrefix(prefix), visitor);
  }

  /** Visits the rows under a prefix after a key, or all where that is empty, as {@link #scan}. */
  void scanAfter(Family family, byte[] after, byte[] prefix, Log.Visitor visitor) {
    byte[] from = after.length == 0 ? prefix : Arrays.copyOf(after, after.length + 1);
    scan(family, from, prefix, visitor);
  }

  /** The keys of some rows under a prefix after a key, as {@link #scanAfter}. */
  List<byte[]> keysAfter(Family family, byte[] after, byte[] prefix, int most) {
    List<byte[]> keys = new ArrayList<>();
    scanAfter(
        family,
        after,
        prefix,
        (key, value) -> {
          keys.add(key);
          return keys.size() < most;
        });
    return keys;
  }

  /** Visits the rows from a key to a key (excluded), in order, own writes included. */
  void scanFrom(Family family, byte[] from, byte[] to, Log.Visitor visitor) {
    requireOpen();
    NavigableMap<byte[], byte[]> own = written.get(family);
    if (own == null) {
      base.scan(family, from, to, visitor);
      return;
    }
    NavigableMap<byte[], byte[]> mine =
        to.length == 0 ? own.tailMap(from, true) : own.subMap(from, true, to, false);
    new Merge(mine, visitor).over(base, family, from, to);
  }

  /** Visits the rows under a prefix that this transaction wrote itself. */
  void scanOwn(Family family, byte[] prefix, Log.Visitor visitor) {
    NavigableMap<byte[], byte[]> own = written.get(family);
    if (own != null) {
      byte[] to = Keys.afterPrefix(prefix);
      List.copyOf(own.subMap(prefix, true, to, false).entrySet())
          .forEach(row -> {
            if (row.getValue().length > 0) {
              boolean _ = visitor.visit(row.getKey(), row.getValue());
            }
          });
    }
  }

  /** A counter as the snapshot has it, with the transaction's own steps. */
  long counter(int collection, int which) {
    byte[] key = Keys.counter(collection, which);
    byte[] row = base.get(Family.META, key);
    long before = row == null ? 0 : NumberLayout.decode(key, row, 1)[0];
    return before + adjusted.getOrDefault((long) collection << 8 | which, 0L);
  }

  void put(Family family, byte[] key, byte[] value) {
    requireWritable();
    draft.put(family, key, value);
    own(family).put(key, value);
  }

  void delete(Family family, byte[] key) {
    requireWritable();
    draft.delete(family, key);
    own(family).put(key, DELETED);
  }

  /** Deletes every row under a prefix; own writes under it must not be read afterwards. */
  void deletePrefix(Family family, byte[] prefix) {
    requireWritable();
    draft.deletePrefix(family, prefix);
  }

  void claim(Family family, byte[] key) {
    draft.claim(family, key);
  }

  void rely(Family family, byte[] key) {
    draft.rely(family, key);
  }

  void extend(Family family, byte[] key) {
    draft.extend(family, key);
  }

  void adjust(int collection, int which, long delta) {
    draft.adjust(collection, which, delta);
    adjusted.merge((long) collection << 8 | which, delta, Long::sum);
  }

  void raise(int collection, int which, long value) {
    draft.raise(collection, which, value);
  }

  /** What the audit log is to say of it. */
  void note(AuditNote note) {
    draft.note(note);
  }

  void tell(Change change) {
    draft.tell(change);
  }

  /** Commits; of a transaction that changed nothing, the state that it saw. */
  CommitId commit() {
    requireOpen();
    open = false;
    try {
      boolean nothing = draft.isEmpty() && (readOnly || draft.claimsNothing());
      if (readOnly && !nothing) {
        throw refused();
      }
      return nothing ? base.commit() : log.commit(draft);
    } finally {
      base.close();
    }
  }

  /** Whether its idempotency key was used before, so that it was not committed again. */
  boolean repeated() {
    return draft.repeated();
  }

  /** Bytes so far, about. */
  long bytes() {
    return draft.bytes();
  }

  /** Changes so far. */
  int size() {
    return draft.size();
  }

  /** Part of a change that failed is in it: it must not be committed any more. */
  void spoil() {
    draft.spoil();
  }

  /** Whether nothing was committed or rolled back yet. */
  boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
    base.close();
  }

  private NavigableMap<byte[], byte[]> own(Family family) {
    return written.computeIfAbsent(family, f -> new TreeMap<>(Arrays::compareUnsigned));
  }

  private void requireWritable() {
    requireOpen();
    if (readOnly) {
      throw refused();
    }
  }

  private static ReadOnlyException refused() {
    return new ReadOnlyException(
        "the store is a follower: nothing was written; write to the store that it follows, or"
            + " promote it");
  }

  private void requireOpen() {
    if (!open) {
      throw new ClosedException("the transaction is finished; begin another one");
    }
  }

  /** Joins the snapshot's rows and the transaction's own, both in key order. */
  private static final class Merge {
    private final NavigableMap<byte[], byte[]> mine;
    private final Log.Visitor visitor;
    private boolean more = true;
    private byte @Nullable [] reached;

    Merge(NavigableMap<byte[], byte[]> mine, Log.Visitor visitor) {
      this.mine = mine;
      this.visitor = visitor;
    }

    void over(LogSnapshot base, Family family, byte[] from, byte[] to) {
      base.scan(
          family,
          from,
          to,
          (key, value) -> {
            deliverBefore(key);
            if (more && !mine.containsKey(key)) {
              more = visitor.visit(key, value);
            }
            return more;
          });
      deliverBefore(null);
    }

    private void deliverBefore(byte @Nullable [] limit) {
      NavigableMap<byte[], byte[]> rest = reached == null ? mine : mine.tailMap(reached, false);
      NavigableMap<byte[], byte[]> due = limit == null ? rest : rest.headMap(limit, true);
      for (Map.Entry<byte[], byte[]> entry : due.entrySet()) {
        reached = entry.getKey();
        if (more && entry.getValue().length > 0) {
          more = visitor.visit(entry.getKey(), entry.getValue());
        }
      }
    }
  }
}
