package dev.engram.internal.log;

import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The store's counters: rows of {@code meta} whose next value only the leader of the group commit
 * knows, such as how many records a collection has. Read by anyone; changed by the leader.
 */
final class Counters {
  private final Map<Long, Long> values = new ConcurrentHashMap<>();

  /** Reads what is stored. */
  static Counters load(Rocks rocks) {
    Counters counters = new Counters();
    byte[] prefix = Keys.counters();
    rocks.scan(
        Family.META,
        prefix,
        Keys.afterPrefix(prefix),
        null,
        (key, value) -> {
          int collection = Keys.intAt(key, 1);
          int which = key[5] & 0xFF;
          counters.values.put(slot(collection, which), NumberLayout.decode(key, value, 1)[0]);
          return true;
        });
    return counters;
  }

  long get(int collection, int which) {
    return values.getOrDefault(slot(collection, which), 0L);
  }

  /** Takes the steps of a commit and writes the new values into it. */
  void step(Draft draft) {
    NavigableMap<Long, Long> changed = new TreeMap<>();
    for (Draft.CounterStep step : draft.counterSteps()) {
      long slot = slot(step.collection(), step.which());
      long before = changed.getOrDefault(slot, values.getOrDefault(slot, 0L));
      changed.put(slot, step.raise() ? Math.max(before, step.number()) : before + step.number());
    }
    for (Map.Entry<Long, Long> step : changed.entrySet()) {
      long slot = step.getKey();
      long value = step.getValue();
      if (value != values.getOrDefault(slot, 0L)) {
        byte[] key = Keys.counter((int) (slot >>> 8), (int) (slot & 0xFF));
        draft.putLate(Family.META, key, NumberLayout.encode(key, value));
        values.put(slot, value);
      }
    }
  }

  /** Takes the values that a commit has which came from elsewhere. */
  void take(List<CommitLayout.Entry> entries) {
    for (CommitLayout.Entry entry : entries) {
      byte[] key = entry.key();
      if (entry.family() == Family.META.code() && Keys.isCounter(key)) {
        long slot = slot(Keys.intAt(key, 1), key[5] & 0xFF);
        byte[] value = entry.value();
        if (value == null) {
          values.remove(slot);
        } else {
          values.put(slot, NumberLayout.decode(key, value, 1)[0]);
        }
      }
    }
  }

  /** Forgets the counters of a collection that is gone. */
  void drop(int collection) {
    values.keySet().removeIf(slot -> (int) (slot >>> 8) == collection);
  }

  private static long slot(int collection, int which) {
    return (long) collection << 8 | which;
  }
}
