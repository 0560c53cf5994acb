package dev.engram.internal.log;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives back the disk space of values that no row refers to any more. RocksDB knows of garbage in
 * blob files only what its compactions of the rows have found, and moves living values out of old
 * files only while it compacts; left alone it did neither for a store whose vectors were all
 * replaced six times (measured). So the rows are compacted here when many values have gone, and the
 * values with them when the files hold too much garbage. Thread-safe.
 */
final class BlobCollector {
  /** The share of garbage from which on living values are moved. */
  private static final double GARBAGE = .2;

  /** So many values must have gone. */
  private static final long LEAST_ROWS = 1_000;

  /** And this share of all. */
  private static final double LEAST_SHARE = .1;

  private final Rocks rocks;
  private final AtomicLong gone = new AtomicLong();

  BlobCollector(Rocks rocks) {
    this.rocks = rocks;
    // What was found before the store was closed.
    if (isFull()) {
      manyGone();
    }
  }

  /** The value of a row has gone. */
  void oneGone() {
    long _ = gone.incrementAndGet();
  }

  /** Nobody knows how many values have gone. */
  void manyGone() {
    gone.set(Long.MAX_VALUE / 2);
  }

  /**
   * Collects, where that is worth its while. Takes as long as copying what lives; one call at a
   * time. Ends early when the store is closed.
   *
   * @throws dev.engram.StorageException where a file cannot be read or written; nothing is lost
   */
  void collect() {
    long rows = rocks.property(Family.VECTORS, "rocksdb.estimate-num-keys");
    if (gone.get() < Math.max(LEAST_ROWS, LEAST_SHARE * rows)) {
      return;
    }
    gone.set(0);
    rocks.compact(Family.VECTORS, false);
    if (isFull()) {
      rocks.compact(Family.VECTORS, true);
    }
  }

  private boolean isFull() {
    long bytes = rocks.property(Family.VECTORS, "rocksdb.live-blob-file-size");
    long garbage = rocks.property(Family.VECTORS, "rocksdb.live-blob-file-garbage-size");
    return garbage > GARBAGE * bytes;
  }
}
