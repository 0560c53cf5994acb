package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.IndexInfo;
import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.internal.vector.PartitionedVectorIndexTest.Data;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The partitioned index with rows of each precision, and from one to another. */
class QuantizedVectorIndexTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final int DIMENSION = 48;
  private static final int COUNT = 30_000;
  private static final int FLAT_LIMIT = 8_192;

  @TempDir Path directory;
  private final Random random = new Random(SEED);
  private final Map<Integer, float[]> originals = new ConcurrentHashMap<>();
  private volatile Quantization wanted = Quantization.BITS_8;

  @ParameterizedTest
  @EnumSource(Quantization.class)
  void findsWhatAnExactIndexFinds(Quantization quantization) {
    wanted = quantization;
    for (Data data : Data.values()) {
      float[][] rows = data.make(COUNT, random);
      Filled filled = new Filled(data.metric(), SegmentStore.inMemory(), rows);
      double recall = filled.recall(rows, 200, .95);
      String what = quantization + " " + data + ", recall=" + recall + ", seed=" + SEED;
      // Two bits of few components say little of vectors that are much longer than others.
      boolean hard = quantization == Quantization.BITS_2 && data == Data.HEAVY_TAILED;
      assertTrue(recall >= (hard ? .9 : .95), what);
      assertEquals(1, filled.recall(rows, 10, 1), what);
    }
  }

  @Test
  void test14FewerBitsTakeLessRoom() {
    float[][] rows = Data.CLUSTERED.make(COUNT, random);
    long former = 0;
    for (Quantization each : Quantization.values()) {
      wanted = each;
      IndexInfo info = new Filled(Metric.COSINE, SegmentStore.inMemory(), rows).index.info(.95);
      assertEquals(each, info.quantization());
      assertTrue(info.heapBytes() > former + COUNT * 15L, info + ", former=" + former);
      former = info.heapBytes();
    }
  }

  @Test
  void test14TheWorkOfASearchGrowsSlowerThanWhatIsSearched() {
    long few = compared(10_000);
    long many = compared(80_000);
    assertTrue(many < 3 * few, "few=" + few + ", many=" + many + ", seed=" + SEED);
  }

  /** Comparisons of a hundred searches that find what they should. */
  private long compared(int count) {
    float[][] rows = ofFewDegreesOfFreedom(count);
    Filled filled = new Filled(Metric.EUCLIDEAN, SegmentStore.inMemory(), rows);
    double recall = filled.recall(rows, 100, .95);
    assertTrue(recall >= .95, "count=" + count + ", recall=" + recall + ", seed=" + SEED);
    SearchTrace trace = new SearchTrace();
    for (int i = 0; i < 100; i++) {
      VectorIndex.Request ten = new VectorIndex.Request(10, Selection.ALL, .95, -Double.MAX_VALUE);
      Hits hits = filled.index.search(rows[random.nextInt(count)], ten, trace);
      assertEquals(10, hits.size());
    }
    return trace.scanned();
  }

  /** As those of texts and pictures are. */
  private float[][] ofFewDegreesOfFreedom(int count) {
    float[][] directions = Data.UNIFORM.make(6, random);
    float[][] rows = new float[count][DIMENSION];
    for (float[] row : rows) {
      for (float[] direction : directions) {
        float share = (float) random.nextGaussian();
        for (int j = 0; j < DIMENSION; j++) {
          row[j] += share * direction[j];
        }
      }
    }
    return rows;
  }

  @Test
  void isCodedAnewWhileItIsSearchedAndWritten() throws InterruptedException {
    float[][] rows = Data.CLUSTERED.make(COUNT, random);
    Filled filled = new Filled(Metric.COSINE, SegmentStore.inMemory(), rows);
    AtomicBoolean over = new AtomicBoolean();
    Thread tending =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                tend(filled.index, false);
              }
            });
    int next = COUNT;
    for (Quantization each : List.of(Quantization.BITS_2, Quantization.NONE, Quantization.BITS_4)) {
      wanted = each;
      while (filled.index.info(.95).outdated() > 0) {
        filled.put(next++, rows[random.nextInt(COUNT)]);
        filled.remove(next - COUNT);
        int asked = next - random.nextInt(COUNT / 2) - 1;
        float[] query = originals.get(asked);
        Hits hits = filled.index.search(query, 1, Selection.ALL, 1);
        assertTrue(hits.scores()[0] > .999, each + ", asked=" + asked + ", seed=" + SEED);
      }
    }
    over.set(true);
    tending.join();
    IndexInfo info = filled.index.info(.95);
    assertEquals(Quantization.BITS_4, info.quantization());
    assertEquals(COUNT, info.vectors(), "seed=" + SEED);
    double recall = filled.recall(rows, 100, .95);
    assertTrue(recall >= .95, "recall=" + recall + ", seed=" + SEED);
  }

  @ParameterizedTest
  @EnumSource(Quantization.class)
  void goesOnAfterReopeningWithAnother(Quantization next) throws IOException {
    float[][] rows = Data.CLUSTERED.make(COUNT, random);
    wanted = next == Quantization.NONE ? Quantization.BITS_2 : Quantization.NONE;
    Filled filled = new Filled(Metric.COSINE, files(false), rows);
    int tail = filled.index.size() - filled.index.coded().cardinality();
    wanted = next;
    for (boolean resident : new boolean[] {false, true}) {
      PartitionedVectorIndex again = index(Metric.COSINE, files(resident));
      IndexInfo before = again.info(.95);
      assertEquals(COUNT - tail, before.vectors(), "seed=" + SEED);
      assertEquals(resident ? 0 : COUNT - tail, before.outdated());
      assertEquals(resident, before.mappedBytes() == 0);
      for (int i = 0; i < 10; i++) {
        tend(again, false);
      }
      assertEquals(0, again.info(.95).outdated());
      assertTrue(again.info(.95).settled());
      for (int i = 0; i < COUNT; i += 301) {
        if (again.coded().get(i)) {
          assertTrue(again.holds(i, rows[i]), next + ", i=" + i + ", seed=" + SEED);
          assertTrue(!again.holds(i, rows[(i + 1) % COUNT]), next + ", i=" + i);
        }
      }
    }
  }

  @Test
  void residentSegmentsAreFoundAgain() throws IOException {
    float[][] rows = Data.CLUSTERED.make(COUNT, random);
    Filled filled = new Filled(Metric.COSINE, files(true), rows);
    assertEquals(0, filled.index.info(.95).mappedBytes());
    PartitionedVectorIndex again = index(Metric.COSINE, files(false));
    assertEquals(filled.index.coded(), again.coded());
    assertTrue(again.info(.95).mappedBytes() > 0);
  }

  @Test
  void filesOfAnotherVersionAreMadeAgain() throws IOException {
    float[][] rows = Data.CLUSTERED.make(10_000, random);
    new Filled(Metric.COSINE, files(false), rows);
    try (Stream<Path> files = Files.list(directory.resolve("index"))) {
      Path segment =
          files
              .filter(file -> file.getFileName().toString().startsWith("segment"))
              .findFirst()
              .orElseThrow();
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment));
      bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(4, 1);
      Files.write(segment, bytes.array());
    }
    assertEquals(0, index(Metric.COSINE, files(false)).size());
    try (Stream<Path> files = Files.list(directory.resolve("index"))) {
      assertEquals(List.of(), files.toList());
    }
  }

  private SegmentDirectory files(boolean resident) throws IOException {
    return new SegmentDirectory(
        Files.createDirectories(directory.resolve("index")), new Sole(), resident);
  }

  private record Sole() implements SegmentDirectory.Owner {
    @Override
    public String seal() {
      return "log";
    }

    @Override
    public boolean accepts(String words) {
      return words.equals(seal());
    }
  }

  private PartitionedVectorIndex index(Metric metric, SegmentStore store) {
    return new PartitionedVectorIndex(
        DIMENSION, metric, () -> wanted, store, this::vectors, 2, FLAT_LIMIT);
  }

  private List<float @Nullable []> vectors(int[] ordinals) {
    List<float @Nullable []> found = new ArrayList<>();
    for (int ordinal : ordinals) {
      found.add(originals.get(ordinal));
    }
    return found;
  }

  private static void tend(PartitionedVectorIndex index, boolean idle) {
    index.flush(idle);
    index.improve(idle);
  }

  /** An index of some rows, and an exact one. */
  private final class Filled {
    final PartitionedVectorIndex index;
    final FlatVectorIndex exact;

    Filled(Metric metric, SegmentStore store, float[][] rows) {
      index = index(metric, store);
      exact = new FlatVectorIndex(DIMENSION, metric);
      for (int i = 0; i < rows.length; i++) {
        put(i, rows[i]);
        if (index.isFull()) {
          tend(index, false);
        }
      }
      tend(index, true);
    }

    void put(int ordinal, float[] row) {
      originals.put(ordinal, row);
      index.put(ordinal, row);
      exact.put(ordinal, row);
    }

    void remove(int ordinal) {
      assertTrue(index.remove(ordinal));
      assertTrue(exact.remove(ordinal));
    }

    /** By score, so that of equals any will do. */
    double recall(float[][] rows, int queries, double recall) {
      int found = 0;
      for (int i = 0; i < queries; i++) {
        float[] query = rows[random.nextInt(rows.length)].clone();
        for (int j = 0; j < DIMENSION; j++) {
          query[j] += .1f * (float) random.nextGaussian();
        }
        Hits truth = exact.search(query, 10, Selection.ALL, 1);
        Hits hits = index.search(query, 10, Selection.ALL, recall);
        float worst = truth.scores()[9] - 1e-5f * Math.abs(truth.scores()[9]);
        for (float score : hits.scores()) {
          found += score >= worst ? 1 : 0;
        }
        if (recall == 1) {
          assertArrayEquals(truth.scores(), hits.scores(), 1e-4f * Math.abs(truth.scores()[0]));
        }
      }
      return found / (10. * queries);
    }
  }
}
