package dev.engram.internal.log;

import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.Keys;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Cuts the log's old end. Values that commits refer to, instead of holding them, outlive the commit
 * that deletes their record, so that a laggard can still replay it; they go here. Thread-safe.
 */
final class Trimmer {
  private static final long MAX_BATCH_BYTES = 1L << 20;

  private final Rocks rocks;
  private final Supplier<WriteBatchBytes> newRows;
  private final Rocks.Sync housekeeping;
  private final BlobCollector blobs;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile long first;

  Trimmer(
      Rocks rocks,
      Supplier<WriteBatchBytes> newRows,
      Rocks.Sync housekeeping,
      BlobCollector blobs) {
    this.rocks = rocks;
    this.newRows = newRows;
    this.housekeeping = housekeeping;
    this.blobs = blobs;
    long[] found = {1};
    rocks.scan(
        Family.LOG,
        new byte[0],
        new byte[0],
        null,
        (key, value) -> {
          found[0] = Keys.longAt(key, 0);
          return false;
        });
    this.first = found[0];
  }

  /** The first LSN that is kept. */
  long first() {
    return first;
  }

  /** Runs a task while nothing is trimmed. */
  void apart(Runnable task) {
    lock.lock();
    try {
      task.run();
    } finally {
      lock.unlock();
    }
  }

  /** Removes the commits before an LSN; the last commit of the log always stays. */
  void trim(long beforeLsn) {
    lock.lock();
    try {
      while (first < beforeLsn) {
        trimSome(beforeLsn);
      }
    } finally {
      lock.unlock();
    }
  }

  private void trimSome(long beforeLsn) {
    WriteBatchBytes rows = newRows.get();
    long from = first;
    long[] reached = {from};
    rocks.scan(
        Family.LOG,
        Keys.commit(from),
        Keys.commit(beforeLsn),
        null,
        (key, value) -> {
          retireValues(CommitLayout.decode(key, value), rows);
          reached[0] = Keys.longAt(key, 0) + 1;
          return rows.bytes() < MAX_BATCH_BYTES;
        });
    if (reached[0] == from) {
      first = beforeLsn;
      return;
    }
    rows.deleteRange(Family.LOG, Keys.commit(from), Keys.commit(reached[0]));
    rocks.write(rows, housekeeping);
    first = reached[0];
  }

  private void retireValues(CommitLayout.Read commit, WriteBatchBytes rows) {
    for (CommitLayout.Entry entry : commit.entries()) {
      if (entry.family() != Family.RECORDS.code()) {
        continue;
      }
      switch (entry.kind()) {
        case DELETE -> {
          rows.delete(Family.VECTORS, entry.key());
          blobs.oneGone();
        }
        case DELETE_PREFIX -> {
          rows.deletePrefix(Family.VECTORS, entry.key());
          blobs.manyGone();
        }
        case PUT, REFERENCE -> {}
      }
    }
  }
}
