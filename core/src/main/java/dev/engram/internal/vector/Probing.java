package dev.engram.internal.vector;

import dev.engram.CorruptStoreException;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How many partitions a search must look into, and how far it must mistrust one-bit codes: measured
 * on vectors of the index itself, whose true neighbours were found by looking into all.
 *
 * @param book the codebook that was measured; -1 for none
 * @param vectors in the index at that time; 0 for an estimate that is to be measured
 * @param ranks of the partitions of the true neighbours, ascending; 0 is the nearest partition
 * @param slacks that the true neighbours needed, ascending; see {@link CodedQuery#slack}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record Probing(int book, int vectors, int[] ranks, float[] slacks) {
  /** Before anything was measured. */
  static final Probing UNKNOWN = new Probing(-1, 0, new int[0], new float[0]);

  /** Queries from outside are harder than stored vectors: so much of the misses is allowed. */
  private static final double MARGIN = .35;

  private static final double SLACK_MARGIN = .1;

  /**
   * So that a vector is found by itself though its partition was chosen by codes and before others
   * were split: it is the nearest one for 99 %, and the fourth at worst, of what was looked at.
   * Where many partitions are as near, more are measured to be needed.
   */
  private static final int LEAST_PROBES = 4;

  /** Up to so many wanted hits are as near as those that were measured, nearly. */
  static final int FEW = 32;

  /** The odds of a partition that it holds one of many grow by this power of their number. */
  private static final double SPREAD = .4;

  /** More of the wanted than this part of a partition are in none. */
  private static final double SHARE_OF_PARTITION = 1 / 3.;

  private static final float UNMEASURED_SLACK = .9f;
  private static final float LEAST_SLACK = .1f;

  /** So many quantiles of each are kept. */
  private static final int QUANTILES = 256;

  /** Of what was measured, in any order. */
  static Probing of(int book, int vectors, int[] ranks, float[] slacks) {
    int[] ascendingRanks = ranks.clone();
    Arrays.sort(ascendingRanks);
    float[] ascendingSlacks = slacks.clone();
    Arrays.sort(ascendingSlacks);
    int kept = Math.min(QUANTILES, ranks.length);
    int[] keptRanks = new int[kept];
    float[] keptSlacks = new float[kept];
    for (int i = 0; i < kept; i++) {
      int at = (int) ((i + 1L) * ranks.length / kept) - 1;
      keptRanks[i] = ascendingRanks[at];
      keptSlacks[i] = ascendingSlacks[at];
    }
    return new Probing(book, vectors, keptRanks, keptSlacks);
  }

  /** What {@link #parse} reads again. */
  String words() {
    return vectors
        + " "
        + joined(Arrays.stream(ranks).mapToObj(Integer::toString))
        + " "
        + joined(IntStream.range(0, slacks.length).mapToObj(i -> Float.toString(slacks[i])));
  }

  private static String joined(Stream<String> numbers) {
    return numbers.collect(Collectors.joining(","));
  }

  static Probing parse(int book, String words) {
    String[] parts = words.split(" ", -1);
    String[] ranks = numbers(parts[1]);
    String[] slacks = numbers(parts[2]);
    if (slacks.length != ranks.length) {
      throw new CorruptStoreException("damaged manifest of a vector index; it is rebuilt");
    }
    float[] kept = new float[slacks.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = Float.parseFloat(slacks[i]);
    }
    return new Probing(
        book,
        Integer.parseInt(parts[0]),
        Arrays.stream(ranks).mapToInt(Integer::parseInt).toArray(),
        kept);
  }

  private static String[] numbers(String joined) {
    return joined.isEmpty() ? new String[0] : joined.split(",", -1);
  }

  /** Whether it was measured of a codebook, or of one of which that was split. */
  boolean isFor(Codebook codebook) {
    return book == codebook.id && vectors > 0;
  }

  /** An estimate for the codebook that comes after one in which a few partitions were split. */
  Probing afterSplit(Codebook old, Codebook next) {
    return book == old.id ? scaled(old, next, vectors) : UNKNOWN;
  }

  /** An estimate for a new codebook, until that is measured. */
  Probing afterTraining(Codebook old, Codebook next) {
    return book == old.id ? scaled(old, next, 0) : UNKNOWN;
  }

  private Probing scaled(Codebook old, Codebook next, int measured) {
    double ratio = (double) next.size() / old.size();
    int[] more = Arrays.stream(ranks).map(rank -> (int) Math.ceil(rank * ratio)).toArray();
    return new Probing(next.id, measured, more, slacks);
  }

  /**
   * Partitions to look into.
   *
   * @param recall the share of the true hits that is wanted, 0 to 1
   * @param share of the vectors that may be hits, above 0 to 1
   */
  int probes(Codebook codebook, double recall, double share) {
    int most = codebook.size();
    if (book != codebook.id || ranks.length == 0) {
      return Math.max(most / 4, Math.min(16, most));
    }
    double probes = (ranks[at(recall, MARGIN)] + 1) / Math.sqrt(share);
    return Math.clamp((long) Math.ceil(probes), Math.min(LEAST_PROBES, most), most);
  }

  /**
   * Partitions to look into for more hits than were measured: they are farther away, in partitions
   * of which there are the more the more dimensions there are, but never more than all.
   *
   * @param few partitions to look into for a few hits
   * @param wanted hits
   * @param usual vectors of a partition that may be hits
   */
  static int probesForMany(int few, Codebook codebook, int wanted, double usual) {
    int most = codebook.size();
    if (wanted <= FEW || few >= most) {
      return few;
    }
    double odds = few / (double) (most - few) * Math.pow((double) wanted / FEW, SPREAD);
    double least = wanted / (usual * SHARE_OF_PARTITION);
    double probes = Math.max(least, most * odds / (1 + odds));
    return Math.clamp((long) Math.ceil(probes), few, most);
  }

  /**
   * How far one-bit codes are mistrusted, for a query at distance 1 from the centroid.
   *
   * @param recall the share of the true hits that is wanted, 0 to 1
   */
  float slack(double recall) {
    return slacks.length == 0
        ? UNMEASURED_SLACK
        : Math.max(LEAST_SLACK, slacks[at(recall, SLACK_MARGIN)]);
  }

  private int at(double recall, double margin) {
    int at = (int) Math.ceil((1 - (1 - recall) * margin) * ranks.length) - 1;
    return Math.clamp(at, 0, ranks.length - 1);
  }

  /** The share of the true neighbours that a search finds; 0 where nothing was measured. */
  double recall(int probes, float slack) {
    if (ranks.length == 0) {
      return 0;
    }
    double near = Arrays.stream(ranks).filter(rank -> rank < probes).count();
    double ranked = IntStream.range(0, slacks.length).filter(i -> slacks[i] <= slack).count();
    return near / ranks.length * ranked / slacks.length;
  }
}
