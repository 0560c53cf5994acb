package dev.engram.internal.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/**
 * Partitions that vectors of a new kind came to: they hold too many, or are much wider than others,
 * so that codes around their centroids say little. Each is replaced by several, of which its
 * vectors choose the nearest, and so do all others that are far from their centroids. What is left
 * stays as it is, and so do its codes. (The splits of SPFresh's LIRE protocol, many in one go.)
 *
 * @param centroids of the new codebook
 * @param keptAs the new number of each old partition; -1 where it is split
 * @param far vectors choose again whose {@link Segment#width} is this, or more
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record Split(float[] centroids, int[] keptAs, float far) {
  /** So many times the mean size. */
  private static final int TOO_MANY = 4;

  private static final int MANY = 2;
  private static final double TOO_WIDE = 1.5;

  /** Duplicates cannot be told apart by splitting them. */
  private static final double ALIKE = .05;

  /** Such partitions must hold this share of all vectors for a split to be worth its while. */
  private static final double WORTH = 1 / 64.;

  /** Whether nothing is to be split. */
  boolean isEmpty() {
    return Arrays.stream(keptAs).noneMatch(number -> number < 0);
  }

  /** What is to be split; empty where that is nothing. */
  static Split of(Level level, OrdinalMarks deleted, Decoder decoder, SplittableRandom random) {
    Codebook book = level.book();
    List<Members> all = new ArrayList<>();
    for (int partition = 0; partition < book.size(); partition++) {
      all.add(Members.of(level, partition, deleted));
    }
    double usual = median(all.stream().filter(m -> m.size > 0).mapToDouble(Members::width));
    int mean = Math.max(Codebook.VECTORS_PER_PARTITION, level.count() / book.size());
    List<Members> split =
        all.stream()
            .filter(m -> m.size > MANY * mean)
            .filter(m -> m.width() > (m.size > TOO_MANY * mean ? ALIKE : TOO_WIDE) * usual)
            .toList();
    long moved = split.stream().mapToLong(m -> m.size).sum();
    if (moved <= WORTH * level.count()) {
      split = List.of();
    }
    return of(level, split, (float) (TOO_WIDE * usual), decoder, random);
  }

  private static Split of(
      Level level, List<Members> split, float far, Decoder decoder, SplittableRandom random) {
    Codebook book = level.book();
    int[] keptAs = new int[book.size()];
    List<float[]> centroids = new ArrayList<>();
    split.forEach(members -> keptAs[members.partition] = -1);
    for (int partition = 0; partition < keptAs.length; partition++) {
      if (keptAs[partition] == 0) {
        keptAs[partition] = centroids.size();
        int from = partition * book.padded;
        centroids.add(Arrays.copyOfRange(book.centroids, from, from + book.padded));
      }
    }
    for (Members members : split) {
      int parts = Math.ceilDiv(members.size, Codebook.VECTORS_PER_PARTITION);
      centroids.add(KMeans.centroids(members.rows(decoder), book.padded, parts, random, 1));
    }
    return new Split(Samples.joined(centroids), keptAs, far);
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  /** The vectors of one partition. */
  private record Members(Level level, int partition, OrdinalMarks deleted, int size, double sum) {
    static Members of(Level level, int partition, OrdinalMarks deleted) {
      DoubleSummaryStatistics widths = new DoubleSummaryStatistics();
      for (Segment segment : level.segments()) {
        segment.forEach(partition, deleted, (place, _) -> widths.accept(segment.width(place)));
      }
      return new Members(level, partition, deleted, (int) widths.getCount(), widths.getSum());
    }

    double width() {
      return sum / size;
    }

    float[] rows(Decoder decoder) {
      List<Decoder.Place> places = new ArrayList<>(size);
      for (Segment segment : level.segments()) {
        segment.forEach(
            partition, deleted, (place, _) -> places.add(new Decoder.Place(segment, place)));
      }
      return Samples.joined(decoder.rotated(places, false));
    }
  }
}
