package dev.engram.internal.vector;

import java.util.Arrays;
import java.util.List;

/**
 * Measures in which partitions the nearest neighbours of stored vectors are, and how far down. Used
 * once.
 */
final class ProbeMeasure {
  private static final int QUERIES = 192;
  static final int NEIGHBOURS = 10;
  private static final int RANKED = 4_000;

  private final Codebook book;
  private final List<Segment> segments;
  private final boolean inner;
  private final boolean byProduct;
  private final CodeKernels codes = CodeKernels.best();
  private final Workspace work;
  private final int[] ranks = new int[QUERIES * NEIGHBOURS];
  private final int[] depths = new int[QUERIES * NEIGHBOURS];
  private int size;

  ProbeMeasure(Codebook book, List<Segment> segments, boolean inner, boolean byProduct) {
    this.book = book;
    this.segments = segments;
    this.inner = inner;
    this.byProduct = byProduct;
    this.work = new Workspace(book.padded);
  }

  Probing measure(int vectors) {
    long all = segments.stream().mapToLong(Segment::count).sum();
    for (int i = 0; i < QUERIES; i++) {
      neighbours(all * i / QUERIES);
    }
    return Probing.of(book.id, vectors, Arrays.copyOf(ranks, size), Arrays.copyOf(depths, size));
  }

  /** Adds the ranks and depths of one vector's neighbours. */
  private void neighbours(long number) {
    long rest = number;
    int at = 0;
    while (rest >= segments.get(at).count()) {
      rest -= segments.get(at++).count();
    }
    Segment segment = segments.get(at);
    int place = segment.listedPlace((int) rest);
    segment.decode(place, segment.partition(place), inner, work.query.rotated);
    work.query.quantise();
    book.route(book.size(), byProduct, inner, work);
    work.found.begin(RANKED);
    for (int probe = 0; probe < work.probes.size(); probe++) {
      for (int i = 0; i < segments.size(); i++) {
        long mark = (long) probe << 48 | (long) i << 32;
        int partition = work.probes.partition(probe);
        float base = work.probes.base(probe);
        segments
            .get(i)
            .scan(codes, partition, work.query, base, mark, Selection.Every.ORDINAL, work.found);
      }
    }
    work.found.finish();
    rank((long) at << 32 | place);
  }

  private void rank(long itself) {
    long[] best = new long[NEIGHBOURS];
    float[] keys = new float[NEIGHBOURS];
    Arrays.fill(keys, Float.POSITIVE_INFINITY);
    for (int i = 0; i < work.found.size(); i++) {
      long found = work.found.place(i);
      if ((found & 0xFFFF_FFFF_FFFFL) != itself) {
        Segment segment = segments.get((int) (found >>> 32) & 0xFFFF);
        float base = work.probes.base((int) (found >>> 48));
        insert(keys, best, segment.key(codes, (int) found, work.query) + base, found);
      }
    }
    for (int i = 0; i < NEIGHBOURS && keys[i] < Float.POSITIVE_INFINITY; i++) {
      ranks[size] = (int) (best[i] >>> 48);
      depths[size++] = depth(best[i]);
    }
  }

  /** How many of those found look better by their one-bit codes. */
  private int depth(long place) {
    float own = Float.POSITIVE_INFINITY;
    for (int i = 0; i < work.found.size(); i++) {
      own = work.found.place(i) == place ? work.found.key(i) : own;
    }
    int better = 0;
    for (int i = 0; i < work.found.size(); i++) {
      better += work.found.key(i) < own ? 1 : 0;
    }
    return better;
  }

  private static void insert(float[] keys, long[] places, float key, long place) {
    int at = keys.length - 1;
    if (key >= keys[at]) {
      return;
    }
    while (at > 0 && keys[at - 1] > key) {
      keys[at] = keys[at - 1];
      places[at] = places[at - 1];
      at--;
    }
    keys[at] = key;
    places[at] = place;
  }
}
