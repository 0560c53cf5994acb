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

  /** After it was done it rests for so many times as long as that took. */
  private static final int REST = 10;

  private final Rocks rocks;
  private final Rocks.Asker asker = new Rocks.Asker();
  private final AtomicLong gone = new AtomicLong();
  private long restsUntil = System.nanoTime();

  BlobCollector(Rocks rocks) {
    this.rocks = rocks;
    // What was found before the store was closed.
    if (isFull()) {
      manyGone();
    }
  }

  /** A record has gone, and its value if it had one. */
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
    long seen = gone.get();
    long began = System.nanoTime();
    if (began - restsUntil < 0 || seen < Math.max(LEAST_ROWS, LEAST_SHARE * rows())) {
      return;
    }
    if (rows() > 0 || bytes() > 0) {
      rocks.compact(Family.VECTORS, false, asker);
      if (isFull()) {
        rocks.compact(Family.VECTORS, true, asker);
      }
    }
    long _ = gone.addAndGet(-seen);
    long ended = System.nanoTime();
    restsUntil = ended + REST * (ended - began);
  }

  private boolean isFull() {
    long garbage = rocks.property(Family.VECTORS, "rocksdb.live-blob-file-garbage-size");
    return garbage > GARBAGE * bytes();
  }

  private long rows() {
    return rocks.property(Family.VECTORS, "rocksdb.estimate-num-keys");
  }

  private long bytes() {
    return rocks.property(Family.VECTORS, "rocksdb.live-blob-file-size");
  }
}
