package dev.engram.internal.engine;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long things took: counts in buckets of which each is 1/32 of a power of two wide, so that a
 * quantile is right to 3 percent whatever its size. Thread-safe, and recording never waits.
 */
final class Latencies {
  /** Buckets of each power of two, as a power of two. */
  private static final int FINE_BITS = 5;

  private static final int FINE = 1 << FINE_BITS;

  private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - FINE_BITS) * FINE);

  /** What was recorded by some moment. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Seen(long[] counts, long total) {
    /** The nanoseconds that a share of all was not slower than; 0 where there are none. */
    double nanos(double share) {
      long rank = Math.max(1, (long) Math.ceil(share * total));
      long passed = 0;
      for (int bucket = 0; bucket < counts.length; bucket++) {
        passed += counts[bucket];
        if (passed >= rank) {
          return middle(bucket);
        }
      }
      return 0;
    }
  }

  void record(long nanos) {
    counts.incrementAndGet(bucket(Math.max(0, nanos)));
  }

  Seen seen() {
    long[] now = new long[counts.length()];
    long total = 0;
    for (int i = 0; i < now.length; i++) {
      now[i] = counts.get(i);
      total += now[i];
    }
    return new Seen(now, total);
  }

  /** Small numbers have a bucket each; the others are told by their first bits. */
  private static int bucket(long nanos) {
    if (nanos < FINE) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - FINE_BITS - Long.numberOfLeadingZeros(nanos);
    return shift * FINE + (int) (nanos >>> shift);
  }

  private static double middle(int bucket) {
    if (bucket < 2 * FINE) {
      return bucket;
    }
    int shift = bucket / FINE - 1;
    long first = (long) (bucket - shift * FINE) << shift;
    return first + (1L << shift) / 2.0;
  }
}
