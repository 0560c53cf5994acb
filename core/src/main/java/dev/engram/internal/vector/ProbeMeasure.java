package dev.engram.internal.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures in which partitions the nearest neighbours of stored vectors are, and how far off their
 * one-bit codes are. Used once.
 */
final class ProbeMeasure {
  private static final int QUERIES = 320;
  private static final int NEIGHBOURS = 10;

  /** So many are ranked by eight-bit codes to find the neighbours. */
  private static final int RANKED = 4_000;

  /** Three deviations. */
  private static final float SLACK = .9f;

  private final Level level;
  private final boolean inner;
  private final CodeKernels codes = CodeKernels.best();
  private final Workspace work;
  private final Candidates found = new Candidates();
  private final int[] ranks = new int[QUERIES * NEIGHBOURS];
  private final float[] slacks = new float[QUERIES * NEIGHBOURS];
  private int size;

  /**
   * @param level is not empty
   * @param inner whether keys are minus inner products, else squared distances
   */
  ProbeMeasure(Level level, boolean inner) {
    this.level = level;
    this.inner = inner;
    this.work = new Workspace(level.book().padded);
  }

  /** One that was found. */
  private record Near(int probe, Segment segment, int place, float estimate, float key) {}

  Probing measure() {
    int count = level.count();
    for (int i = 0; i < QUERIES; i++) {
      neighbours((long) count * i / QUERIES);
    }
    return Probing.of(
        level.book().id, count, Arrays.copyOf(ranks, size), Arrays.copyOf(slacks, size));
  }

  /** Adds what one vector's neighbours are like. */
  private void neighbours(long number) {
    long rest = number;
    int at = 0;
    while (rest >= level.segments().get(at).count()) {
      rest -= level.segments().get(at++).count();
    }
    Segment segment = level.segments().get(at);
    int place = segment.listedPlace((int) rest);
    segment.decode(place, segment.partition(place), inner, work.query.rotated);
    work.query.quantise();
    level.book().route(level.book().size(), inner, work);
    scan();
    List<Near> nearest = nearest((long) at << 32 | place);
    for (Near near : nearest) {
      ranks[size] = near.probe;
      slacks[size++] = slack(near, nearest.getLast().key);
    }
  }

  /** A place found says which probe and segment. */
  private void scan() {
    found.begin(RANKED);
    for (int probe = 0; probe < work.probes.size(); probe++) {
      float base = work.probes.base(probe);
      work.query.slack = SLACK * work.probes.distance(probe);
      for (int i = 0; i < level.segments().size(); i++) {
        long mark = (long) probe << 40 | (long) i << 32;
        level
            .segments()
            .get(i)
            .scan(
                codes,
                work.probes.partition(probe),
                work.query,
                base,
                mark,
                Selection.Every.ORDINAL,
                found);
      }
    }
    found.finish();
  }

  /** The nearest but for the vector itself, best first. */
  private List<Near> nearest(long itself) {
    List<Near> best = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      long place = found.place(i);
      if ((place & 0xFF_FFFF_FFFFL) != itself) {
        int probe = (int) (place >>> 40);
        Segment segment = level.segments().get((int) (place >>> 32) & 0xFF);
        float key = segment.key(codes, (int) place, work.query) + work.probes.base(probe);
        if (best.size() < NEIGHBOURS || key < best.getLast().key) {
          insert(best, new Near(probe, segment, (int) place, found.key(i), key));
        }
      }
    }
    return best;
  }

  private static void insert(List<Near> best, Near near) {
    int at = best.size();
    while (at > 0 && best.get(at - 1).key > near.key) {
      at--;
    }
    best.add(at, near);
    if (best.size() > NEIGHBOURS) {
      best.removeLast();
    }
  }

  /** The slack at distance 1 without which a search would not have ranked it. */
  private float slack(Near near, float worst) {
    float unit = near.segment.scale(near.place) * work.probes.distance(near.probe);
    if (unit == 0) {
      return 0;
    }
    // Keys sink by the slack times the scale, which is not positive.
    float estimate = near.estimate - SLACK * unit;
    return Math.max(0, (estimate - worst) / -unit);
  }
}
