package dev.engram.internal.vector;

import java.util.List;

/**
 * An approximate search through coded levels: finds somewhat more by codes than is wanted, and
 * ranks that by the vectors. Used once, by one thread.
 */
final class NearSearch {
  /** Where what was not kept may be among the best, so many times as many are kept. */
  private static final int WIDENING = 4;

  /** But at least so many. */
  private static final int LEAST_WIDE = 64;

  /** Of so many it counts that they were no better than fewer. */
  private static final int TELLING = 256;

  /** Never more than so many times the first. */
  private static final int WIDEST = 64;

  /** The share of the wanted that may be missed because it was not kept. */
  private static final double MISSED = .05;

  private final List<Level> levels;
  private final boolean inner;
  private final OrdinalMarks deleted;
  private final Workspace work;
  private final SearchTrace trace;

  /**
   * @param levels none is empty
   * @param inner whether keys are minus inner products, else squared distances
   * @param deleted ordinals that are no hits
   * @param work holds the query, rotated and quantised
   */
  NearSearch(
      List<Level> levels, boolean inner, OrdinalMarks deleted, Workspace work, SearchTrace trace) {
    this.levels = levels;
    this.inner = inner;
    this.deleted = deleted;
    this.work = work;
    this.trace = trace;
  }

  /**
   * Scores the best. Among many that are nearly the same, more than were kept may be nearer than
   * rows can tell: then it keeps more, until that is unlikely, or many more were no better.
   *
   * @param top is empty
   */
  void score(VectorIndex.Request wanted, Rescoring rescoring, TopK top) {
    int all = levels.stream().mapToInt(Level::count).sum();
    long kept = Math.min(all, Spare.with(wanted.limit(), levels));
    long most = Math.min(all, WIDEST * kept);
    boolean enough = scoreAmong((int) kept, wanted, rescoring, top);
    while (!enough && kept < most) {
      kept = Math.min(most, Math.max(LEAST_WIDE, WIDENING * kept));
      float before = top.worst();
      top.clear();
      enough = scoreAmong((int) kept, wanted, rescoring, top);
      enough |= kept >= TELLING && top.worst() <= before;
    }
  }

  /** Whether hardly any of the wanted is among those that were not kept. */
  private boolean scoreAmong(int kept, VectorIndex.Request wanted, Rescoring rescoring, TopK top) {
    TopK coded = new TopK(kept);
    work.ranker.begin(coded, work.query);
    for (Level level : levels) {
      new LevelSearch(level, inner, deleted, work, trace)
          .rank(wanted.limit(), wanted.selection(), wanted.recall());
    }
    trace.ranked(work.ranker.ranked());
    long began = trace.now();
    Hits found = coded.drain();
    float uncertainty = work.ranker.uncertainty();
    int scored = rescoring.best(found, wanted.limit(), uncertainty, top);
    trace.rescored(scored);
    trace.spent(SearchTrace.Phase.RESCORE, began);
    return scored < found.size()
        || found.size() < kept
        || rescoring.missed(found, uncertainty, top) <= MISSED * wanted.limit();
  }
}
