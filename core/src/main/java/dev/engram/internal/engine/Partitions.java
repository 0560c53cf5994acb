package dev.engram.internal.engine;

import dev.engram.ClosedException;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.TrimmedException;
import dev.engram.internal.view.StateReader;
import dev.engram.internal.view.ViewSet;
import dev.engram.spi.Change;
import dev.engram.spi.Commit;
import dev.engram.spi.StateSnapshot;
import dev.engram.spi.StateSnapshot.CollectionRow;
import dev.engram.spi.View;
import dev.engram.spi.ViewContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A synchronous view in memory, one index for each collection, built from the state when it is
 * first asked for and let go when it has not been asked for longest. So a store of ten thousand
 * spaces costs what the spaces in use cost. Thread-safe.
 *
 * <p>An index is loaded from a snapshot without stopping anyone; the commits since are replayed
 * from the log, the last few while no commit is under way, and from then on it is fed commit by
 * commit.
 */
final class Partitions<P> implements View {
  /** What the indexes of one kind are and do. */
  interface Kind<P> {
    String name();

    /** The index of a collection as of a state. */
    P load(CollectionRow collection, StateReader state);

    /** The view is opened, with a directory of its own where there is one. */
    default void open(Optional<Path> directory) {}

    /** The store is being closed: loads that are under way need not end well. */
    default void breakOff() {}

    /** From the return on no index is written any more. No load is under way. */
    default void stop() {}

    /** An index is let go: nothing is fed to it any more, but a search may still use it. */
    default void release(P index) {}

    /** A collection is gone. */
    default void drop(int collection) {}

    void put(P index, Change.RecordPut put);

    void remove(P index, int ordinal);

    /** Makes the changes of one commit; readers should see all of them or none. */
    void atomically(P index, Runnable changes);

    /** Heap that an index takes, about. */
    long bytes(P index);

    /** Compares an index with its collection. */
    void verify(P index, CollectionRow collection, StateSnapshot state, Findings findings);
  }

  private record Key(int collection, int epoch) {}

  /** An index that is fed, and when it was last asked for. */
  private static final class Entry<P> {
    final P index;
    long asked;

    Entry(P index, long asked) {
      this.index = index;
      this.asked = asked;
    }
  }

  private final Kind<P> kind;
  private final Log log;
  private final long budgetBytes;
  private final ReentrantLock loading = new ReentrantLock();
  private volatile boolean finished;
  private final ReentrantLock lock = new ReentrantLock();

  /** The indexes that are fed. Guarded by the lock, as is the count of questions. */
  private final Map<Key, Entry<P>> indexes = new HashMap<>();

  private long questions;

  /**
   * @param budgetBytes heap for all indexes; one index alone may be larger
   */
  Partitions(Kind<P> kind, Log log, long budgetBytes) {
    this.kind = kind;
    this.log = log;
    this.budgetBytes = budgetBytes;
  }

  /** What holds commits up asked for an index that is not there: another thread may load one. */
  static final class NotLoadedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NotLoadedException() {
      super("loads are not waited for while no commit is under way", null, false, false);
    }
  }

  /**
   * The index of a collection, up to the last commit that was acknowledged before the call.
   *
   * @throws NotLoadedException where the caller holds commits up, and the index is to be loaded:
   *     who loads another one waits for commits
   */
  P get(CollectionRow collection) {
    Key key = new Key(collection.number(), collection.epoch());
    P ready = find(key);
    if (ready != null) {
      return ready;
    }
    if (log.isExclusive()) {
      throw new NotLoadedException();
    }
    loading.lock();
    try {
      if (finished) {
        throw new ClosedException("the store is closed; open it again");
      }
      P meanwhile = find(key);
      return meanwhile != null ? meanwhile : load(key, collection);
    } finally {
      loading.unlock();
    }
  }

  /** Whether the index of a collection is fed. */
  boolean holds(CollectionRow collection) {
    return find(new Key(collection.number(), collection.epoch())) != null;
  }

  /** Compares the index of a collection with a state at which it stands, where it is fed. */
  void verify(CollectionRow collection, StateSnapshot state, Findings findings) {
    P index = find(new Key(collection.number(), collection.epoch()));
    if (index != null) {
      kind.verify(index, collection, state, findings);
    }
  }

  /** The indexes that are fed. */
  List<P> all() {
    lock.lock();
    try {
      return indexes.values().stream().map(entry -> entry.index).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Heap that all indexes take, about. */
  long bytes() {
    lock.lock();
    try {
      return totalBytes();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String name() {
    return kind.name();
  }

  @Override
  public Mode mode() {
    return Mode.SYNCHRONOUS;
  }

  /** There is nothing to replay: what is asked for is loaded from the state. */
  @Override
  public Optional<dev.engram.CommitId> open(ViewContext context) {
    kind.open(context.directory());
    return Optional.of(log.last());
  }

  @Override
  public void rebuild(StateSnapshot state) {
    clear();
  }

  @Override
  public void apply(Commit commit) {
    lock.lock();
    try {
      apply(commit.changes());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void publish(dev.engram.CommitId watermark) {}

  @Override
  public boolean wantsPublish() {
    return false;
  }

  @Override
  public void verify(StateSnapshot state, Findings findings) {
    state.forEachCollection(collection -> verify(collection, state, findings));
  }

  /**
   * Loads nothing any more, and waits for what is being loaded and written. Called while commits
   * and their views still work, which a load may wait for.
   */
  void finish() {
    kind.breakOff();
    loading.lock();
    try {
      finished = true;
      kind.stop();
    } finally {
      loading.unlock();
    }
  }

  @Override
  public void close() {
    clear();
  }

  private void clear() {
    lock.lock();
    try {
      indexes.values().forEach(entry -> kind.release(entry.index));
      indexes.clear();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable P find(Key key) {
    lock.lock();
    try {
      Entry<P> entry = indexes.get(key);
      if (entry == null) {
        return null;
      }
      entry.asked = questions++;
      return entry.index;
    } finally {
      lock.unlock();
    }
  }

  private P load(Key key, CollectionRow collection) {
    while (true) {
      Replay reached = new Replay();
      try (StateReader state = StateReader.of(log)) {
        P index = kind.load(collection, state);
        reached.lsn = state.commit().lsn();
        try {
          replay(key, index, reached);
          log.exclusively(() -> {
            replay(key, index, reached);
            if (reached.dropped) {
              letGo(key, index);
            } else {
              admit(key, index);
            }
          });
          return index;
        } catch (TrimmedException e) {
          // The log was cut under its size limit meanwhile: start again from a newer state.
        }
      }
    }
  }

  /** How far an index was told of commits, and whether one of these dropped its collection. */
  private static final class Replay {
    long lsn;
    boolean dropped;
  }

  private void replay(Key key, P index, Replay reached) {
    ViewSet.replay(
        log,
        reached.lsn,
        commit -> {
          for (Change change : commit.changes()) {
            applyTo(key, index, change);
            reached.dropped |=
                change instanceof Change.CollectionDropped dropped
                    && dropped.collection() == key.collection;
          }
          reached.lsn = commit.id().lsn();
        });
  }

  /** What it has written since the drop is deleted as well. */
  private void letGo(Key key, P index) {
    kind.release(index);
    kind.drop(key.collection);
  }

  private void admit(Key key, P index) {
    lock.lock();
    try {
      Entry<P> newest = new Entry<>(index, questions++);
      indexes.put(key, newest);
      long bytes = totalBytes();
      while (bytes > budgetBytes && indexes.size() > 1) {
        Entry<P> oldest =
            Collections.min(indexes.values(), Comparator.comparingLong(entry -> entry.asked));
        bytes -= kind.bytes(oldest.index);
        indexes.values().remove(oldest);
        kind.release(oldest.index);
      }
    } finally {
      lock.unlock();
    }
  }

  private long totalBytes() {
    return indexes.values().stream().mapToLong(entry -> kind.bytes(entry.index)).sum();
  }

  private void apply(List<Change> changes) {
    Map<Key, List<Change>> byIndex = HashMap.newHashMap(1);
    for (Change change : changes) {
      Key key = keyOf(change);
      if (change instanceof Change.CollectionDropped dropped) {
        indexes
            .entrySet()
            .removeIf(e -> e.getKey().collection == dropped.collection() && released(e));
        kind.drop(dropped.collection());
      } else if (key != null && indexes.containsKey(key)) {
        byIndex.computeIfAbsent(key, k -> new ArrayList<>()).add(change);
      }
    }
    byIndex.forEach((key, own) -> {
      Entry<P> entry = indexes.get(key);
      if (entry != null) {
        P index = entry.index;
        kind.atomically(index, () -> applyAll(key, index, own));
      }
    });
  }

  private boolean released(Map.Entry<Key, Entry<P>> entry) {
    kind.release(entry.getValue().index);
    return true;
  }

  /** What is new comes first, so that a record that is replaced is never missing meanwhile. */
  private void applyAll(Key key, P index, List<Change> changes) {
    for (boolean puts : new boolean[] {true, false}) {
      for (Change change : changes) {
        if (change instanceof Change.RecordPut == puts) {
          applyTo(key, index, change);
        }
      }
    }
  }

  private void applyTo(Key key, P index, Change change) {
    switch (change) {
      case Change.RecordPut put when key.equals(keyOf(put)) -> kind.put(index, put);
      case Change.RecordRemoved removed when key.equals(keyOf(removed)) ->
          kind.remove(index, removed.ordinal());
      default -> {}
    }
  }

  private static @Nullable Key keyOf(Change change) {
    return switch (change) {
      case Change.RecordPut put -> new Key(put.record().collection(), put.record().epoch());
      case Change.RecordRemoved removed -> new Key(removed.collection(), removed.epoch());
      case Change.CollectionDropped dropped -> new Key(dropped.collection(), 0);
      case Change.CollectionPut _, Change.SynapsePut _, Change.SynapseRemoved _ -> null;
    };
  }
}
