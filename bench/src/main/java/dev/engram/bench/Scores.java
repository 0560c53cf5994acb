package dev.engram.bench;

import dev.engram.Metric;
import org.apache.lucene.util.VectorUtil;

/** What a metric says of two vectors, larger is nearer. Computed by Lucene's kernels. */
enum Scores {
  DOT {
    @Override
    float of(float[] query, float[] vector) {
      return VectorUtil.dotProduct(query, vector);
    }
  },
  DISTANCE {
    @Override
    float of(float[] query, float[] vector) {
      return -VectorUtil.squareDistance(query, vector);
    }
  };

  abstract float of(float[] query, float[] vector);

  /** Vectors under the cosine are of unit length here, so that it is their dot product. */
  static Scores of(Metric metric) {
    return metric == Metric.EUCLIDEAN ? DISTANCE : DOT;
  }
}
