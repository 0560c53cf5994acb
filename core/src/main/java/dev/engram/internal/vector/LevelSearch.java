package dev.engram.internal.vector;

import dev.engram.SearchPlan.VectorPlan;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * One search through a {@link Level}: looks into the partitions nearest to the query, and ranks
 * what may be among the best by its one-bit code by its row. Used once, by one thread.
 */
final class LevelSearch {
  /** Of a selection up to this size each vector is ranked. */
  static final int EXACT_LIMIT = 2_000;

  private static final int WIDENING = 4;

  /** So many times as many as are wanted are ranked, of those beyond a few. */
  private static final int ENOUGH = 3;

  private final Level level;
  private final Codebook book;
  private final boolean inner;
  private final OrdinalMarks deleted;
  private final Workspace work;
  private final SearchTrace trace;
  private final CodeKernels codes = CodeKernels.best();

  /**
   * @param level is not empty
   * @param inner whether keys are minus inner products, else squared distances
   * @param deleted ordinals that are no hits
   * @param work holds the query, rotated and quantised, and a ranker that was begun
   * @param trace is told what was done
   */
  LevelSearch(Level level, boolean inner, OrdinalMarks deleted, Workspace work, SearchTrace trace) {
    this.level = level;
    this.book = level.book();
    this.inner = inner;
    this.deleted = deleted;
    this.work = work;
    this.trace = trace;
  }

  /**
   * Ranks what is near.
   *
   * @param wanted hits
   * @param recall the share of the true hits that is to be found, on average; less than 1
   */
  void rank(int wanted, Selection selection, double recall) {
    if (selection.size() <= EXACT_LIMIT) {
      trace.planned(VectorPlan.MATCHES);
      long began = trace.now();
      rankSelected(selection);
      trace.spent(SearchTrace.Phase.RANK, began);
      return;
    }
    IntPredicate allowed =
        selection.isAll() && deleted.isEmpty()
            ? Selection.Every.ORDINAL
            : ordinal -> !deleted.has(ordinal) && selection.test(ordinal);
    int count = level.count();
    double share = Math.min(1, (double) selection.size() / Math.max(1, count));
    float slack = level.probing().slack(recall);
    int enough = work.ranker.ranked() + Math.min(enough(wanted), count);
    trace.planned(VectorPlan.PARTITIONED);
    BitSet done = new BitSet();
    int few = level.probing().probes(book, recall, share);
    int to = Probing.probesForMany(few, book, wanted, share * count / book.size());
    while (true) {
      long routed = trace.now();
      book.route(to, inner, work);
      trace.spent(SearchTrace.Phase.ROUTE, routed);
      long scanned = trace.now();
      scan(done, slack, allowed);
      trace.spent(SearchTrace.Phase.SCAN, scanned);
      if (work.ranker.ranked() >= enough || to >= book.size()) {
        trace.probed(work.probes.size(), book.size());
        return;
      }
      to = (int) Math.min(book.size(), (long) WIDENING * to);
    }
  }

  /** Hits that were ranked and found too far away are a sign that none nearer is missing. */
  private static int enough(int wanted) {
    long beyond = Math.max(0, wanted - Probing.FEW);
    return (int) Math.min(Integer.MAX_VALUE / 2, wanted + (ENOUGH - 1) * beyond);
  }

  /** Scans the partitions of the route that were not scanned before. */
  private void scan(BitSet done, float slack, IntPredicate allowed) {
    for (int probe = 0; probe < work.probes.size(); probe++) {
      int partition = work.probes.partition(probe);
      if (done.get(partition)) {
        continue;
      }
      done.set(partition);
      float base = work.probes.base(probe);
      float distance = work.probes.distance(probe);
      work.query.slack = slack * distance;
      for (Segment segment : level.segments()) {
        work.ranker.at(segment, base, distance);
        trace.scanned((long) segment.blocks(partition) * CodeLayout.LANES);
        segment.scan(codes, partition, work.query, base, 0, allowed, work.ranker);
        work.ranker.rankAdded();
      }
    }
  }

  /** So few may be hits that each is ranked; how the query stands to a partition is found once. */
  private void rankSelected(Selection selection) {
    int[] ordinals =
        Arrays.stream(selection.ordinals()).filter(each -> !deleted.has(each)).sorted().toArray();
    for (Segment segment : level.segments()) {
      int last = -1;
      for (int place : segment.places(ordinals)) {
        int partition = segment.partition(place);
        if (partition != last) {
          Codebook.Nearness near = book.nearness(work.query.rotated, partition, inner);
          work.ranker.at(segment, near.base(), near.distance());
          last = partition;
        }
        work.ranker.rank(place);
      }
    }
  }
}
