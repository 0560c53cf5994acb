package dev.engram.internal.engine;

import dev.engram.Explanation;
import dev.engram.Recall;
import dev.engram.Recollection;
import dev.engram.RecordId;
import dev.engram.WhyNot;
import dev.engram.internal.engine.CandidateFinder.Candidates;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Searcher.Found;
import dev.engram.internal.engine.Searcher.Wanted;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.recall.Packing;
import dev.engram.internal.recall.Ranking.Ranked;
import dev.engram.internal.vector.VectorKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions to memory spaces: reads the question, gathers candidates from the views, looks
 * at them with their neighbours, ranks them, and, where a context is to be filled, chooses among
 * them. Thread-safe.
 */
final class Recaller {
  private final OpenStore store;
  private final Searcher searcher;
  private final Lookup lookup;
  private final QuestionReader reader;
  private final CandidateFinder finder;
  private final RecallRanker ranker;

  Recaller(OpenStore store) {
    this.store = store;
    this.searcher = store.searcher();
    this.lookup = searcher.lookup();
    this.reader = new QuestionReader(store);
    this.finder = new CandidateFinder(lookup);
    this.ranker = new RecallRanker(store, finder);
  }

  /** Reads a question, which may take a call of a model. */
  RecallQuestion question(CatalogEntry space, Recall recall) {
    return reader.read(space, recall);
  }

  /**
   * Answers a question.
   *
   * @param operation by which it can be said later whether that helped
   */
  List<Recollection> recall(RecallQuestion question, RecordId operation) {
    List<Hit> hits = hits(question, operation);
    return question.recall().tokens().isEmpty()
        ? hits.stream().map(Hit::recollection).toList()
        : packed(question, hits);
  }

  /** A recollection and the ordinal that it was read under. */
  private record Hit(Recollection recollection, int ordinal) {}

  private List<Hit> hits(RecallQuestion question, RecordId operation) {
    Recall recall = question.recall();
    CatalogEntry space = question.space();
    return searcher.steady(
        new Wanted(space, 0, recall.limit(), recall.filter(), question.itself().ids()),
        () -> find(question),
        (begun, found, ranked, stored) -> {
          Rivals rivals = new Rivals(begun, question);
          Recollection recollection =
              new Recollection(
                  new Memories(begun).memory(space, stored),
                  ranked.score(),
                  new Explanation(ranked.contributions(), found.notes()),
                  operation,
                  rivals.contradicting(stored),
                  rivals.superseding(stored));
          return new Hit(recollection, ranked.ordinal());
        });
  }

  private Found find(RecallQuestion question) {
    int limit = question.recall().limit() + Searcher.SPARE;
    Area area = area(question);
    Candidates candidates = finder.find(question, area, limit);
    return new Found(
        ranker.rank(question, area, candidates, limit), Optional.empty(), question.notes());
  }

  private Area area(RecallQuestion question) {
    Area area = lookup.area(question.space(), question.recall());
    return question.itself().isNobody() ? area : area.without(question.itself().ordinals());
  }

  private List<Recollection> packed(RecallQuestion question, List<Hit> hits) {
    Recall recall = question.recall();
    int[] ordinals = hits.stream().mapToInt(Hit::ordinal).toArray();
    List<float @Nullable []> vectors =
        store.vectorKind().originals(question.space().row()).vectors(ordinals);
    List<Packing.Item> items = new ArrayList<>(hits.size());
    for (int i = 0; i < hits.size(); i++) {
      Recollection hit = hits.get(i).recollection();
      String text = hit.memory().text();
      int tokens = (int) Math.ceil(text.length() / recall.charactersPerToken());
      float[] vector = vectors.get(i);
      float[] unit = vector == null ? null : VectorKernels.normalised(vector);
      items.add(new Packing.Item(hit.score(), tokens, text, unit));
    }
    int budget = recall.tokens().orElseThrow();
    return Packing.choose(items, budget, recall.limit()).stream()
        .map(i -> hits.get(i).recollection())
        .toList();
  }

  /** What kept a memory out of the answer. */
  WhyNot whyNot(RecallQuestion question, RecordId id) {
    try (Session now = store.session()) {
      Records records = new Records(now);
      Stored stored = records.load(question.space(), Records.idKey(question.space(), id));
      Absence absence =
          new Absence(id, hits(question, id).stream().map(Hit::recollection).toList());
      if (stored == null || !stored.row().visibleAt(now.tx().now())) {
        return absence.because(stored == null ? WhyNot.Verdict.NOT_THERE : WhyNot.Verdict.EXPIRED);
      }
      WhyNot.Verdict closed = kept(question, id, stored);
      return closed == null
          ? absence.ranked(question, scored(question, stored))
          : absence.because(closed);
    }
  }

  /** What keeps a memory out whatever its score; null for nothing. */
  private WhyNot.@Nullable Verdict kept(RecallQuestion question, RecordId id, Stored stored) {
    Recall recall = question.recall();
    if (question.itself().ids().contains(id)) {
      return WhyNot.Verdict.ITSELF;
    }
    boolean matches = recall.filter().map(f -> f.matches(stored.row().metadata())).orElse(true);
    if (!matches) {
      return WhyNot.Verdict.FILTERED;
    }
    if (!holds(recall, stored)) {
      return WhyNot.Verdict.NOT_HOLDING;
    }
    boolean within = area(question).allowed().allowed().test(stored.ordinal());
    return within ? null : WhyNot.Verdict.OUTSIDE_TIME;
  }

  private boolean holds(Recall recall, Stored stored) {
    return recall.anyValidity() || stored.row().times().holdsAt(lookup.moment(recall));
  }

  /** The score of a memory, exactly; null where no arm finds it. */
  private @Nullable Ranked scored(RecallQuestion question, Stored stored) {
    Chronicle chronicle = lookup.chronicle(question.space());
    int node = chronicle.reading(() -> chronicle.nodeAt(stored.ordinal()));
    if (node == Chronicle.NONE) {
      return null;
    }
    int limit = question.recall().limit() + Searcher.SPARE;
    Area area = area(question);
    Candidates candidates = finder.find(question, area, limit, node);
    return ranker.only(question, area, candidates, limit, node);
  }
}
