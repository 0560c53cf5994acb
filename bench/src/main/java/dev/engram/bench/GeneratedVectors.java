package dev.engram.bench;

import dev.engram.Metric;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.lucene.util.VectorUtil;

/** Clustered vectors near a space of few dimensions, as those of texts are; of unit length. */
final class GeneratedVectors {
  private static final int CLUSTERS = 500;
  private static final int RANK = 24;
  private static final float WITHIN_CLUSTER = .6f;
  private static final float OFF_SPACE = .3f;

  private final int dimension;
  private final float[][] basis;
  private final Random random;

  private GeneratedVectors(int dimension, float[][] basis, Random random) {
    this.dimension = dimension;
    this.basis = basis;
    this.random = random;
  }

  /**
   * Vectors and queries, the same for the same seed.
   *
   * @param foreign whether the queries come from clusters of their own in the same space
   */
  static Vectors of(int count, int dimension, Metric metric, boolean foreign, long seed) {
    Random shape = new Random(seed);
    float[][] basis = gaussians(RANK, dimension, shape);
    float[][] centres = gaussians(CLUSTERS, RANK, shape);
    GeneratedVectors source = new GeneratedVectors(dimension, basis, new Random(seed + 1));
    float[][] base = source.rows(count, centres);
    float[][] asked = foreign ? gaussians(CLUSTERS, RANK, shape) : centres;
    return new Vectors(
        "generated " + count + " x " + dimension + (foreign ? ", foreign queries" : ""),
        metric,
        base,
        source.rows(Vectors.QUERIES, asked));
  }

  /** A source of such vectors that goes on for ever. */
  static Supplier<float[]> endless(int dimension, long seed) {
    Random shape = new Random(seed);
    float[][] basis = gaussians(RANK, dimension, shape);
    float[][] centres = gaussians(CLUSTERS, RANK, shape);
    GeneratedVectors source = new GeneratedVectors(dimension, basis, new Random(seed + 1));
    return () -> source.rows(1, centres)[0];
  }

  private float[][] rows(int count, float[][] centres) {
    float[][] rows = new float[count][dimension];
    for (float[] row : rows) {
      fill(row, centres[random.nextInt(centres.length)]);
    }
    return rows;
  }

  private void fill(float[] row, float[] centre) {
    for (int r = 0; r < RANK; r++) {
      float along = centre[r] + WITHIN_CLUSTER * (float) random.nextGaussian();
      for (int j = 0; j < dimension; j++) {
        row[j] += along * basis[r][j];
      }
    }
    for (int j = 0; j < dimension; j++) {
      row[j] += OFF_SPACE * (float) random.nextGaussian();
    }
    VectorUtil.l2normalize(row);
  }

  private static float[][] gaussians(int count, int dimension, Random random) {
    float[][] rows = new float[count][dimension];
    for (float[] row : rows) {
      for (int j = 0; j < dimension; j++) {
        row[j] = (float) random.nextGaussian();
      }
    }
    return rows;
  }
}
