package dev.engram.internal.engine;

import dev.engram.Stats.SearchStats;
import java.util.concurrent.atomic.LongAdder;

/** Counts searches and how long they took. Thread-safe. */
final class SearchMeter {
  private static final double NANOS_PER_MICRO = 1_000;

  private final Latencies latencies = new Latencies();
  private final LongAdder cached = new LongAdder();

  /** A search was answered that began at this reading of {@link System#nanoTime}. */
  void answered(long began) {
    latencies.record(System.nanoTime() - began);
  }

  /** It was answered by the cache. */
  void answeredByCache() {
    cached.increment();
  }

  SearchStats stats() {
    long fromCache = cached.sum();
    Latencies.Seen seen = latencies.seen();
    return new SearchStats(
        seen.total(),
        fromCache == 0 ? 0 : Math.min(1, (double) fromCache / Math.max(1, seen.total())),
        seen.nanos(.5) / NANOS_PER_MICRO,
        seen.nanos(.95) / NANOS_PER_MICRO,
        seen.nanos(.99) / NANOS_PER_MICRO);
  }
}
