package dev.engram.internal.engine;

import dev.engram.internal.format.CollectionLayout;
import dev.engram.internal.format.CommitLayout.Entry;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NameLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The names and descriptions of all collections and spaces as of the last commit, in memory.
 * Thread-safe. Commits that change it are made by {@link #change}, so that it changes in their
 * order. Who reads it beside a snapshot compares {@link #version} before the snapshot was taken and
 * after the reading: the catalog is that of the snapshot only where both are the same.
 */
final class OpenCatalog {
  private final ReentrantLock changing = new ReentrantLock();
  private final AtomicLong version = new AtomicLong();
  private final Map<Integer, CatalogEntry> entries = new ConcurrentHashMap<>();
  private final Map<String, NameLayout.Name> names = new ConcurrentHashMap<>();

  OpenCatalog(Log log) {
    byte[] descriptors = Keys.descriptors();
    log.scan(
        Family.CONFIG,
        descriptors,
        Keys.afterPrefix(descriptors),
        (key, value) -> {
          put(new CatalogEntry(Keys.intAt(key, 1), CollectionLayout.decode(key, value)));
          return true;
        });
    byte[] stored = Keys.names();
    log.scan(
        Family.CONFIG,
        stored,
        Keys.afterPrefix(stored),
        (key, value) -> {
          put(NameLayout.decode(key, value));
          return true;
        });
  }

  /**
   * Commits, then changes the catalog.
   *
   * @param commit tells whether there is anything to change
   */
  void change(BooleanSupplier commit, List<Runnable> changes) {
    changing.lock();
    try {
      version.incrementAndGet();
      if (commit.getAsBoolean()) {
        changes.forEach(Runnable::run);
      }
    } finally {
      version.incrementAndGet();
      changing.unlock();
    }
  }

  /** Grows when a change begins and when it ends; odd in between. */
  long version() {
    return version.get();
  }

  /** By name or alias. */
  @Nullable CatalogEntry find(String name) {
    NameLayout.Name found = names.get(name);
    return found == null ? null : entries.get(found.collection());
  }

  @Nullable CatalogEntry find(int number) {
    return entries.get(number);
  }

  List<CatalogEntry> all() {
    return new ArrayList<>(entries.values());
  }

  int size() {
    return entries.size();
  }

  List<String> aliases(int number) {
    return names.values().stream()
        .filter(name -> name.alias() && name.collection() == number)
        .map(NameLayout.Name::name)
        .sorted()
        .toList();
  }

  /** Every name that leads to a collection, its own included. */
  List<String> namesOf(int number) {
    return names.values().stream()
        .filter(name -> name.collection() == number)
        .map(NameLayout.Name::name)
        .sorted()
        .toList();
  }

  /** What a commit that came from another log says of a name or a description. */
  void apply(Entry change) {
    byte[] key = change.key();
    byte[] value = change.value();
    boolean describes = key[0] == Keys.descriptors()[0];
    if (describes && value != null) {
      put(new CatalogEntry(Keys.intAt(key, 1), CollectionLayout.decode(key, value)));
    } else if (describes) {
      remove(Keys.intAt(key, 1));
    } else if (value != null) {
      put(NameLayout.decode(key, value));
    } else {
      names.keySet().removeIf(name -> Arrays.equals(Keys.name(name), key));
    }
  }

  void put(CatalogEntry entry) {
    entries.put(entry.number(), entry);
  }

  void put(NameLayout.Name name) {
    names.put(name.name(), name);
  }

  void removeName(String name) {
    names.remove(name);
  }

  void remove(int number) {
    entries.remove(number);
    names.values().removeIf(name -> name.collection() == number);
  }
}
