package dev.engram.bench;

import dev.engram.bench.Peer.Asking;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Asks all queries one after the other, on one thread. */
final class Sweep {
  private static final int ROUNDS = 5;

  /** A round ends early after so long, once it has so many answers; and then it is the last. */
  private static final long ROUND_NANOS = 4_000_000_000L;

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
    int rounds = 0;
    boolean whole = true;
    while (whole && rounds < ROUNDS) {
      int asked = round(asking, nanos, measured);
      rates[rounds++] = asked * 1e9 / LongStream.of(nanos).skip(measured).limit(asked).sum();
      measured += asked;
      whole = asked == queries.length;
    }
    Arrays.sort(rates, 0, rounds);
    Arrays.sort(nanos, 0, measured);
    return new Point(
        effort,
        recall,
        rates[rounds / 2],
        nanos[measured / 2] / 1e3,
        nanos[(int) (measured * .99)] / 1e3);
  }

  /** Asks and writes down how long each answer took; returns how many. */
  private int round(Asking asking, long[] nanos, int from) throws IOException {
    long started = System.nanoTime();
    long now = started;
    int asked = 0;
    while (asked < queries.length && goesOn(started, now, asked)) {
      int[] _ = asking.nearest(queries[asked]);
      long then = System.nanoTime();
      nanos[from + asked++] = then - now;
      now = then;
    }
    return asked;
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
