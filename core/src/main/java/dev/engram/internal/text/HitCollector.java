package dev.engram.internal.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.LeafCollector;
import org.apache.lucene.search.Scorable;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the best allowed hits: higher score first, then lower ordinal. Tells the scorer the score
 * below which nothing can win; a document of just that score is still seen, because its ordinal may
 * be lower. One thread, one search.
 */
final class HitCollector implements LeafCollector {
  private static final Comparator<TextHit> WORST_FIRST =
      Comparator.comparingDouble(TextHit::score)
          .thenComparing(Comparator.comparingInt(TextHit::ordinal).reversed());

  private final int limit;
  private final IntPredicate allowed;
  private final boolean prunes;
  private final PriorityQueue<TextHit> best = new PriorityQueue<>(WORST_FIRST);
  private @Nullable NumericDocValues ordinals;
  private @Nullable Scorable scorer;

  HitCollector(int limit, IntPredicate allowed, boolean prunes) {
    this.limit = limit;
    this.allowed = allowed;
    this.prunes = prunes;
  }

  void enter(LeafReaderContext leaf) throws IOException {
    ordinals = leaf.reader().getNumericDocValues(TextLayout.ORDINAL);
  }

  @Override
  public void setScorer(Scorable leafScorer) throws IOException {
    scorer = leafScorer;
    announceThreshold();
  }

  @Override
  public void collect(int doc) throws IOException {
    Scorable current = scorer;
    NumericDocValues values = ordinals;
    if (current == null || values == null || !values.advanceExact(doc)) {
      throw new IllegalStateException("document without an ordinal");
    }
    float score = current.score();
    TextHit worst = best.size() < limit ? null : best.peek();
    if (worst != null && score < worst.score()) {
      return;
    }
    int ordinal = (int) values.longValue();
    if (worst != null && score == worst.score() && ordinal > worst.ordinal()) {
      return;
    }
    if (allows(ordinal)) {
      add(new TextHit(ordinal, score));
    }
  }

  private boolean allows(int ordinal) {
    try {
      return allowed.test(ordinal);
    } catch (RuntimeException | Error e) {
      throw new CallerFailure(e);
    }
  }

  private void add(TextHit hit) throws IOException {
    best.add(hit);
    if (best.size() > limit) {
      best.remove();
    }
    announceThreshold();
  }

  private void announceThreshold() throws IOException {
    TextHit worst = prunes && best.size() == limit ? best.peek() : null;
    if (worst != null && scorer != null) {
      scorer.setMinCompetitiveScore(worst.score());
    }
  }

  List<TextHit> hits() {
    List<TextHit> hits = new ArrayList<>(best);
    hits.sort(WORST_FIRST.reversed());
    return hits;
  }
}
