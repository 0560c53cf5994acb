package dev.engram.internal.text;

import java.util.Map;
import org.apache.lucene.index.FieldInvertState;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.TermStatistics;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.util.BytesRef;

/**
 * BM25 on an absolute scale: weight · tf / (tf + k1 · (1 − b + b · length / average)), where the
 * weight of a term is its idf over the information of the whole question. Norms are exact lengths.
 * Immutable.
 */
final class ShareSimilarity extends Similarity {
  private final Map<BytesRef, Double> weights;
  private final double flat;
  private final double perLength;

  ShareSimilarity(Map<BytesRef, Double> weights, double flat, double perLength) {
    this.weights = weights;
    this.flat = flat;
    this.perLength = perLength;
  }

  /** The similarity of the writer: it only computes norms. */
  static ShareSimilarity forWriting() {
    return new ShareSimilarity(Map.of(), 0, 0);
  }

  @Override
  public long computeNorm(FieldInvertState state) {
    return state.getLength();
  }

  @Override
  public SimScorer scorer(
      float boost, CollectionStatistics collection, TermStatistics... statistics) {
    double weight = weights.getOrDefault(statistics[0].term(), 0.0);
    return new SimScorer() {
      @Override
      public float score(float tf, long length) {
        return (float) share(weight, tf, length);
      }
    };
  }

  /**
   * The contribution of one term. Written so that rounding keeps it monotonic in both arguments, on
   * which the skipping of documents that cannot win relies.
   */
  double share(double weight, double tf, long length) {
    return weight - weight / (1 + tf / (flat + perLength * length));
  }
}
