package dev.engram.internal.engine;

import dev.engram.Dynamics;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.WorkingLayout;
import dev.engram.internal.format.WorkingLayout.Held;
import dev.engram.internal.graph.Retention;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The memories of a space that were used last, as rows. What a transaction uses is gathered and
 * written once, before its commit: however much it uses, only so many stay. Two transactions at
 * once may leave a few too many, until the next. Not thread-safe.
 */
final class WorkingSet {
  private final CatalogEntry space;
  private final Tx tx;
  private final int limit;
  private final long timeMillis;

  /** Uses that are not written yet, by node, the last one last. */
  private final LinkedHashMap<Integer, Long> used = new LinkedHashMap<>();

  WorkingSet(CatalogEntry space, Tx tx, Dynamics dynamics) {
    this.space = space;
    this.tx = tx;
    this.limit = dynamics.workingMemoryLimit();
    this.timeMillis = dynamics.workingMemoryTime().toMillis();
  }

  /** A memory was used. */
  void use(int node) {
    Long before = used.remove(node);
    used.put(node, before == null ? 1 : before + 1);
    if (used.size() > limit) {
      used.pollFirstEntry();
    }
  }

  /** A memory is gone. */
  void remove(int node) {
    used.remove(node);
    byte[] key = Keys.node(space.number(), node);
    if (tx.get(Family.WORKING, key) != null) {
      tx.delete(Family.WORKING, key);
    }
  }

  /** A memory that is held, by its node. */
  record Entry(int node, Held held) {}

  /** What is held, best kept first. */
  List<Entry> held() {
    return held(rows());
  }

  private List<Entry> held(Map<Integer, Held> rows) {
    List<Entry> all = new ArrayList<>();
    rows.forEach((node, held) -> {
      if (lives(held) && !used.containsKey(node)) {
        all.add(new Entry(node, held));
      }
    });
    used.forEach((node, times) -> all.add(new Entry(node, after(node, times))));
    // The sort keeps the order of equals: what was used last is kept best.
    List<Entry> lastFirst = all.reversed();
    return lastFirst.stream()
        .sorted(Comparator.comparingDouble((Entry e) -> retention(e.held)).reversed())
        .limit(limit)
        .toList();
  }

  /** Writes what was gathered; what does not fit any more, and what is too old, goes. */
  void flush() {
    if (used.isEmpty()) {
      return;
    }
    Map<Integer, Held> rows = rows();
    Set<Integer> kept = new HashSet<>();
    for (Entry entry : held(rows)) {
      kept.add(entry.node);
      if (used.containsKey(entry.node)) {
        byte[] key = Keys.node(space.number(), entry.node);
        tx.put(Family.WORKING, key, WorkingLayout.encode(key, entry.held));
      }
    }
    int _ = drop(rows, kept);
    used.clear();
  }

  /** Drops what is too old; returns how much. */
  int expire() {
    Map<Integer, Held> rows = rows();
    Set<Integer> kept = new HashSet<>();
    held(rows).forEach(entry -> kept.add(entry.node));
    return drop(rows, kept);
  }

  /** Drops all but some; returns how many. */
  private int drop(Map<Integer, Held> rows, Set<Integer> kept) {
    Set<Integer> dropped = new HashSet<>(rows.keySet());
    dropped.removeAll(kept);
    dropped.forEach(node -> tx.delete(Family.WORKING, Keys.node(space.number(), node)));
    return dropped.size();
  }

  private Map<Integer, Held> rows() {
    Map<Integer, Held> rows = new LinkedHashMap<>();
    byte[] prefix = Keys.collection(space.number());
    tx.scan(
        Family.WORKING,
        prefix,
        prefix,
        (key, value) -> {
          rows.put(Keys.intAt(key, 4), WorkingLayout.decode(key, value));
          return true;
        });
    return rows;
  }

  private Held after(int node, long times) {
    byte[] key = Keys.node(space.number(), node);
    byte[] row = tx.get(Family.WORKING, key);
    Held before = row == null ? null : WorkingLayout.decode(key, row);
    return before != null && lives(before)
        ? new Held(before.enteredAt(), tx.now(), before.accesses() + times)
        : new Held(tx.now(), tx.now(), times);
  }

  private boolean lives(Held held) {
    return tx.now() - held.lastAccessed() < timeMillis;
  }

  private double retention(Held held) {
    return Retention.of(tx.now() - held.lastAccessed(), timeMillis, held.accesses());
  }
}
