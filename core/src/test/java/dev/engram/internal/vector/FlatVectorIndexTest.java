package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FlatVectorIndexTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  @Test
  void scoresAreHigherForBetterMatchesUnderEveryMetric() {
    float[] query = {3, 4};
    assertEquals(1f, onlyScore(Metric.COSINE, new float[] {30, 40}, query), 1e-6f);
    assertEquals(-1f, onlyScore(Metric.COSINE, new float[] {-3, -4}, query), 1e-6f);
    assertEquals(11f, onlyScore(Metric.DOT, new float[] {1, 2}, query));
    assertEquals(-5f, onlyScore(Metric.EUCLIDEAN, new float[] {0, 0}, query));
    assertEquals(0f, onlyScore(Metric.EUCLIDEAN, new float[] {3, 4}, query));
  }

  @Test
  void equalScoresComeByLowerOrdinalFirst() {
    FlatVectorIndex index = new FlatVectorIndex(2, Metric.DOT);
    for (int ordinal : new int[] {9, 2, 7, 4, 1, 8}) {
      index.put(ordinal, new float[] {1, 1});
    }
    index.put(5, new float[] {2, 2});
    assertArrayEquals(
        new int[] {5, 1, 2, 4}, index.search(new float[] {1, 1}, 4, Selection.ALL, 1).ordinals());
  }

  @Test
  void filteredSearchNeverReturnsFewerThanThereAre() {
    FlatVectorIndex index = filled(2_000, 8, Metric.COSINE);
    Hits hits =
        index.search(
            vector(new Random(SEED), 8), 10, Selection.where(ordinal -> ordinal % 200 == 7), 1);
    assertEquals(10, hits.size(), seed());
    for (int ordinal : hits.ordinals()) {
      assertEquals(7, ordinal % 200, seed());
    }
  }

  @Test
  void limitIsNeverCapped() {
    FlatVectorIndex index = filled(3_000, 4, Metric.DOT);
    float[] query = vector(new Random(SEED), 4);
    assertEquals(3_000, index.search(query, Integer.MAX_VALUE, Selection.ALL, 1).size());
    assertEquals(2_999, index.search(query, 2_999, Selection.ALL, 1).size());
    assertEquals(0, index.search(query, 0, Selection.ALL, 1).size());
  }

  @Test
  void anEmptyIndexFindsNothing() {
    FlatVectorIndex index = new FlatVectorIndex(4, Metric.COSINE);
    assertEquals(0, index.search(new float[] {1, 0, 0, 0}, 10, Selection.ALL, 1).size());
    assertFalse(index.remove(0));
    assertEquals(0, index.size());
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void findsExactlyWhatAFullSortFindsAfterRandomChanges(Metric metric) {
    Random random = new Random(SEED);
    int dimension = 1 + random.nextInt(70);
    FlatVectorIndex index = new FlatVectorIndex(dimension, metric);
    Map<Integer, float[]> expected = new TreeMap<>();
    for (int step = 0; step < 8_000; step++) {
      int ordinal = random.nextInt(3_000);
      boolean shrinking = step / 2_000 % 2 == 1;
      if (random.nextInt(10) < (shrinking ? 8 : 2)) {
        assertEquals(expected.remove(ordinal) != null, index.remove(ordinal), seed());
      } else {
        float[] vector = vector(random, dimension);
        index.put(ordinal, vector);
        expected.put(ordinal, vector);
      }
      if (step % 400 == 0) {
        assertSameHits(index, expected, metric, vector(random, dimension));
      }
    }
    assertEquals(expected.size(), index.size(), seed());
    assertSameHits(index, expected, metric, vector(random, dimension));
  }

  @Test
  void removedRowsAreReclaimed() {
    FlatVectorIndex index = filled(20_000, 32, Metric.DOT);
    final long full = index.bytes();
    for (int ordinal = 0; ordinal < 20_000; ordinal++) {
      if (ordinal % 10 != 0) {
        assertTrue(index.remove(ordinal));
      }
    }
    assertEquals(2_000, index.size());
    assertTrue(index.bytes() < full / 3, "full=" + full + ", after=" + index.bytes());
    for (int round = 0; round < 20; round++) {
      for (int ordinal = 0; ordinal < 2_000; ordinal++) {
        assertEquals(round > 0, index.remove(30_000 + 2_000 * (round - 1) + ordinal));
        index.put(30_000 + 2_000 * round + ordinal, new float[32]);
      }
    }
    assertEquals(4_000, index.size());
    assertTrue(index.bytes() < full, "full=" + full + ", after=" + index.bytes());
  }

  @Test
  void aCollectionOfAFewRecordsStaysSmall() {
    FlatVectorIndex index = filled(5, 384, Metric.COSINE);
    assertTrue(index.bytes() < 16_000, "bytes=" + index.bytes());
  }

  @Test
  void readersSeeEveryStableVectorOnceWhileAWriterChangesOthers() throws Exception {
    FlatVectorIndex index = new FlatVectorIndex(8, Metric.DOT);
    for (int ordinal = 0; ordinal < 500; ordinal++) {
      index.put(2 * ordinal, constant(1));
    }
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
      List<Future<Integer>> checks = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        checks.add(readers.submit(() -> searchUntil(done, index)));
      }
      Random random = new Random(SEED);
      for (int step = 0; step < 100_000; step++) {
        int odd = 2 * random.nextInt(3_000) + 1;
        if (random.nextInt(3) == 0) {
          index.put(2 * random.nextInt(500), constant(1 + random.nextInt(2)));
        } else if (random.nextBoolean()) {
          index.put(odd, constant(7));
        } else {
          index.remove(odd);
        }
      }
      done.set(true);
      for (Future<Integer> check : checks) {
        assertTrue(check.get() > 0, seed());
      }
    }
  }

  @Test
  void refusesCallsOutsideItsContract() {
    FlatVectorIndex index = new FlatVectorIndex(2, Metric.DOT);
    assertThrows(IllegalArgumentException.class, () -> index.put(-1, new float[2]));
    assertThrows(IllegalArgumentException.class, () -> index.put(0, new float[3]));
    assertThrows(
        IllegalArgumentException.class, () -> index.search(new float[1], 1, Selection.ALL, 1));
    assertThrows(
        IllegalArgumentException.class, () -> index.search(new float[2], -1, Selection.ALL, 1));
  }

  /** Searches until told to stop; every search must see the 500 even ordinals once, whole. */
  private static int searchUntil(AtomicBoolean done, FlatVectorIndex index) {
    int searches = 0;
    while (!done.get() || searches == 0) {
      Hits hits = index.search(constant(1), 10_000, Selection.ALL, 1);
      boolean[] seen = new boolean[6_001];
      int even = 0;
      for (int i = 0; i < hits.size(); i++) {
        int ordinal = hits.ordinals()[i];
        float score = hits.scores()[i];
        assertFalse(seen[ordinal], "twice: ordinal=" + ordinal + ", " + seed());
        seen[ordinal] = true;
        even += 1 - ordinal % 2;
        boolean whole = ordinal % 2 == 1 ? score == 56f : score == 8f || score == 16f;
        assertTrue(whole, "ordinal=" + ordinal + ", score=" + score + ", " + seed());
      }
      assertEquals(500, even, seed());
      searches++;
    }
    return searches;
  }

  private static void assertSameHits(
      FlatVectorIndex index, Map<Integer, float[]> vectors, Metric metric, float[] query) {
    record Scored(int ordinal, float score) {}
    IntPredicate allowed = ordinal -> ordinal % 3 != 0;
    List<Scored> sorted =
        vectors.entrySet().stream()
            .filter(entry -> allowed.test(entry.getKey()))
            .map(entry -> new Scored(entry.getKey(), score(metric, query, entry.getValue())))
            .sorted(
                Comparator.comparingDouble(Scored::score)
                    .reversed()
                    .thenComparingInt(Scored::ordinal))
            .limit(50)
            .toList();
    Hits hits = index.search(query, 50, Selection.where(allowed), 1);
    assertArrayEquals(sorted.stream().mapToInt(Scored::ordinal).toArray(), hits.ordinals(), seed());
    for (int i = 0; i < hits.size(); i++) {
      assertEquals(sorted.get(i).score(), hits.scores()[i], seed());
    }
  }

  private static float score(Metric metric, float[] query, float[] vector) {
    VectorKernels scalar = new ScalarKernels();
    return switch (metric) {
      case COSINE ->
          Math.clamp(
              scalar.dot(VectorKernels.normalised(query), VectorKernels.normalised(vector)),
              -1f,
              1f);
      case DOT -> scalar.dot(query, vector);
      case EUCLIDEAN -> 0f - (float) Math.sqrt(scalar.squaredDistance(query, vector));
      case MANHATTAN -> 0f - scalar.absoluteDistance(query, vector);
    };
  }

  private static float onlyScore(Metric metric, float[] stored, float[] query) {
    FlatVectorIndex index = new FlatVectorIndex(stored.length, metric);
    index.put(3, stored);
    Hits hits = index.search(query, 5, Selection.ALL, 1);
    assertArrayEquals(new int[] {3}, hits.ordinals());
    return hits.scores()[0];
  }

  private static FlatVectorIndex filled(int count, int dimension, Metric metric) {
    Random random = new Random(SEED);
    FlatVectorIndex index = new FlatVectorIndex(dimension, metric);
    for (int ordinal = 0; ordinal < count; ordinal++) {
      index.put(ordinal, vector(random, dimension));
    }
    return index;
  }

  private static float[] constant(float value) {
    float[] vector = new float[8];
    Arrays.fill(vector, value);
    return vector;
  }

  private static float[] vector(Random random, int length) {
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = random.nextFloat() * 2 - 1;
    }
    return vector;
  }

  private static String seed() {
    return "replay with -Dengram.seed=" + SEED;
  }
}
