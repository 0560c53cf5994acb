package dev.engram.internal.log;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.Snapshot;

/**
 * The rows as they were at one moment, with at least every commit up to {@link #commit}. Close it:
 * it holds back the trimming of the log and the store's compaction. Reads are thread-safe.
 */
public final class LogSnapshot implements AutoCloseable {
  private final Log log;
  private final Rocks rocks;
  private final CommitId commit;
  private final Snapshot snapshot;
  private final ReadOptions view;

  /** RocksDB's number of this state. */
  private final long state;

  private final AtomicBoolean open = new AtomicBoolean(true);
  private final Gate gate = new Gate("snapshot");

  LogSnapshot(Log log, Rocks rocks, CommitId commit) {
    this.log = log;
    this.rocks = rocks;
    this.commit = commit;
    this.snapshot = rocks.takeSnapshot();
    this.view = new ReadOptions().setSnapshot(snapshot);
    this.state = snapshot.getSequenceNumber();
  }

  /** The last commit that is surely in it. */
  public CommitId commit() {
    return commit;
  }

  public byte @Nullable [] get(Family family, byte[] key) {
    gate.enter();
    try {
      return rocks.get(family, key, view, state);
    } finally {
      gate.leave();
    }
  }

  /** Many rows of a family; null where one is not there. */
  public List<byte @Nullable []> getAll(Family family, List<byte[]> keys) {
    gate.enter();
    try {
      return rocks.getAll(family, keys, view, state);
    } finally {
      gate.leave();
    }
  }

  /** As {@link #getAll}, of ascending keys: quicker where many of them lie side by side. */
  public List<byte @Nullable []> getOrdered(Family family, List<byte[]> keys) {
    gate.enter();
    try {
      return rocks.getOrdered(family, keys, snapshot);
    } catch (CorruptStoreException e) {
      // A row on the way may be damaged, where those that are asked for are not.
      List<byte @Nullable []> rows = new ArrayList<>(keys.size());
      keys.forEach(key -> rows.add(get(family, key)));
      return rows;
    } finally {
      gate.leave();
    }
  }

  /** As {@link Log#scan}, in this state. */
  public void scan(Family family, byte[] from, byte[] to, Log.Visitor visitor) {
    gate.enter();
    try {
      rocks.scan(family, from, to, snapshot, visitor::visit);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void close() {
    if (open.compareAndSet(true, false) && gate.close()) {
      log.forget(this);
      rocks.freeSnapshot(snapshot);
      view.close();
    }
  }
}
