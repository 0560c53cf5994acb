package dev.engram.internal.vector;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How many partitions a search must look into, and how many of what it finds there it must rank
 * again: measured on vectors of the index itself, whose true neighbours were found by looking into
 * all.
 *
 * @param book the codebook that was measured; -1 for none
 * @param vectors in the index at that time
 * @param ranks of the partitions of the true neighbours, ascending; 0 is the nearest partition
 * @param depths of the true neighbours in the order of their one-bit codes, ascending; 0 is the
 *     best
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record Probing(int book, int vectors, int[] ranks, int[] depths) {
  /** Before anything was measured. */
  static final Probing UNKNOWN = new Probing(-1, 0, new int[0], new int[0]);

  /** The share of the true hits that a search finds where nobody says otherwise. */
  static final double DEFAULT_RECALL = .95;

  private static final double GROWTH = 1.1;

  /** Queries from outside are harder than stored vectors: so much of the misses is not allowed. */
  private static final double MARGIN = .35;

  private static final double DEPTH_MARGIN = .2;
  private static final int UNMEASURED_DEPTH = 200;
  private static final int LEAST_DEPTH = 40;

  /** So many quantiles of each are kept. */
  private static final int QUANTILES = 256;

  /** Of what was measured, in any order. */
  static Probing of(int book, int vectors, int[] ranks, int[] depths) {
    return new Probing(book, vectors, quantiles(ranks), quantiles(depths));
  }

  private static int[] quantiles(int[] measured) {
    int[] ascending = measured.clone();
    Arrays.sort(ascending);
    if (ascending.length <= QUANTILES) {
      return ascending;
    }
    int[] kept = new int[QUANTILES];
    Arrays.setAll(kept, i -> ascending[(int) ((i + 1L) * ascending.length / QUANTILES) - 1]);
    return kept;
  }

  /** What {@link #parse} reads again. */
  String words() {
    return vectors + " " + joined(ranks) + " " + joined(depths);
  }

  private static String joined(int[] numbers) {
    return Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(","));
  }

  static Probing parse(int book, String words) {
    String[] parts = words.split(" ", -1);
    return new Probing(book, Integer.parseInt(parts[0]), numbers(parts[1]), numbers(parts[2]));
  }

  private static int[] numbers(String joined) {
    return joined.isEmpty()
        ? new int[0]
        : Stream.of(joined.split(",", -1)).mapToInt(Integer::parseInt).toArray();
  }

  boolean isFor(Codebook codebook, int now) {
    return book == codebook.id && now < GROWTH * vectors;
  }

  /**
   * Partitions to look into.
   *
   * @param recall the share of the true hits that is wanted, 0 to 1
   * @param share of the vectors that may be hits, above 0 to 1
   */
  int probes(Codebook codebook, double recall, double share) {
    int most = codebook.size();
    if (book != codebook.id || ranks.length == 0 || recall >= 1) {
      int some = Math.max(most / 8, Math.min(8, most));
      return recall >= 1 ? most : some;
    }
    double probes = (quantile(ranks, 1 - (1 - recall) * MARGIN) + 1) / Math.sqrt(share);
    return Math.clamp((long) Math.ceil(probes), 1, most);
  }

  /**
   * How many of those that the scan found are ranked again.
   *
   * @param wanted hits
   */
  int depth(double recall, int wanted) {
    double rank =
        depths.length == 0 ? UNMEASURED_DEPTH : quantile(depths, 1 - (1 - recall) * DEPTH_MARGIN);
    double perHit = (rank + 1) / ProbeMeasure.NEIGHBOURS;
    return Math.clamp((long) (perHit * wanted) + 16, LEAST_DEPTH, Integer.MAX_VALUE / 4);
  }

  private static int quantile(int[] ascending, double share) {
    int at = (int) Math.ceil(share * ascending.length) - 1;
    return ascending[Math.clamp(at, 0, ascending.length - 1)];
  }

  /** The share of the true neighbours that so many partitions hold. */
  double recall(int probes) {
    int found = Arrays.binarySearch(ranks, probes);
    int at = found < 0 ? -found - 1 : found;
    while (at > 0 && ranks[at - 1] >= probes) {
      at--;
    }
    return ranks.length == 0 ? 0 : (double) at / ranks.length;
  }
}
