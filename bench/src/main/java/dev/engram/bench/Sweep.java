package dev.engram.bench;

import dev.engram.bench.Peer.Asking;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Asks all queries one after the other, on one thread, in several visits: whoever is compared takes
 * turns, so that what else the machine does meanwhile meets all of them.
 */
final class Sweep {
  /** Visits of each point. */
  static final int VISITS = 3;

  private static final int ROUNDS = 2;

  /** A round ends early after so long, once it has so many answers; and then it is the last. */
  private static final long ROUND_NANOS = 4_000_000_000L;

  private static final int LEAST_QUERIES = 20;

  private final float[][] queries;

  Sweep(float[][] queries) {
    this.queries = queries;
  }

  /** All rounds of a point, one after the other. */
  Point measure(Asking asking, double effort, Truth truth) throws IOException {
    Visits visits = begin(asking, effort, truth);
    visits.rounds(visits.warm() ? VISITS * ROUNDS : VISITS);
    return visits.point();
  }

  /** A point that is not visited yet; its recall is measured. */
  Visits begin(Asking asking, double effort, Truth truth) throws IOException {
    return new Visits(asking, effort, recall(asking, truth));
  }

  /** What the visits of one point gave. */
  final class Visits {
    private final Asking asking;
    private final double effort;
    private final double recall;
    private final double[] rates = new double[VISITS * ROUNDS];
    private final long[] nanos = new long[VISITS * ROUNDS * queries.length];
    private int rounds;
    private int measured;

    private Visits(Asking asking, double effort, double recall) {
      this.asking = asking;
      this.effort = effort;
      this.recall = recall;
    }

    double recall() {
      return recall;
    }

    /** A round in which caches get warm, then rounds for the speed. */
    void visit() throws IOException {
      rounds(warm() ? ROUNDS : 1);
    }

    /** Lets caches get warm; whether there was time for all queries. */
    private boolean warm() throws IOException {
      return round(asking, nanos, measured) == queries.length;
    }

    private void rounds(int count) throws IOException {
      for (int i = 0; i < count; i++) {
        int asked = round(asking, nanos, measured);
        rates[rounds++] = asked * 1e9 / LongStream.of(nanos).skip(measured).limit(asked).sum();
        measured += asked;
      }
    }

    /** The medians. */
    Point point() {
      Arrays.sort(rates, 0, rounds);
      Arrays.sort(nanos, 0, measured);
      return new Point(
          effort,
          recall,
          rates[rounds / 2],
          nanos[measured / 2] / 1e3,
          nanos[(int) (measured * .99)] / 1e3);
    }
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
