package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void tellsQuantilesToThreePercent() {
    for (long unit : new long[] {1, 7, 1_000, 123_456_789}) {
      Latencies latencies = new Latencies();
      for (int i = 1; i <= 1_000; i++) {
        latencies.record(i * unit);
      }
      Latencies.Seen seen = latencies.seen();
      assertEquals(1_000, seen.total());
      for (double share : new double[] {.001, .5, .95, .99, 1}) {
        double exact = share * 1_000 * unit;
        assertEquals(exact, seen.nanos(share), .032 * exact, "unit=" + unit + ", share=" + share);
      }
    }
  }

  @Test
  void takesWhatNeverHappensAndNothing() {
    Latencies latencies = new Latencies();
    assertEquals(0, latencies.seen().nanos(.5));
    latencies.record(-5);
    latencies.record(0);
    assertEquals(0, latencies.seen().nanos(1));
    latencies.record(Long.MAX_VALUE);
    assertEquals(Long.MAX_VALUE, latencies.seen().nanos(1), .032 * Long.MAX_VALUE);
  }

  @Test
  void losesNothingThatManyThreadsRecord() {
    Latencies latencies = new Latencies();
    IntStream.range(0, 100_000).parallel().forEach(latencies::record);
    assertEquals(100_000, latencies.seen().total());
    assertTrue(Math.abs(latencies.seen().nanos(.5) - 50_000) < 1_600);
  }
}
