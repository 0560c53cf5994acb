package dev.engram.internal.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Measures in which partitions the nearest neighbours of stored vectors are, and how far off their
 * one-bit codes are. Used once.
 */
final class ProbeMeasure {
  /** The number of a segment is one byte of where a vector is. */
  static final int MAX_SEGMENTS = 256;

  private static final int QUERIES = 320;
  private static final int NEIGHBOURS = 10;

  /** So many times as many are scored as a search keeps at first. */
  private static final int THOROUGH = 4;

  /** So many are ranked by their rows to find the neighbours. */
  private static final int RANKED = 1_000;

  /** Three deviations. */
  private static final float SLACK = .9f;

  private final Level level;
  private final Codebook book;
  private final boolean inner;
  private final Decoder decoder;
  private final CodeKernels codes = CodeKernels.best();
  private final List<Asked> queries = new ArrayList<>();
  private final int[] ranks = new int[QUERIES * NEIGHBOURS];
  private final float[] slacks = new float[QUERIES * NEIGHBOURS];
  private final int spare;
  private int size;

  /**
   * @param level is not empty
   * @param inner whether keys are minus inner products, else squared distances
   */
  ProbeMeasure(Level level, boolean inner, Decoder decoder) {
    this.level = level;
    this.book = level.book();
    this.inner = inner;
    this.decoder = decoder;
    this.spare = Math.min(RANKED, THOROUGH * Spare.with(NEIGHBOURS, List.of(level)));
  }

  /** A stored vector whose neighbours are wanted, by the number of its segment and its place. */
  private record Asked(CodedQuery query, int segment, int place, Candidates found) {}

  /** One that was found. */
  private record Near(int partition, Segment segment, int place, float estimate, float key) {
    Near with(float newKey) {
      return new Near(partition, segment, place, estimate, newKey);
    }
  }

  Probing measure() {
    int count = level.count();
    for (int i = 0; i < QUERIES; i++) {
      queries.add(ask((long) count * i / QUERIES));
    }
    for (int partition = 0; partition < book.size(); partition++) {
      scan(partition);
    }
    queries.forEach(this::addNeighbours);
    return Probing.of(book.id, count, Arrays.copyOf(ranks, size), Arrays.copyOf(slacks, size));
  }

  private Asked ask(long number) {
    long rest = number;
    int at = 0;
    while (rest >= level.segments().get(at).count()) {
      rest -= level.segments().get(at++).count();
    }
    Segment segment = level.segments().get(at);
    int place = segment.listedPlace((int) rest);
    CodedQuery query = new CodedQuery(book.padded);
    float[] vector = decoder.rotated(List.of(new Decoder.Place(segment, place)), false).getFirst();
    System.arraycopy(vector, 0, query.rotated, 0, vector.length);
    query.quantise();
    Candidates found = new Candidates();
    found.begin(RANKED);
    return new Asked(query, at, place, found);
  }

  /** All queries look into a partition, while it is in the processor's cache. */
  private void scan(int partition) {
    for (Asked asked : queries) {
      Codebook.Nearness near = book.nearness(asked.query.rotated, partition, inner);
      asked.query.slack = SLACK * near.distance();
      for (int i = 0; i < level.segments().size(); i++) {
        long mark = (long) partition << 40 | (long) i << 32;
        IntPredicate all = Selection.Every.ORDINAL;
        Segment segment = level.segments().get(i);
        segment.scan(codes, partition, asked.query, near.base(), mark, all, asked.found);
      }
    }
  }

  private void addNeighbours(Asked asked) {
    asked.found.finish();
    float[] order = new float[book.size()];
    for (int partition = 0; partition < order.length; partition++) {
      order[partition] = book.routingKey(asked.query.rotated, partition);
    }
    List<Near> nearest = nearest(asked);
    for (Near near : nearest) {
      ranks[size] = rank(order, near.partition);
      slacks[size++] = slack(near, asked.query, nearest.getLast().key);
    }
  }

  /** How many partitions a query is routed to before one. */
  private static int rank(float[] order, int partition) {
    int before = 0;
    for (float other : order) {
      before += other < order[partition] ? 1 : 0;
    }
    return before;
  }

  /** The nearest but for the vector itself, best first. */
  private List<Near> nearest(Asked asked) {
    List<Near> best = new ArrayList<>();
    for (int i = 0; i < asked.found.size(); i++) {
      long place = asked.found.place(i);
      int partition = (int) (place >>> 40);
      int number = (int) (place >>> 32) & 0xFF;
      if ((int) place != asked.place || number != asked.segment) {
        Segment segment = level.segments().get(number);
        float base = book.nearness(asked.query.rotated, partition, inner).base();
        float key = segment.key(codes, (int) place, asked.query) + base;
        if (best.size() < spare || key < best.getLast().key) {
          insert(best, new Near(partition, segment, (int) place, asked.found.key(i), key));
        }
      }
    }
    return ranked(best, asked.query.rotated).stream().limit(NEIGHBOURS).toList();
  }

  private void insert(List<Near> best, Near near) {
    int at = best.size();
    while (at > 0 && best.get(at - 1).key > near.key) {
      at--;
    }
    best.add(at, near);
    if (best.size() > spare) {
      best.removeLast();
    }
  }

  /** By the vectors, where rows would not do: their errors are like those that are measured. */
  private List<Near> ranked(List<Near> near, float[] query) {
    List<float[]> vectors =
        decoder.rotated(
            near.stream().map(each -> new Decoder.Place(each.segment, each.place)).toList(), false);
    List<Near> ranked = new ArrayList<>();
    for (int i = 0; i < near.size(); i++) {
      ranked.add(near.get(i).with(key(query, vectors.get(i))));
    }
    ranked.sort((a, b) -> Float.compare(a.key, b.key));
    return ranked;
  }

  private float key(float[] query, float[] vector) {
    VectorKernels kernels = VectorKernels.best();
    return inner ? -kernels.dot(query, vector) : kernels.squaredDistance(query, vector);
  }

  /** The slack at distance 1 without which a search would not have ranked it. */
  private float slack(Near near, CodedQuery query, float worst) {
    float distance = book.nearness(query.rotated, near.partition, inner).distance();
    float unit = near.segment.scale(near.place) * distance;
    if (unit == 0) {
      return 0;
    }
    // Keys sink by the slack times the scale, which is not positive.
    float estimate = near.estimate - SLACK * unit;
    return Math.max(0, (estimate - worst) / -unit);
  }
}
