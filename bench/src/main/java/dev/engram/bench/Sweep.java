package dev.engram.bench;

import dev.engram.bench.Peer.Asking;
import java.io.IOException;
import java.util.Arrays;

/** Asks all queries one after the other, on one thread. */
final class Sweep {
  private static final int ROUNDS = 5;

  /** A round ends early after so long, once it has so many answers. */
  private static final long ROUND_NANOS = 10_000_000_000L;

  private static final int LEAST_QUERIES = 20;

  private final float[][] queries;

  Sweep(float[][] queries) {
    this.queries = queries;
  }

  /** A round for the recall, in which code gets warm, then rounds for the speed. */
  Point measure(Asking asking, double effort, Truth truth) throws IOException {
    double recall = recall(asking, truth);
    double[] rates = new double[ROUNDS];
    long[] nanos = new long[ROUNDS * queries.length];
    int measured = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int before = measured;
      long started = System.nanoTime();
      long now = started;
      while (measured - before < queries.length && goesOn(started, now, measured - before)) {
        int[] _ = asking.nearest(queries[measured - before]);
        long then = System.nanoTime();
        nanos[measured++] = then - now;
        now = then;
      }
      rates[round] = (measured - before) * 1e9 / (now - started);
    }
    Arrays.sort(rates);
    Arrays.sort(nanos, 0, measured);
    return new Point(
        effort,
        recall,
        rates[ROUNDS / 2],
        nanos[measured / 2] / 1e3,
        nanos[(int) (measured * .99)] / 1e3);
  }

  private double recall(Asking asking, Truth truth) throws IOException {
    long started = System.nanoTime();
    long right = 0;
    long wanted = 0;
    for (int i = 0; i < queries.length && goesOn(started, System.nanoTime(), i); i++) {
      right += truth.right(i, asking.nearest(queries[i]));
      wanted += truth.wanted(i);
    }
    return wanted == 0 ? 1 : (double) right / wanted;
  }

  private static boolean goesOn(long started, long now, int done) {
    return done < LEAST_QUERIES || now - started < ROUND_NANOS;
  }
}
