package dev.engram.bench;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a search should find, by brute force. A hit is right where it is at least as near as the
 * last of the true neighbours: of equally near ones any will do.
 */
final class Truth {
  /** Float sums differ by so much, relatively, with the order of their terms. */
  private static final float TOLERANCE = 2e-6f;

  /** Rows that stay in the cache while all queries pass. */
  private static final int TILE = 256;

  private final Rows rows;
  private final Scores scores;
  private final float[][] queries;
  private final @Nullable BitSet allowed;
  private final Best[] best;

  /** Vectors by ordinal. */
  interface Rows {
    int count();

    float[] row(int ordinal);

    static Rows of(float[][] vectors) {
      return new Rows() {
        @Override
        public int count() {
          return vectors.length;
        }

        @Override
        public float[] row(int ordinal) {
          return vectors[ordinal];
        }
      };
    }
  }

  private Truth(
      Rows rows, Scores scores, float[][] queries, @Nullable BitSet allowed, Best[] best) {
    this.rows = rows;
    this.scores = scores;
    this.queries = queries;
    this.allowed = allowed;
    this.best = best;
  }

  /**
   * Compares every query with every row, on all processors.
   *
   * @param allowed which rows may be found; null for all
   */
  static Truth of(
      Rows rows, Scores scores, float[][] queries, @Nullable BitSet allowed, int limit) {
    Best[] best =
        IntStream.range(0, queries.length).mapToObj(_ -> new Best(limit)).toArray(Best[]::new);
    Truth truth = new Truth(rows, scores, queries, allowed, best);
    int shares = Math.min(queries.length, Runtime.getRuntime().availableProcessors());
    IntStream.range(0, shares).parallel().forEach(share -> truth.compare(share, shares));
    return truth;
  }

  private void compare(int share, int shares) {
    int from = (int) ((long) share * queries.length / shares);
    int to = (int) ((share + 1L) * queries.length / shares);
    for (int start = 0; start < rows.count(); start += TILE) {
      int end = Math.min(rows.count(), start + TILE);
      float[][] tile = IntStream.range(start, end).mapToObj(rows::row).toArray(float[][]::new);
      for (int query = from; query < to; query++) {
        for (int i = start; i < end; i++) {
          if (allowed == null || allowed.get(i)) {
            best[query].offer(i, scores.of(queries[query], tile[i - start]));
          }
        }
      }
    }
  }

  /** How many can be right. */
  int wanted(int query) {
    return best[query].size();
  }

  /** How many of the hits are right; a repeated one counts once. */
  int right(int query, int[] hits) {
    if (wanted(query) == 0) {
      return 0;
    }
    float last = best[query].last();
    float enough = last - TOLERANCE * Math.abs(last);
    long right =
        IntStream.of(hits)
            .distinct()
            .filter(hit -> allowed == null || allowed.get(hit))
            .filter(hit -> scores.of(queries[query], rows.row(hit)) >= enough)
            .count();
    return Math.min(wanted(query), (int) right);
  }
}
