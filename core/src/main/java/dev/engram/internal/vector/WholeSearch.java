package dev.engram.internal.vector;

import dev.engram.SearchPlan.VectorPlan;
import dev.engram.internal.parallel.Parallel;
import java.util.function.IntPredicate;

/**
 * A search that scores every vector by its row, which holds it as it is: under the Manhattan
 * metric. On all cores where nothing is filtered and there is much to read. Used once.
 */
final class WholeSearch {
  /** Of a selection up to this size each vector is looked up. */
  private static final int FEW = 2_000;

  /** Fewer rows than fill these bytes are read by one thread. */
  private static final long ALONE_BYTES = 16L << 20;

  /** Places that a thread takes at a time. */
  private static final int STEP = 4_096;

  private final float[] query;
  private final OrdinalMarks deleted;
  private final SearchTrace trace;
  private final CodeKernels codes = CodeKernels.best();

  /**
   * @param query padded
   * @param deleted ordinals that are no hits
   */
  WholeSearch(float[] query, OrdinalMarks deleted, SearchTrace trace) {
    this.query = query;
    this.deleted = deleted;
    this.trace = trace;
  }

  /** Offers what is selected, with its scores. */
  void score(Level level, Selection selection, TopK top) {
    boolean few = selection.size() <= FEW;
    trace.planned(few ? VectorPlan.MATCHES : VectorPlan.FLAT);
    long began = trace.now();
    if (few) {
      scoreEach(level, selection.ordinals(), top);
    } else {
      for (Segment segment : level.segments()) {
        scoreAll(segment, selection, top);
      }
      trace.scanned(level.count());
    }
    trace.spent(SearchTrace.Phase.SCAN, began);
  }

  private void scoreEach(Level level, int[] ordinals, TopK top) {
    for (int ordinal : ordinals) {
      for (Segment segment : level.segments()) {
        int place = deleted.has(ordinal) ? -1 : segment.place(ordinal);
        if (place >= 0) {
          top.offer(ordinal, score(segment, place));
          trace.scanned(1);
        }
      }
    }
  }

  private void scoreAll(Segment segment, Selection selection, TopK top) {
    if (!selection.isAll() || segment.bytes() < ALONE_BYTES) {
      score(segment, 0, segment.places(), selection.allowed(), top);
      return;
    }
    int threads = Runtime.getRuntime().availableProcessors();
    Parallel.each(
        segment.places(),
        STEP,
        threads,
        (from, to) -> {
          TopK own = new TopK(Math.min(top.capacity(), to - from));
          score(segment, from, to, selection.allowed(), own);
          join(own.drain(), top);
        });
  }

  private static void join(Hits hits, TopK top) {
    synchronized (top) {
      for (int i = 0; i < hits.size(); i++) {
        top.offer(hits.ordinals()[i], hits.scores()[i]);
      }
    }
  }

  private void score(Segment segment, int from, int to, IntPredicate allowed, TopK top) {
    for (int place = from; place < to; place++) {
      int ordinal = segment.ordinal(place);
      if (ordinal >= 0 && !deleted.has(ordinal) && allowed.test(ordinal)) {
        top.offer(ordinal, score(segment, place));
      }
    }
  }

  private float score(Segment segment, int place) {
    return 0f - segment.absoluteDistance(codes, place, query);
  }
}
