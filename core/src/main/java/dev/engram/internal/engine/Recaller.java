package dev.engram.internal.engine;

import dev.engram.Explanation;
import dev.engram.Recall;
import dev.engram.Recollection;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.engine.Searcher.Found;
import dev.engram.internal.engine.Searcher.Wanted;
import dev.engram.internal.recall.Ranking.Ranked;
import java.util.List;
import java.util.Set;

/**
 * Answers questions to memory spaces: reads the question, gathers candidates from the views, looks
 * at them with their neighbours, and ranks them. Thread-safe.
 */
final class Recaller {
  private final Searcher searcher;
  private final QuestionReader reader;
  private final CandidateFinder finder;
  private final RecallRanker ranker;
  private final Lookup lookup;

  Recaller(OpenStore store) {
    this.searcher = store.searcher();
    this.lookup = searcher.lookup();
    this.reader = new QuestionReader(lookup, new QuestionEmbedder(store));
    this.finder = new CandidateFinder(lookup);
    this.ranker = new RecallRanker(store);
  }

  /** Reads a question, which may take a call of a model. */
  RecallQuestion question(CatalogEntry space, Recall recall) {
    return reader.read(space, recall);
  }

  List<Recollection> recall(RecallQuestion question) {
    Recall recall = question.recall();
    CatalogEntry space = question.space();
    Wanted wanted = new Wanted(space, 0, recall.limit(), recall.filter(), Set.of());
    return searcher.steady(
        wanted,
        () -> find(question),
        (begun, found, ranked, stored) ->
            new Recollection(
                new Memories(begun).memory(space, stored),
                ranked.score(),
                new Explanation(ranked.contributions(), found.notes())));
  }

  private Found find(RecallQuestion question) {
    Area area = lookup.area(question.space(), question.recall());
    int limit = question.recall().limit() + Searcher.SPARE;
    List<Ranked> ranked = ranker.rank(question, finder.find(question, area, limit), limit);
    return new Found(ranked, question.notes());
  }
}
