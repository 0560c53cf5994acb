package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The nearest centroid through groups beside the nearest of all. */
class CentroidGroupsTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final int DIMENSION = 64;
  private static final int VECTORS = 12_000;

  private final Random random = new Random(SEED);

  @Test
  void groupsFindTheNearestCentroidOrOneNearlyAsNear() {
    float[] rows = clustered();
    float[] centroids = KMeans.centroids(rows, DIMENSION, 1_500, new SplittableRandom(SEED), 2);
    Codebook book = new Codebook(1, VECTORS, DIMENSION, false, centroids);
    CentroidGroups groups = new CentroidGroups(book);
    Workspace work = new Workspace(DIMENSION);
    double found = 0;
    double best = 0;
    int same = 0;
    for (int i = 0; i < 1_000; i++) {
      System.arraycopy(rows, i * DIMENSION, work.query.rotated, 0, DIMENSION);
      work.query.quantise();
      int near = groups.nearest(work);
      int nearest = nearest(book, work.query.rotated);
      same += near == nearest ? 1 : 0;
      found += Math.sqrt(book.squaredDistance(work.query.rotated, near));
      best += Math.sqrt(book.squaredDistance(work.query.rotated, nearest));
    }
    assertTrue(same > 900, "same=" + same + ", seed=" + SEED);
    assertTrue(found < 1.02 * best, "found=" + found + ", best=" + best + ", seed=" + SEED);
  }

  private static int nearest(Codebook book, float[] query) {
    int nearest = 0;
    for (int i = 1; i < book.size(); i++) {
      if (book.squaredDistance(query, i) < book.squaredDistance(query, nearest)) {
        nearest = i;
      }
    }
    return nearest;
  }

  private float[] clustered() {
    float[] means = new float[100 * DIMENSION];
    for (int i = 0; i < means.length; i++) {
      means[i] = 2 * (float) random.nextGaussian();
    }
    float[] rows = new float[VECTORS * DIMENSION];
    for (int i = 0; i < VECTORS; i++) {
      int mean = random.nextInt(100);
      for (int j = 0; j < DIMENSION; j++) {
        rows[i * DIMENSION + j] = means[mean * DIMENSION + j] + (float) random.nextGaussian();
      }
    }
    return rows;
  }
}
