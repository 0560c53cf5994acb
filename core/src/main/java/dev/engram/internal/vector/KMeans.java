package dev.engram.internal.vector;

import dev.engram.internal.parallel.Parallel;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * Finds centroids: Lloyd's algorithm, in two levels where many are wanted, so that the work grows
 * with n·√k and not with n·k. Static functions only.
 */
final class KMeans {
  /** Up to so many centroids are found in one level. */
  private static final int ONE_LEVEL = 48;

  private static final int ROUNDS = 4;

  /** Rows for each centroid of the first of two levels. */
  private static final int COARSE_ROWS = 256;

  private KMeans() {}

  /**
   * Centroids of some rows, fewer than wanted where the rows are few.
   *
   * @param rows one after the other
   * @param dimension components of a row
   * @param wanted centroids, at least 1
   * @param threads at most
   * @return centroids, one after the other
   */
  static float[] centroids(
      float[] rows, int dimension, int wanted, SplittableRandom random, int threads) {
    int count = rows.length / dimension;
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    Work work = new Work(rows, dimension, threads);
    if (wanted <= ONE_LEVEL) {
      return work.lloyd(all, wanted, random, threads);
    }
    int parts = (int) Math.sqrt(wanted);
    int[] some = all;
    if (count > COARSE_ROWS * parts) {
      some = new int[COARSE_ROWS * parts];
      double step = (double) count / some.length;
      Arrays.setAll(some, i -> (int) (i * step));
    }
    float[] coarse = work.lloyd(some, parts, random, threads);
    return work.refine(all, coarse, wanted, random);
  }

  /** The rows at work. */
  private static final class Work {
    private final float[] rows;
    private final int dimension;
    private final int threads;
    private final VectorKernels kernels = VectorKernels.best();

    Work(float[] rows, int dimension, int threads) {
      this.rows = rows;
      this.dimension = dimension;
      this.threads = threads;
    }

    /** Splits each coarse partition into a share of the centroids that goes by its size. */
    float[] refine(int[] members, float[] coarse, int wanted, SplittableRandom random) {
      int parts = coarse.length / dimension;
      int[] owner = new int[members.length];
      double _ = assign(members, coarse, owner, threads);
      SplittableRandom[] randoms = new SplittableRandom[parts];
      Arrays.setAll(randoms, part -> random.split());
      float[][] found = new float[parts][];
      Parallel.each(
          parts,
          1,
          threads,
          (part, _) -> {
            int[] own = membersOf(members, owner, part);
            int share = Math.max(1, Math.round((float) wanted * own.length / members.length));
            found[part] = own.length == 0 ? new float[0] : lloyd(own, share, randoms[part], 1);
          });
      return Samples.joined(Arrays.asList(found));
    }

    float[] lloyd(int[] members, int wanted, SplittableRandom random, int workers) {
      int k = Math.min(wanted, members.length);
      float[] centroids = seeds(members, k, random);
      int[] owner = new int[members.length];
      double before = Double.POSITIVE_INFINITY;
      for (int round = 0; round < ROUNDS; round++) {
        double error = assign(members, centroids, owner, workers);
        if ((k == 1 && round > 0) || error >= before * .9999) {
          break;
        }
        before = error;
        centroids = means(members, owner, centroids, random);
      }
      return centroids;
    }

    private float[] seeds(int[] members, int k, SplittableRandom random) {
      int[] shuffled = members.clone();
      float[] centroids = new float[k * dimension];
      for (int i = 0; i < k; i++) {
        int other = i + random.nextInt(shuffled.length - i);
        int chosen = shuffled[other];
        shuffled[other] = shuffled[i];
        System.arraycopy(rows, chosen * dimension, centroids, i * dimension, dimension);
      }
      return centroids;
    }

    /** Finds the nearest centroid of each member; returns the sum of squared distances, about. */
    private double assign(int[] members, float[] centroids, int[] owner, int workers) {
      DoubleAdder error = new DoubleAdder();
      Parallel.each(
          members.length,
          SegmentWriter.ROWS,
          workers,
          (from, to) -> error.add(assign(members, from, to, centroids, owner)));
      return error.sum();
    }

    private double assign(int[] members, int from, int to, float[] centroids, int[] owner) {
      double error = 0;
      int k = centroids.length / dimension;
      for (int i = from; i < to; i++) {
        float least = Float.POSITIVE_INFINITY;
        for (int c = 0; c < k; c++) {
          float distance =
              kernels.squaredDistance(
                  rows, members[i] * dimension, centroids, c * dimension, dimension);
          if (distance < least) {
            least = distance;
            owner[i] = c;
          }
        }
        error += least;
      }
      return error;
    }

    /** The mean of each partition; an empty one starts anew at a random member. */
    private float[] means(int[] members, int[] owner, float[] old, SplittableRandom random) {
      int k = old.length / dimension;
      float[] sums = new float[old.length];
      int[] sizes = new int[k];
      for (int i = 0; i < members.length; i++) {
        sizes[owner[i]]++;
        int to = owner[i] * dimension;
        int from = members[i] * dimension;
        for (int j = 0; j < dimension; j++) {
          sums[to + j] += rows[from + j];
        }
      }
      for (int c = 0; c < k; c++) {
        if (sizes[c] == 0) {
          int chosen = members[random.nextInt(members.length)];
          System.arraycopy(rows, chosen * dimension, sums, c * dimension, dimension);
        } else {
          for (int j = c * dimension; j < (c + 1) * dimension; j++) {
            sums[j] /= sizes[c];
          }
        }
      }
      return sums;
    }

    private static int[] membersOf(int[] members, int[] owner, int part) {
      int[] own = new int[members.length];
      int size = 0;
      for (int i = 0; i < members.length; i++) {
        if (owner[i] == part) {
          own[size++] = members[i];
        }
      }
      return Arrays.copyOf(own, size);
    }
  }
}
