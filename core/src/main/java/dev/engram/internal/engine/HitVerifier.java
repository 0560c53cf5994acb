package dev.engram.internal.engine;

import dev.engram.CorruptStoreException;
import dev.engram.Explanation.Contribution;
import dev.engram.Metric;
import dev.engram.StaleViewException;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.recall.Ranking.Ranked;
import dev.engram.internal.text.AnalyzedText;
import dev.engram.internal.vector.VectorKernels;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Compares what the views answered with the records themselves. A view that answers otherwise is
 * rebuilt from the log. Works inside one transaction.
 */
final class HitVerifier {
  /** What single precision may differ by, as a share of the lengths of the vectors. */
  private static final double TOLERANCE = 1e-4;

  private final OpenStore store;
  private final CatalogEntry collection;
  private final Records records;
  private final VectorKernels kernels = VectorKernels.best();

  HitVerifier(OpenStore store, CatalogEntry collection, Session session) {
    this.store = store;
    this.collection = collection;
    this.records = new Records(session);
  }

  /**
   * Checks one hit.
   *
   * @param query the vector whose nearness was asked for
   * @throws StaleViewException where a view answered what the record does not say
   */
  void check(Ranked ranked, Stored stored, Optional<float[]> query) {
    for (Contribution part : ranked.contributions()) {
      if (part.arm().equals(Searcher.VECTOR) && part.raw() != 0 && query.isPresent()) {
        checkVector(stored, query.get(), part.raw());
      } else if (part.arm().equals(Searcher.TEXT) && part.raw() != 0) {
        checkText(stored);
      }
    }
  }

  private void checkVector(Stored stored, float[] query, double answered) {
    float[] vector = records.vector(stored);
    Metric metric = collection.descriptor().metric();
    if (vector == null || !isScore(metric, query, vector, answered)) {
      throw broken(VectorKind.NAME, stored);
    }
  }

  private boolean isScore(Metric metric, float[] query, float[] vector, double answered) {
    float[] asked = VectorKernels.compared(metric, query);
    float[] held = VectorKernels.compared(metric, vector);
    double score = kernels.score(metric, asked, held);
    double one = kernels.norm(asked);
    double other = kernels.norm(held);
    double allowed = TOLERANCE * (1 + (metric == Metric.DOT ? one * other : one + other));
    return score == answered || Math.abs(score - answered) <= allowed;
  }

  private void checkText(Stored stored) {
    String text = stored.row().text();
    OptionalLong indexed =
        store.text().hash(collection.number(), collection.epoch(), stored.ordinal());
    // It is gone from the index where it was replaced since the search.
    if (indexed.isPresent()
        && (text == null
            || indexed.getAsLong()
                != AnalyzedText.hash(text, collection.descriptor().language()))) {
      throw broken(TextView.NAME, stored);
    }
  }

  private StaleViewException broken(String view, Stored stored) {
    CorruptStoreException why =
        new CorruptStoreException(
            "a view answers what the log does not hold: view="
                + view
                + ", collection="
                + collection.descriptor().name()
                + ", ordinal="
                + stored.ordinal());
    store.views().fail(view, why);
    return new StaleViewException(why.getMessage() + "; it is rebuilt, try again later", why);
  }
}
