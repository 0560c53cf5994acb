package dev.engram.internal.vector;

import dev.engram.Metric;
import dev.engram.Quantization;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReviewRecallTest {
  static final class Given implements Originals {
    final float[][] rows;
    final boolean[] gone;
    int most;

    Given(float[][] rows) {
      this.rows = rows;
      this.gone = new boolean[rows.length];
    }

    @Override
    public synchronized List<float @Nullable []> vectors(int[] ordinals) {
      most = Math.max(most, ordinals.length);
      List<float @Nullable []> found = new ArrayList<>();
      for (int o : ordinals) {
        found.add(gone[o] ? null : rows[o]);
      }
      return found;
    }
  }

  static PartitionedVectorIndex build(
      float[][] rows, Given given, Metric metric, Quantization q, int flatLimit, FlatVectorIndex exact) {
    PartitionedVectorIndex index =
        new PartitionedVectorIndex(
            rows[0].length, metric, () -> q, SegmentStore.inMemory(), given, 2, flatLimit);
    for (int i = 0; i < rows.length; i++) {
      index.put(i, rows[i]);
      exact.put(i, rows[i]);
      if (index.isFull()) {
        index.flush(false);
        index.improve(false);
      }
    }
    index.flush(true);
    index.improve(true);
    return index;
  }

  /** share of hits whose exact score is at least the worst true. */
  static double recall(
      PartitionedVectorIndex index, FlatVectorIndex exact, float[][] queries, int k, double recall) {
    int found = 0;
    int wanted = 0;
    for (float[] query : queries) {
      Hits truth = exact.search(query, k, Selection.ALL, 1);
      Hits hits = index.search(query, k, Selection.ALL, recall);
      float worst = truth.scores()[truth.size() - 1];
      wanted += truth.size();
      java.util.Set<Integer> set = new java.util.HashSet<>();
      for (int o : truth.ordinals()) {
        set.add(o);
      }
      for (int i = 0; i < hits.size(); i++) {
        if (set.contains(hits.ordinals()[i]) || hits.scores()[i] >= worst) {
          found++;
        }
      }
    }
    return (double) found / wanted;
  }

  static float[] gauss(int d, Random r, float s) {
    float[] v = new float[d];
    for (int j = 0; j < d; j++) {
      v[j] = s * (float) r.nextGaussian();
    }
    return v;
  }

  static float[] plus(float[] a, float[] b) {
    float[] v = a.clone();
    for (int j = 0; j < v.length; j++) {
      v[j] += b[j];
    }
    return v;
  }

  static void report(String what, PartitionedVectorIndex index, FlatVectorIndex exact, float[][] queries) {
    double approx = recall(index, exact, queries, 10, .95);
    double all = recall(index, exact, queries, 10, 1);
    var info = index.info(.95);
    System.out.printf(
        "REVIEW %-60s recall=%.3f exact=%.3f measured=%.3f probes=%d/%d%n",
        what, approx, all, info.measuredRecall(), info.probes(), info.partitions());
  }

  @Test
  void narrowCone() {
    int d = Integer.getInteger("d", 128);
    int n = 30_000;
    for (Metric metric : new Metric[] {Metric.COSINE, Metric.DOT, Metric.EUCLIDEAN}) {
      for (float ratio : new float[] {1f, .3f, .1f, .03f, .01f, .003f}) {
        Random r = new Random(5);
        float[] m = gauss(d, r, 1);
        float[][] centres = new float[60][];
        for (int i = 0; i < centres.length; i++) centres[i] = gauss(d, r, ratio);
        float[][] rows = new float[n][];
        for (int i = 0; i < n; i++) {
          rows[i] = plus(plus(m, centres[r.nextInt(60)]), gauss(d, r, .4f * ratio));
        }
        float[][] queries = new float[100][];
        for (int i = 0; i < 100; i++) {
          queries[i] = plus(rows[r.nextInt(n)], gauss(d, r, .1f * ratio));
        }
        Given given = new Given(rows);
        FlatVectorIndex exact = new FlatVectorIndex(d, metric);
        PartitionedVectorIndex index = build(rows, given, metric, Quantization.BITS_8, 8192, exact);
        report("cone " + metric + " d=" + d + " ratio=" + ratio, index, exact, queries);
      }
    }
  }

  @Test
  void tightClusters() {
    int d = Integer.getInteger("d", 128);
    int n = 30_000;
    for (Metric metric : new Metric[] {Metric.COSINE, Metric.EUCLIDEAN}) {
      for (int clusters : new int[] {60, 300}) {
        for (float ratio : new float[] {.3f, .1f, .03f, .01f, .001f}) {
          Random r = new Random(5);
          float[][] centres = new float[clusters][];
          for (int i = 0; i < centres.length; i++) centres[i] = gauss(d, r, 1);
          float[][] rows = new float[n][];
          for (int i = 0; i < n; i++) {
            rows[i] = plus(centres[r.nextInt(clusters)], gauss(d, r, ratio));
          }
          float[][] queries = new float[100][];
          for (int i = 0; i < 100; i++) {
            queries[i] = plus(rows[r.nextInt(n)], gauss(d, r, .1f * ratio));
          }
          Given given = new Given(rows);
          FlatVectorIndex exact = new FlatVectorIndex(d, metric);
          PartitionedVectorIndex index = build(rows, given, metric, Quantization.BITS_8, 8192, exact);
          report("tight " + metric + " clusters=" + clusters + " ratio=" + ratio, index, exact, queries);
        }
      }
    }
  }

  @Test
  void exactFarTight() {
    for (Metric metric : new Metric[] {Metric.EUCLIDEAN, Metric.COSINE, Metric.DOT}) {
      for (float far : new float[] {10, 1e3f, 1e5f, 1e7f}) {
        for (float tight : new float[] {1e-1f, 1e-2f, 1e-3f}) {
          for (Quantization q : new Quantization[] {Quantization.BITS_8, Quantization.BITS_2, Quantization.NONE}) {
            Random r = new Random(7);
            int d = 32;
            float[][] centres = new float[40][];
            for (int i = 0; i < 40; i++) centres[i] = gauss(d, r, far);
            float[][] rows = new float[12_000][];
            for (int i = 0; i < rows.length; i++) {
              rows[i] = plus(centres[r.nextInt(40)], gauss(d, r, tight));
            }
            float[][] queries = new float[60][];
            for (int i = 0; i < 60; i++) {
              queries[i] = plus(rows[r.nextInt(rows.length)], gauss(d, r, 1));
            }
            FlatVectorIndex exact = new FlatVectorIndex(d, metric);
            PartitionedVectorIndex index = build(rows, new Given(rows), metric, q, 2_000, exact);
            double e = recall(index, exact, queries, 10, 1);
            if (e < 1) {
              System.out.printf("REVIEW exact %s far=%g tight=%g %s exact=%.4f%n", metric, far, tight, q, e);
            }
          }
        }
      }
    }
  }

  @Test
  void scales() {
    for (Metric metric : new Metric[] {Metric.DOT, Metric.EUCLIDEAN, Metric.COSINE, Metric.MANHATTAN}) {
      for (Quantization q : Quantization.values()) {
        for (float scale : new float[] {1e-30f, 1e-24f, 1e-23f, 1e-22f, 3e-22f, 1e-21f, 1e-20f, 1e-18f, 1e-15f, 1e-10f, 1f, 1e7f}) {
          Random r = new Random(7);
          int d = 32;
          float[][] rows = new float[9_000][];
          for (int i = 0; i < rows.length; i++) rows[i] = plus(gauss(d, r, scale), gauss(d, r, .3f * scale));
          for (boolean same : new boolean[] {true, false}) {
            float[][] queries = new float[40][];
            for (int i = 0; i < 40; i++) queries[i] = gauss(d, r, same ? scale : 1);
            FlatVectorIndex exact = new FlatVectorIndex(d, metric);
            PartitionedVectorIndex index = build(rows, new Given(rows), metric, q, 2_000, exact);
            double a = recall(index, exact, queries, 10, .95);
            double e = recall(index, exact, queries, 10, 1);
            if (e < 1 || a < .9) {
              System.out.printf("REVIEW scale %s %s scale=%g sameQ=%s approx=%.3f exact=%.4f%n", metric, q, scale, same, a, e);
            }
          }
        }
      }
    }
  }

  @Test
  void dimensions() {
    for (Metric metric : Metric.values()) {
      for (Quantization q : Quantization.values()) {
        for (int d : new int[] {1, 2, 3, 63, 64, 65, 96, 200}) {
          Random r = new Random(9);
          float[][] rows = new float[9_000][];
          for (int i = 0; i < rows.length; i++) rows[i] = gauss(d, r, 1);
          float[][] queries = new float[40][];
          for (int i = 0; i < 40; i++) queries[i] = gauss(d, r, 1);
          FlatVectorIndex exact = new FlatVectorIndex(d, metric);
          Given given = new Given(rows);
          PartitionedVectorIndex index = build(rows, given, metric, q, 2_000, exact);
          double a = recall(index, exact, queries, 10, .95);
          double e = recall(index, exact, queries, 10, 1);
          int self = 0;
          if (metric != Metric.DOT) {
            for (int i = 0; i < 9000; i += 9) {
              Hits h = index.search(rows[i], 1, Selection.ALL, .95);
              Hits t = exact.search(rows[i], 1, Selection.ALL, 1);
              self += h.size() == 1 && h.scores()[0] >= t.scores()[0] - 1e-6 ? 0 : 1;
            }
          }
          int all = index.search(queries[0], 1_000_000, Selection.ALL, .95).size();
          for (int i = 0; i < 9000; i += 2) { index.remove(i); exact.remove(i); given.gone[i] = true; }
          double e2 = recall(index, exact, queries, 10, 1);
          double a2 = recall(index, exact, queries, 10, .95);
          index.flush(true); index.improve(true);
          double e3 = recall(index, exact, queries, 10, 1);
          double a3 = recall(index, exact, queries, 10, .95);
          int left = index.search(queries[0], 1_000_000, Selection.ALL, .95).size();
          boolean odd = a < .93 || e < 1 || self > 0 || all != 9000 || e2 < 1 || e3 < 1 || a2 < .93 || a3 < .93 || left != 4500;
          if (odd) {
            System.out.printf("REVIEW dim %s %s d=%d a=%.3f e=%.3f self missed=%d all=%d a2=%.3f e2=%.3f a3=%.3f e3=%.3f left=%d%n",
              metric, q, d, a, e, self, all, a2, e2, a3, e3, left);
          }
        }
      }
    }
  }

  @Test
  void large8192() {
    for (Metric metric : Metric.values()) {
      for (Quantization q : Quantization.values()) {
        Random r = new Random(9);
        int d = 8192;
        float[][] rows = new float[2_300][];
        for (int i = 0; i < rows.length; i++) rows[i] = gauss(d, r, 1);
        float[][] queries = new float[10][];
        for (int i = 0; i < 10; i++) queries[i] = plus(rows[i * 7], gauss(d, r, 1));
        FlatVectorIndex exact = new FlatVectorIndex(d, metric);
        PartitionedVectorIndex index = build(rows, new Given(rows), metric, q, 1_000, exact);
        report("8192 " + metric + " " + q, index, exact, queries);
      }
    }
  }

  @Test
  void neverShrinks() {
    Random r = new Random(9);
    int d = 16;
    int n = 60_000;
    float[][] rows = new float[n][];
    for (int i = 0; i < n; i++) rows[i] = gauss(d, r, 1);
    Given given = new Given(rows);
    FlatVectorIndex exact = new FlatVectorIndex(d, Metric.EUCLIDEAN);
    PartitionedVectorIndex index = build(rows, given, Metric.EUCLIDEAN, Quantization.BITS_8, 8192, exact);
    System.out.println("REVIEW shrink before " + index.info(.95) + " bytes=" + index.bytes());
    for (int i = 0; i < n; i++) {
      if (i % 100 != 0) {
        index.remove(i);
        given.gone[i] = true;
      }
    }
    for (int i = 0; i < 20; i++) {
      index.flush(true);
      index.improve(true);
    }
    System.out.println("REVIEW shrink after " + index.info(.95) + " bytes=" + index.bytes());
  }

  @Test
  void splitReadsAll() {
    Random r = new Random(9);
    int d = 16;
    float[][] rows = new float[60_000][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = gauss(d, r, i < 20_000 ? 1 : .5f);
      if (i >= 20_000) rows[i][3] += 12;
    }
    Given given = new Given(rows);
    PartitionedVectorIndex index =
        new PartitionedVectorIndex(d, Metric.EUCLIDEAN, () -> Quantization.BITS_4, SegmentStore.inMemory(), given, 2, 8192);
    for (int i = 0; i < 20_000; i++) { index.put(i, rows[i]); if (index.isFull()) { index.flush(false); } }
    index.flush(true); index.improve(true);
    given.most = 0;
    for (int i = 20_000; i < rows.length; i++) { index.put(i, rows[i]); if (index.isFull()) { index.flush(false); } }
    index.flush(true); index.improve(true);
    System.out.println("REVIEW split: most vectors read at once=" + given.most + " " + index.info(.95));
  }

  /** Vectors near a sheet of few dimensions, k small. */
  @Test
  void fewNeighboursWanted() {
    for (Quantization q : Quantization.values()) {
      for (int intrinsic : new int[] {1, 2, 3, 5}) {
        for (int d : new int[] {2, 16, 128}) {
          if (intrinsic > d) continue;
          Random r = new Random(9);
          float[][] basis = new float[intrinsic][];
          for (int i = 0; i < intrinsic; i++) basis[i] = gauss(d, r, 1);
          int n = 30_000;
          float[][] rows = new float[n][];
          for (int i = 0; i < n; i++) {
            float[] v = new float[d];
            for (float[] b : basis) {
              float t = (float) r.nextGaussian();
              for (int j = 0; j < d; j++) v[j] += t * b[j];
            }
            rows[i] = v;
          }
          FlatVectorIndex exact = new FlatVectorIndex(d, Metric.EUCLIDEAN);
          PartitionedVectorIndex index = build(rows, new Given(rows), Metric.EUCLIDEAN, q, 8192, exact);
          StringBuilder out = new StringBuilder();
          for (int k : new int[] {1, 3, 10, 100}) {
            int found = 0, wanted = 0;
            for (int i = 0; i < 300; i++) {
              float[] query = rows[r.nextInt(n)];
              Hits truth = exact.search(query, k, Selection.ALL, 1);
              Hits hits = index.search(query, k, Selection.ALL, .95);
              float worst = truth.scores()[k - 1];
              wanted += k;
              for (float score : hits.scores()) found += score >= worst ? 1 : 0;
            }
            out.append(String.format(" @%d=%.3f", k, (double) found / wanted));
          }
          System.out.printf("REVIEW few %s d=%d intrinsic=%d%s measured=%.3f%n", q, d, intrinsic, out, index.info(.95).measuredRecall());
        }
      }
    }
  }

  private static String recalls(PartitionedVectorIndex index, FlatVectorIndex exact, float[][] queries, int... ks) {
    StringBuilder out = new StringBuilder();
    for (int k : ks) {
      int found = 0, wanted = 0;
      for (float[] query : queries) {
        Hits truth = exact.search(query, k, Selection.ALL, 1);
        Hits hits = index.search(query, k, Selection.ALL, .95);
        float worst = truth.scores()[k - 1];
        wanted += k;
        for (float score : hits.scores()) found += score >= worst - 2e-7f * Math.abs(worst) ? 1 : 0;
      }
      out.append(String.format(" @%d=%.3f", k, (double) found / wanted));
    }
    return out.toString();
  }

  @Test
  void nearDuplicates() {
    int d = 256;
    int n = 30_000;
    for (Metric metric : new Metric[] {Metric.COSINE, Metric.EUCLIDEAN}) {
      for (float noise : new float[] {.1f, .03f, .01f}) {
        for (Quantization q : Quantization.values()) {
          Random r = new Random(5);
          float[][] centres = new float[n / 40][];
          for (int i = 0; i < centres.length; i++) centres[i] = gauss(d, r, 1);
          float[][] rows = new float[n][];
          for (int i = 0; i < n; i++) rows[i] = plus(centres[r.nextInt(centres.length)], gauss(d, r, noise));
          float[][] queries = new float[150][];
          for (int i = 0; i < 150; i++) queries[i] = rows[r.nextInt(n)];
          FlatVectorIndex exact = new FlatVectorIndex(d, metric);
          PartitionedVectorIndex index = build(rows, new Given(rows), metric, q, 8192, exact);
          System.out.printf("REVIEW dups %s noise=%.2f %s%s measured=%.3f%n", metric, noise, q,
              recalls(index, exact, queries, 1, 3, 10, 30), index.info(.95).measuredRecall());
        }
      }
    }
  }

  @Test
  void manyWanted() {
    int n = 60_000;
    for (int d : new int[] {8, 32, 128}) {
      for (boolean clustered : new boolean[] {false, true}) {
        Random r = new Random(5);
        float[][] centres = new float[60][];
        for (int i = 0; i < 60; i++) centres[i] = gauss(d, r, clustered ? 1 : 0);
        float[][] rows = new float[n][];
        for (int i = 0; i < n; i++) rows[i] = plus(centres[r.nextInt(60)], gauss(d, r, clustered ? .4f : 1));
        float[][] queries = new float[60][];
        for (int i = 0; i < 60; i++) queries[i] = plus(rows[r.nextInt(n)], gauss(d, r, .1f));
        FlatVectorIndex exact = new FlatVectorIndex(d, Metric.EUCLIDEAN);
        PartitionedVectorIndex index = build(rows, new Given(rows), Metric.EUCLIDEAN, Quantization.BITS_8, 8192, exact);
        var info = index.info(.95);
        System.out.printf("REVIEW many d=%d clustered=%s%s measured=%.3f probes=%d/%d%n", d, clustered,
            recalls(index, exact, queries, 10, 100, 300, 1000, 5000), info.measuredRecall(), info.probes(), info.partitions());
      }
    }
  }

  /** Under DOT a query's length changes no order. */
  @Test
  void shortQueriesUnderDot() {
    int n = 30_000;
    int d = 64;
    Random r = new Random(5);
    float[][] centres = new float[60][];
    for (int i = 0; i < 60; i++) centres[i] = gauss(d, r, 1);
    float[][] rows = new float[n][];
    for (int i = 0; i < n; i++) rows[i] = plus(centres[r.nextInt(60)], gauss(d, r, .4f));
    FlatVectorIndex exact = new FlatVectorIndex(d, Metric.DOT);
    for (Quantization q : new Quantization[] {Quantization.BITS_8, Quantization.BITS_4}) {
      PartitionedVectorIndex index = build(rows, new Given(rows), Metric.DOT, q, 8192, exact);
      for (float length : new float[] {100, 10, 3, 1, .3f, .1f, .03f, .01f, .001f}) {
        float[][] queries = new float[150][];
        Random again = new Random(6);
        for (int i = 0; i < queries.length; i++) {
          queries[i] = plus(rows[again.nextInt(n)], gauss(d, again, .3f));
          for (int j = 0; j < d; j++) queries[i][j] *= length;
        }
        System.out.printf("REVIEW short %s query length x%g%s measured=%.3f%n", q, length,
            recalls(index, exact, queries, 1, 10, 100), index.info(.95).measuredRecall());
      }
    }
  }

  /** What a search for the scores of three known ordinals costs, as hybrid searches by weights do. */
  @Test
  void exactOfAFew() {
    int n = 200_000;
    int d = 64;
    Random r = new Random(5);
    float[][] rows = new float[n][];
    for (int i = 0; i < n; i++) rows[i] = gauss(d, r, 1);
    PartitionedVectorIndex index =
        new PartitionedVectorIndex(d, Metric.COSINE, () -> Quantization.BITS_8, SegmentStore.inMemory(), new Given(rows), 2);
    index.fill(n);
    for (int i = 0; i < n; i++) { index.put(i, rows[i]); if (index.isFull()) index.flush(false); }
    index.filled();
    int[] some = {5, 77, 100_000};
    Selection few = new Selection(o -> o == 5 || o == 77 || o == 100_000, 3, () -> some);
    for (double recall : new double[] {.95, 1, .95, 1, .95, 1}) {
      SearchTrace trace = new SearchTrace();
      long began = System.nanoTime();
      for (int i = 0; i < 50; i++) index.search(rows[i], VectorIndex.Request.best(3, few, recall), trace);
      System.out.printf("REVIEW few selected, recall=%.2f: %.1f us each, plan=%s scanned=%d%n", recall, (System.nanoTime() - began) / 50e3, trace.plan(), trace.scanned() / 50);
    }
  }
}
