package dev.engram.internal.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CancelledException;
import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The partitioned index beside an exact one that is given the same. */
class PartitionedVectorIndexTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final int DIMENSION = 48;
  private static final int COUNT = 30_000;
  private static final int FLAT_LIMIT = 8_192;

  @TempDir Path directory;
  private final Random random = new Random(SEED);
  private final Given originals = new Given();
  private boolean resident;
  private volatile Quantization quantization = Quantization.BITS_8;

  /** The vectors as they were given. */
  private static final class Given implements Originals {
    private final Map<Integer, float[]> rows = new ConcurrentHashMap<>();
    private boolean fails;

    void put(int ordinal, float[] row) {
      rows.put(ordinal, row);
    }

    @Override
    public List<float @Nullable []> vectors(int[] ordinals) {
      if (fails) {
        throw new InternalError("a fault occurred in an unsafe memory access operation");
      }
      List<float @Nullable []> found = new ArrayList<>();
      for (int ordinal : ordinals) {
        found.add(rows.get(ordinal));
      }
      return found;
    }
  }

  /** Data that are hard in different ways. */
  enum Data {
    CLUSTERED(Metric.COSINE),
    UNIFORM(Metric.EUCLIDEAN),
    SORTED(Metric.EUCLIDEAN),
    DUPLICATES(Metric.COSINE),
    HEAVY_TAILED(Metric.DOT);

    private final Metric metric;

    Data(Metric metric) {
      this.metric = metric;
    }

    Metric metric() {
      return metric;
    }

    float[][] make(int count, Random random) {
      float[][] centres = gaussians(60, random, 1);
      float[][] rows = gaussians(count, random, this == UNIFORM ? 1 : .4f);
      for (int i = 0; i < count; i++) {
        int centre = this == SORTED ? i * 60 / count : random.nextInt(60);
        float[] row = rows[i];
        for (int j = 0; j < DIMENSION && this != UNIFORM; j++) {
          row[j] += centres[centre][j];
        }
        if (this == DUPLICATES && i > 0 && random.nextInt(3) > 0) {
          rows[i] = rows[random.nextInt(i)].clone();
        }
        if (this == HEAVY_TAILED) {
          float length = (float) Math.exp(random.nextGaussian());
          for (int j = 0; j < DIMENSION; j++) {
            row[j] *= length;
          }
        }
      }
      return rows;
    }

    private static float[][] gaussians(int count, Random random, float deviation) {
      float[][] rows = new float[count][DIMENSION];
      for (float[] row : rows) {
        for (int j = 0; j < DIMENSION; j++) {
          row[j] = deviation * (float) random.nextGaussian();
        }
      }
      return rows;
    }
  }

  @ParameterizedTest
  @EnumSource(Data.class)
  void test13FindsWhatAnExactIndexFindsBeforeAndAfterChurn(Data data) {
    float[][] rows = data.make(COUNT, random);
    Pair pair = new Pair(data.metric, SegmentStore.inMemory());
    for (int i = 0; i < COUNT; i++) {
      pair.put(i, rows[i]);
    }
    pair.settle();
    pair.assertRecall(rows, data);
    for (int i = 0; i < COUNT; i += 5) {
      pair.remove(i);
      pair.put(COUNT + i, rows[random.nextInt(COUNT)]);
    }
    pair.settle();
    pair.assertRecall(rows, data);
    pair.assertFindsItself(rows, data);
  }

  @ParameterizedTest
  @EnumSource(Data.class)
  void missesNothingWhereEverythingIsWanted(Data data) {
    float[][] rows = data.make(COUNT, random);
    Pair pair = new Pair(data.metric, SegmentStore.inMemory());
    for (int i = 0; i < COUNT; i++) {
      pair.put(i, rows[i]);
    }
    for (int i = 0; i < COUNT; i += 3) {
      pair.remove(i);
    }
    for (int i = 0; i < 20; i++) {
      float[] query = rows[random.nextInt(COUNT)];
      Hits truth = pair.exact.search(query, 25, Selection.ALL, 1);
      Hits hits = pair.index.search(query, 25, Selection.ALL, 1);
      assertArrayEquals(truth.scores(), hits.scores(), 1e-4f * Math.abs(truth.scores()[0]));
      VectorIndex.Request range =
          new VectorIndex.Request(COUNT, Selection.ALL, 1, truth.scores()[20] - 1e-3);
      Hits inRange = pair.index.search(query, range, SearchTrace.NONE);
      assertEquals(pair.exact.search(query, range, SearchTrace.NONE).size(), inRange.size());
    }
  }

  @Test
  void findsAllOfAFewThatAreSelectedAndAsManyAsAreWanted() {
    float[][] rows = Data.CLUSTERED.make(COUNT, random);
    Pair pair = new Pair(Metric.COSINE, SegmentStore.inMemory());
    for (int i = 0; i < COUNT; i++) {
      pair.put(i, rows[i]);
    }
    pair.settle();
    for (int size : new int[] {1, 30, 300, 3_000, 15_000}) {
      int[] some = random.ints(0, COUNT).distinct().limit(size).sorted().toArray();
      Set<Integer> set = new HashSet<>();
      Arrays.stream(some).forEach(set::add);
      Selection selection = new Selection(set::contains, size, () -> some);
      double recall = pair.recall(rows, 50, selection, 10);
      assertTrue(recall >= .95, "size=" + size + ", recall=" + recall + ", seed=" + SEED);
    }
    assertEquals(
        5_000, pair.index.search(rows[0], 5_000, Selection.ALL, .95).size(), "seed=" + SEED);
    assertEquals(COUNT, pair.index.search(rows[0], COUNT, Selection.ALL, 1).size());
  }

  @Test
  void isFoundAgainAfterReopeningAndRebuiltWhereItIsDamaged() throws IOException {
    float[][] rows = Data.CLUSTERED.make(COUNT, random);
    Pair pair = new Pair(Metric.COSINE, files("a"));
    for (int i = 0; i < COUNT; i++) {
      pair.put(i, rows[i]);
    }
    pair.settle();
    PartitionedVectorIndex again = index(Metric.COSINE, files("a"));
    again.retain(ordinal -> ordinal % 2 == 0);
    assertEquals(COUNT / 2, again.size());
    assertFalse(again.coded().get(1));
    assertTrue(again.coded().get(2) && again.holds(2, rows[2]) && !again.holds(2, rows[3]));
    assertEquals(2, again.search(rows[2], 1, Selection.ALL, 1).ordinals()[0] % 2 + 2);
    PartitionedVectorIndex stranger = index(Metric.COSINE, files("another log"));
    assertEquals(0, stranger.size());
    assertTrue(list().isEmpty(), "what is not of this log is let go");
  }

  @Test
  void noticesADamagedByteInEveryFile() throws IOException {
    float[][] rows = Data.CLUSTERED.make(10_000, random);
    PartitionedVectorIndex index = index(Metric.COSINE, files("a"));
    for (int i = 0; i < rows.length; i++) {
      originals.put(i, rows[i]);
      index.put(i, rows[i]);
    }
    tend(index, true);
    for (Path file : list()) {
      byte[] whole = Files.readAllBytes(file);
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] ^= 4;
      Path copy = Files.createDirectory(directory.resolve("copy-" + file.getFileName()));
      for (Path each : list()) {
        Files.copy(each, copy.resolve(each.getFileName()));
      }
      Files.write(copy.resolve(file.getFileName()), damaged);
      PartitionedVectorIndex opened =
          index(Metric.COSINE, new SegmentDirectory(copy, new Words("a"), false));
      assertEquals(0, opened.size(), file + ", seed=" + SEED);
    }
  }

  @Test
  void answersWhileItIsFilledMovedAndMerged() throws InterruptedException {
    float[][] rows = Data.CLUSTERED.make(60_000, random);
    PartitionedVectorIndex index = index(Metric.COSINE, SegmentStore.inMemory());
    AtomicBoolean over = new AtomicBoolean();
    Thread tending =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                tend(index, random.nextBoolean());
              }
            });
    Random own = new Random(SEED);
    for (int i = 0; i < rows.length; i++) {
      originals.put(i, rows[i]);
      index.put(i, rows[i]);
      if (i % 3 == 2) {
        assertTrue(index.remove(i - 1), "i=" + i + ", seed=" + SEED);
      }
      if (i % 500 == 0) {
        int asked = 3 * own.nextInt(i / 3 + 1);
        Hits hits = index.search(rows[asked], 1, Selection.ALL, 1);
        assertTrue(hits.scores()[0] > .999, "asked=" + asked + ", seed=" + SEED);
      }
    }
    over.set(true);
    tending.join();
    assertEquals(40_000, index.size(), "seed=" + SEED);
    tend(index, true);
    assertEquals(40_000, index.size(), "seed=" + SEED);
  }

  @ParameterizedTest
  @ValueSource(floats = {100, 1_000, 10_000})
  void missesNothingFarFromTheOrigin(float offset) {
    float[][] rows = Data.UNIFORM.make(20_000, random);
    Pair pair = new Pair(Metric.EUCLIDEAN, SegmentStore.inMemory());
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < DIMENSION; j++) {
        rows[i][j] += offset;
      }
      pair.put(i, rows[i]);
    }
    for (int i = 0; i < 20; i++) {
      float[] query = rows[random.nextInt(rows.length)];
      Hits truth = pair.exact.search(query, 10, Selection.ALL, 1);
      Hits hits = pair.index.search(query, 10, Selection.ALL, 1);
      assertArrayEquals(truth.scores(), hits.scores(), 1e-3f, "seed=" + SEED);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {1e20f, 1e-25f})
  void scoresLongAndShortVectorsByTheirDirection(float length) {
    float[][] rows = Data.CLUSTERED.make(20_000, random);
    Pair pair = new Pair(Metric.COSINE, SegmentStore.inMemory());
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < DIMENSION; j++) {
        rows[i][j] *= length;
      }
      pair.put(i, rows[i]);
    }
    Hits truth = pair.exact.search(rows[7], 10, Selection.ALL, 1);
    Hits hits = pair.index.search(rows[7], 10, Selection.ALL, 1);
    assertArrayEquals(truth.scores(), hits.scores(), 1e-4f, "seed=" + SEED);
  }

  @Test
  void goesOnWhenAllThatWereToBePartitionedAreDeleted() {
    float[][] rows = Data.CLUSTERED.make(20_000, random);
    Pair pair = new Pair(Metric.COSINE, SegmentStore.inMemory());
    for (int i = 0; i < rows.length; i++) {
      originals.put(i, rows[i]);
      pair.index.put(i, rows[i]);
      pair.exact.put(i, rows[i]);
      if (pair.index.isFull()) {
        pair.index.flush(false);
      }
    }
    for (int i = 0; i < rows.length; i++) {
      pair.remove(i);
    }
    tend(pair.index, true);
    pair.put(30_000, rows[3]);
    pair.settle();
    assertEquals(30_000, pair.index.search(rows[3], 1, Selection.ALL, .95).ordinals()[0]);
  }

  @Test
  void keepsItsFilesWhereOpeningIsInterrupted() throws IOException {
    float[][] rows = Data.CLUSTERED.make(10_000, random);
    Pair pair = new Pair(Metric.COSINE, files("a"));
    for (int i = 0; i < rows.length; i++) {
      pair.put(i, rows[i]);
    }
    Thread.currentThread().interrupt();
    assertThrows(CancelledException.class, () -> index(Metric.COSINE, files("a")));
    assertTrue(Thread.interrupted());
    assertTrue(index(Metric.COSINE, files("a")).size() > 0, "the files are gone");
  }

  @Test
  void findsVectorsThatAreAllFarFromTheOriginAlsoAfterReopening() throws IOException {
    float[][] rows = Data.CLUSTERED.make(20_000, random);
    for (float[] row : rows) {
      for (int j = 0; j < row.length; j++) {
        row[j] += 1_000;
      }
    }
    Pair pair = new Pair(Metric.EUCLIDEAN, files("a"));
    for (int i = 0; i < 15_000; i++) {
      pair.put(i, rows[i]);
    }
    pair.settle();
    pair.assertRecall(rows, Data.CLUSTERED);
    Pair again = new Pair(Metric.EUCLIDEAN, files("a"));
    for (int i = 0; i < 15_000; i++) {
      again.exact.put(i, rows[i]);
    }
    again.index.retain(ordinal -> ordinal < 15_000);
    for (int i = 15_000; i < rows.length; i++) {
      again.put(i, rows[i]);
    }
    again.settle();
    again.assertRecall(rows, Data.CLUSTERED);
  }

  @Test
  void oneFarVectorAmongTheFirstDoesNotSpoilTheOthers() {
    float[][] rows = Data.CLUSTERED.make(15_000, random);
    rows[5][3] = 9e7f;
    Pair pair = new Pair(Metric.EUCLIDEAN, SegmentStore.inMemory());
    for (int i = 0; i < rows.length; i++) {
      pair.put(i, rows[i]);
    }
    pair.remove(5);
    pair.settle();
    float[][] others = Arrays.copyOfRange(rows, 6, rows.length);
    double recall = pair.recall(others, 200, Selection.ALL, 10);
    assertTrue(recall >= .95, "recall=" + recall + ", seed=" + SEED);
  }

  @Test
  void keepsVectorsThatAreTooLongToBeCoded() {
    PartitionedVectorIndex index = index(Metric.DOT, SegmentStore.inMemory());
    float[][] rows = Data.CLUSTERED.make(9_000, random);
    for (int i = 0; i < rows.length; i++) {
      originals.put(i, rows[i]);
      index.put(i, rows[i]);
    }
    float[] huge = new float[DIMENSION];
    huge[3] = 1e30f;
    originals.put(50_000, huge);
    index.put(50_000, huge);
    tend(index, true);
    float[] query = new float[DIMENSION];
    query[3] = 1;
    assertEquals(50_000, index.search(query, 1, Selection.ALL, .95).ordinals()[0]);
    assertEquals(9_001, index.size());
    tend(index, true);
    int[] hits = index.search(query, 9_100, Selection.ALL, .95).ordinals();
    assertEquals(9_001, Arrays.stream(hits).distinct().count());
    assertEquals(9_001, hits.length);
    assertTrue(index.remove(50_000) && !index.remove(50_000));
  }

  @ParameterizedTest
  @EnumSource(
      value = Metric.class,
      names = {"DOT", "EUCLIDEAN"})
  void aQueryThatIsTooLongForCodesIsAnsweredByTheVectors(Metric metric) {
    Pair pair = new Pair(metric, SegmentStore.inMemory());
    float[][] rows = Data.CLUSTERED.make(9_000, random);
    for (int i = 0; i < rows.length; i++) {
      pair.put(i, rows[i]);
    }
    pair.settle();
    for (float length : new float[] {1e10f, 1e30f}) {
      float[] query = rows[7].clone();
      query[3] = length;
      Hits truth = pair.exact.search(query, 10, Selection.ALL, 1);
      Hits hits = pair.index.search(query, 10, Selection.ALL, .95);
      assertArrayEquals(truth.scores(), hits.scores(), "seed=" + SEED);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Quantization.class,
      names = {"BITS_8", "BITS_4"})
  void aQuerysLengthDoesNotMatterUnderInnerProducts(Quantization rowBits) {
    quantization = rowBits;
    Pair pair = new Pair(Metric.DOT, SegmentStore.inMemory());
    float[][] rows = Data.CLUSTERED.make(20_000, new Random(5));
    for (int i = 0; i < rows.length; i++) {
      pair.put(i, rows[i]);
    }
    pair.settle();
    for (float length : new float[] {1, .1f, .01f, .001f, 1_000}) {
      double recall = pair.recallOf(50, 10, i -> scaled(rows[300 * i], length));
      assertTrue(recall >= .95, "length=" + length + ", recall=" + recall);
    }
  }

  @ParameterizedTest
  @CsvSource({"COSINE, BITS_8, .01", "COSINE, BITS_4, .1", "EUCLIDEAN, BITS_4, .03"})
  void tellsNearDuplicatesApart(Metric metric, Quantization rowBits, float noise) {
    quantization = rowBits;
    int components = 256;
    Random again = new Random(5);
    float[][] rows = new float[12_000][components];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < components; j++) {
        float centre = i < 300 ? (float) again.nextGaussian() : rows[i % 300][j];
        rows[i][j] = centre + noise * (float) again.nextGaussian();
      }
    }
    Pair pair = new Pair(components, metric, SegmentStore.inMemory());
    for (int i = 0; i < rows.length; i++) {
      pair.put(i, rows[i]);
    }
    pair.settle();
    double itself = pair.recallOf(100, 1, i -> rows[119 * i]);
    double recall = pair.recallOf(100, 10, i -> rows[119 * i]);
    assertTrue(itself >= .98 && recall >= .95, "itself=" + itself + ", recall=" + recall);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32})
  void findsManyAsWellAsAFew(int components) {
    Random again = new Random(5);
    float[][] rows = Data.gaussians(60_000, again, 1);
    Pair pair = new Pair(Metric.EUCLIDEAN, SegmentStore.inMemory());
    for (int i = 0; i < rows.length; i++) {
      Arrays.fill(rows[i], components, DIMENSION, 0);
      pair.put(i, rows[i]);
    }
    pair.settle();
    for (int limit : new int[] {10, 100, 300, 1_000}) {
      double recall = pair.recallOf(40, limit, i -> rows[1_400 * i]);
      assertTrue(recall >= .95, "limit=" + limit + ", recall=" + recall);
    }
  }

  @Test
  void scoresAFewThatAreSelectedAndNothingElseWhereAllIsWanted() {
    float[][] rows = Data.CLUSTERED.make(20_000, random);
    Pair pair = new Pair(Metric.COSINE, SegmentStore.inMemory());
    for (int i = 0; i < rows.length; i++) {
      pair.put(i, rows[i]);
    }
    assertTrue(pair.index.remove(3));
    // Deleted, coded, coded, in the tail, never there.
    int[] some = {3, 5, 7_777, 19_999, 70_000};
    Selection few =
        new Selection(o -> Arrays.stream(some).anyMatch(s -> s == o), some.length, () -> some);
    SearchTrace trace = new SearchTrace();
    Hits hits = pair.index.search(rows[5], VectorIndex.Request.best(10, few, 1), trace);
    assertEquals(3, hits.size());
    assertEquals(5, hits.ordinals()[0]);
    assertTrue(trace.scanned() < rows.length / 2, "scanned=" + trace.scanned());
    assertEquals(2, trace.rescored());
  }

  @Test
  void saysThatTheDeviceFailsWhereWhatIsMappedCannotBeRead() {
    Pair pair = new Pair(Metric.EUCLIDEAN, SegmentStore.inMemory());
    float[][] rows = Data.CLUSTERED.make(9_000, random);
    for (int i = 0; i < rows.length; i++) {
      pair.put(i, rows[i]);
    }
    originals.fails = true;
    assertThrows(StorageException.class, () -> pair.index.search(rows[7], 10, Selection.ALL, .95));
    originals.fails = false;
    assertEquals(7, pair.index.search(rows[7], 10, Selection.ALL, .95).ordinals()[0]);
  }

  private static float[] scaled(float[] vector, float times) {
    float[] scaled = vector.clone();
    for (int j = 0; j < scaled.length; j++) {
      scaled[j] *= times;
    }
    return scaled;
  }

  private PartitionedVectorIndex index(Metric metric, SegmentStore store) {
    return new PartitionedVectorIndex(
        DIMENSION, metric, () -> quantization, store, originals, 2, FLAT_LIMIT);
  }

  private static void tend(PartitionedVectorIndex index, boolean idle) {
    index.flush(idle);
    index.improve(idle);
  }

  @Test
  void writesWhatWasFrozenAgainWhereTheStoreFailed() {
    float[][] rows = Data.CLUSTERED.make(20_000, random);
    FailingStore store = new FailingStore();
    Pair pair = new Pair(Metric.COSINE, store);
    for (int i = 0; i < rows.length; i++) {
      originals.put(i, rows[i]);
      pair.index.put(i, rows[i]);
      pair.exact.put(i, rows[i]);
      if (i % 1_000 == 999) {
        store.fails = i % 3_000 != 2_999;
        tendDespiteFailures(pair.index);
      }
    }
    store.fails = false;
    pair.settle();
    pair.assertRecall(rows, Data.CLUSTERED);
  }

  private static void tendDespiteFailures(PartitionedVectorIndex index) {
    try {
      tend(index, false);
    } catch (UncheckedIOException e) {
      assertEquals("no space", e.getCause().getMessage());
    }
  }

  /** A store in memory that is full at times. */
  private static final class FailingStore implements SegmentStore {
    private final SegmentStore memory = SegmentStore.inMemory();
    private boolean fails;

    @Override
    public Space allocate(long bytes) throws IOException {
      if (fails) {
        throw new IOException("no space");
      }
      return memory.allocate(bytes);
    }

    @Override
    public void publish(Supplier<Contents> contents) throws IOException {
      if (fails) {
        throw new IOException("no space");
      }
    }

    @Override
    public Contents open(int padded, boolean byProduct) {
      return memory.open(padded, byProduct);
    }

    @Override
    public boolean mapped() {
      return false;
    }
  }

  private SegmentDirectory files(String words) throws IOException {
    return new SegmentDirectory(
        Files.createDirectories(directory.resolve("index")), new Words(words), resident);
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("index"))) {
      return files.toList();
    }
  }

  private record Words(String words) implements SegmentDirectory.Owner {
    @Override
    public String seal() {
      return words;
    }

    @Override
    public boolean accepts(String others) {
      return words.equals(others);
    }
  }

  /** An index and an exact one. */
  private final class Pair {
    final PartitionedVectorIndex index;
    final FlatVectorIndex exact;

    Pair(Metric metric, SegmentStore store) {
      this(DIMENSION, metric, store);
    }

    Pair(int dimension, Metric metric, SegmentStore store) {
      index =
          new PartitionedVectorIndex(
              dimension, metric, () -> quantization, store, originals, 2, FLAT_LIMIT);
      exact = new FlatVectorIndex(dimension, metric);
    }

    void put(int ordinal, float[] row) {
      originals.put(ordinal, row);
      index.put(ordinal, row);
      exact.put(ordinal, row);
      if (index.isFull()) {
        tend(index, false);
      }
    }

    void remove(int ordinal) {
      assertTrue(index.remove(ordinal));
      assertTrue(exact.remove(ordinal));
    }

    void settle() {
      tend(index, true);
      assertEquals(exact.size(), index.size());
    }

    void assertRecall(float[][] rows, Data data) {
      double recall = recall(rows, 200, Selection.ALL, 10);
      assertTrue(recall >= .95, data + ", recall=" + recall + ", seed=" + SEED);
    }

    /** By score, so that of equals any will do. */
    double recall(float[][] rows, int queries, Selection selection, int limit) {
      int found = 0;
      int wanted = 0;
      for (int i = 0; i < queries; i++) {
        float[] query = rows[random.nextInt(rows.length)].clone();
        for (int j = 0; j < DIMENSION; j++) {
          query[j] += .1f * (float) random.nextGaussian();
        }
        Hits truth = exact.search(query, limit, selection, 1);
        Hits hits = index.search(query, limit, selection, .95);
        float worst = truth.scores()[truth.size() - 1];
        wanted += truth.size();
        for (int ordinal : hits.ordinals()) {
          found +=
              exact.search(query, 1, Selection.where(o -> o == ordinal), 1).scores()[0] >= worst
                  ? 1
                  : 0;
        }
      }
      return (double) found / wanted;
    }

    /** Of queries by their number, by score as well. */
    double recallOf(int queries, int limit, IntFunction<float[]> query) {
      int found = 0;
      for (int i = 0; i < queries; i++) {
        Hits truth = exact.search(query.apply(i), limit, Selection.ALL, 1);
        Hits hits = index.search(query.apply(i), limit, Selection.ALL, .95);
        float worst = truth.scores()[limit - 1];
        for (float score : hits.scores()) {
          found += score >= worst - 1e-6f * Math.abs(worst) ? 1 : 0;
        }
      }
      return (double) found / (queries * limit);
    }

    void assertFindsItself(float[][] rows, Data data) {
      int missed = 0;
      for (int i = 1; i < COUNT; i += 7) {
        int ordinal = i;
        if (i % 5 != 0 && data != Data.HEAVY_TAILED) {
          Hits best = index.search(rows[i], 1, Selection.ALL, .95);
          float own = exact.search(rows[i], 1, Selection.where(o -> o == ordinal), 1).scores()[0];
          missed += best.scores()[0] >= own - .02f * (1 + Math.abs(own)) ? 0 : 1;
        }
      }
      assertEquals(0, missed, data + ", seed=" + SEED);
    }
  }
}
