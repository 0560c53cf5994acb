package dev.engram.internal.engine;

import dev.engram.Stats.SearchStats;
import java.util.concurrent.atomic.LongAdder;

/** Counts searches. Thread-safe. */
final class SearchMeter {
  private final LongAdder searches = new LongAdder();
  private final LongAdder cached = new LongAdder();

  /** A search was answered. */
  void answered() {
    searches.increment();
  }

  /** It was answered by the cache. */
  void answeredByCache() {
    cached.increment();
  }

  SearchStats stats() {
    long count = searches.sum();
    return new SearchStats(count, count == 0 ? 0 : (double) cached.sum() / count);
  }
}
