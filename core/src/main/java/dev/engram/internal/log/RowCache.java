package dev.engram.internal.log;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.engram.Stats;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Rows that were read last, in the heap: RocksDB takes some microseconds for each, also from its
 * own cache. Bounded in bytes. Thread-safe, with one writer at a time.
 *
 * <p>States of the database are told apart by RocksDB's sequence numbers. A row that was read in a
 * state is the same in every later one until it is written. So it answers a reader of a later
 * state, unless its stripe was written since: the writer marks the stripes of its rows before the
 * write, so that whoever can see the write sees the marks, and afterwards notes the state in which
 * the write is. What was read before and is put in late is older than the note, and answers nobody.
 */
final class RowCache {
  /** Larger rows are not held. */
  static final int MAX_ROW_BYTES = 4096;

  private static final int STRIPES = 1 << 16;
  private static final long BEING_WRITTEN = Long.MAX_VALUE;

  /** Heap of a row beside its key and value, about. */
  private static final int OVERHEAD_BYTES = 200;

  private final boolean enabled;
  private final Cache<RowKey, Held> held;

  /** By stripe the state in which its last write is. */
  private final AtomicLongArray written = new AtomicLongArray(STRIPES);

  /** The same for all stripes. */
  private volatile long allWritten;

  /**
   * @param budgetBytes heap, about; 0 holds nothing
   */
  RowCache(long budgetBytes) {
    this.enabled = budgetBytes > 0;
    this.held =
        Caffeine.newBuilder()
            .maximumWeight(budgetBytes)
            .weigher((RowKey key, Held row) -> OVERHEAD_BYTES + key.length() + row.value.length)
            .executor(Runnable::run)
            .recordStats()
            .build();
  }

  /** A row as it was read in a state. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Held(byte[] value, long state) {
    boolean answers(long reader, long lastWrite) {
      return lastWrite <= state && state <= reader;
    }
  }

  /** The state in which the last write is that may have been one of the row. */
  private long lastWrite(RowKey key) {
    return Math.max(written.get(stripe(key)), allWritten);
  }

  /** Whether rows of a family are held. */
  boolean holds(Family family) {
    return enabled && family.cached();
  }

  /** A row as it is in a state; null where that is not known. */
  byte @Nullable [] get(RowKey key, long state) {
    Held row = held.getIfPresent(key);
    return row != null && row.answers(state, lastWrite(key)) ? row.value : null;
  }

  /** Holds a row that was read in a state. */
  void hold(RowKey key, byte[] value, long state) {
    if (value.length <= MAX_ROW_BYTES) {
      held.put(key, new Held(value, state));
    }
  }

  /** Rows will be written. */
  void writing(WriteBatchBytes batch) {
    note(batch, BEING_WRITTEN);
  }

  /** They were, and are in this state. After a write that failed nobody calls this. */
  void wrote(WriteBatchBytes batch, long state) {
    note(batch, state);
  }

  private void note(WriteBatchBytes batch, long state) {
    for (RowKey key : batch.cachedKeys()) {
      written.set(stripe(key), state);
    }
    if (batch.deletesCachedRanges()) {
      allWritten = state;
    }
  }

  private static int stripe(RowKey key) {
    return key.hashCode() & (STRIPES - 1);
  }

  Stats.CacheStats stats() {
    var stats = held.stats();
    long bytes = held.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
    return new Stats.CacheStats(
        held.estimatedSize(), bytes, stats.requestCount(), stats.hitCount());
  }
}
