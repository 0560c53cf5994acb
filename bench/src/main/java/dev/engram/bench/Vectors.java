package dev.engram.bench;

import dev.engram.Metric;
import java.util.Arrays;
import org.apache.lucene.util.VectorUtil;

/**
 * Vectors to measure with, and queries that are not among them. Under the cosine all are scaled to
 * unit length, as the makers of all peers advise.
 *
 * @param base one vector an ordinal
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Vectors(String name, Metric metric, float[][] base, float[][] queries) {
  static final int QUERIES = 1_000;

  Vectors {
    if (metric == Metric.COSINE) {
      for (float[] vector : base) {
        VectorUtil.l2normalize(vector, false);
      }
      for (float[] query : queries) {
        VectorUtil.l2normalize(query, false);
      }
    }
  }

  /** Takes the last thousand rows as queries. */
  static Vectors split(String name, Metric metric, float[][] rows) {
    int base = rows.length - QUERIES;
    return new Vectors(
        name, metric, Arrays.copyOf(rows, base), Arrays.copyOfRange(rows, base, rows.length));
  }

  /** The same with fewer queries. */
  Vectors asking(int most) {
    float[][] some = Arrays.copyOf(queries, Math.min(most, queries.length));
    return new Vectors(name, metric, base, some);
  }

  int dimension() {
    return base[0].length;
  }

  int count() {
    return base.length;
  }
}
