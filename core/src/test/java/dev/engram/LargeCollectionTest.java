package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More vectors than are scanned one by one. */
class LargeCollectionTest {
  private static final int COUNT = 20_000;
  private static final int DIMENSION = 24;
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  @TempDir Path directory;
  private final Random random = new Random(SEED);
  private final float[][] rows = new float[COUNT][];

  @Test
  void findsTheNearestWhileItIsFilledAndAfterReopening() throws Exception {
    try (Engram engram = Engram.open(directory)) {
      VectorCollection docs = filled(engram);
      assertRecall(docs);
      awaitSegments();
      assertIndex(docs.index());
      assertRecall(docs);
      assertFindsAllWhenAskedTo(docs);
      assertFindsAllWithin(docs);
      for (int i = 0; i < COUNT; i += 4) {
        assertTrue(docs.delete(RecordId.of(i)));
        rows[i] = null;
      }
      assertRecall(docs);
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    try (Engram engram = Engram.open(directory)) {
      VectorCollection docs = engram.collection("d");
      assertRecall(docs);
      Search even = Search.nearest(rows[1]).limit(20).where(Filter.eq("parity", 1));
      assertEquals(20, docs.search(even).size());
      Search rare = Search.nearest(rows[1]).limit(20).where(Filter.range("n").lt(12));
      assertEquals(9, docs.search(rare).size());
      assertEquals(COUNT * 3 / 4, docs.search(Search.nearest(rows[1]).limit(COUNT)).size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void rebuildsDamagedSegmentsAndLetsGoThoseOfADroppedCollection() throws Exception {
    try (Engram engram = Engram.open(directory)) {
      filled(engram);
      awaitSegments();
    }
    for (Path file : segments()) {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    }
    try (Engram engram = Engram.open(directory)) {
      assertRecall(engram.collection("d"));
      assertTrue(engram.check().ok(), () -> engram.check().toString());
      awaitSegments();
      assertTrue(engram.catalog().drop("d"));
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!segments().isEmpty()) {
        assertTrue(System.nanoTime() < deadline, "segments of a dropped collection stay");
        Thread.sleep(20);
      }
    }
  }

  @Test
  void anotherQuantizationTakesItsPlaceWhileItIsUsedAndAfterReopening() throws Exception {
    try (Engram engram = Engram.open(directory)) {
      VectorCollection docs = filled(engram);
      awaitSegments();
      engram.catalog().quantization("d", Quantization.BITS_4);
      awaitCodes(docs, Quantization.BITS_4);
      assertTrue(engram.check().ok(), () -> engram.check().toString());
      engram.catalog().quantization("d", Quantization.NONE);
    }
    try (Engram engram = Engram.open(directory)) {
      awaitCodes(engram.collection("d"), Quantization.NONE);
      engram.catalog().quantization("d", Quantization.BITS_2);
      awaitCodes(engram.collection("d"), Quantization.BITS_2);
      assertFindsAllWhenAskedTo(engram.collection("d"));
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private void awaitCodes(VectorCollection docs, Quantization wanted) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (docs.index().outdated() > 0) {
      assertTrue(System.nanoTime() < deadline, () -> "not coded anew: " + docs.index());
      assertRecall(docs);
      Thread.sleep(20);
    }
    assertEquals(wanted, docs.index().quantization());
    assertRecall(docs);
  }

  private static void assertIndex(IndexInfo index) {
    assertEquals(COUNT, index.vectors());
    assertTrue(index.tail() + index.fresh() + index.partitioned() >= COUNT, index::toString);
    assertTrue(index.mappedBytes() > index.hotBytes() && index.hotBytes() > 0, index::toString);
    assertTrue(index.probes() <= index.partitions(), index::toString);
  }

  private VectorCollection filled(Engram engram) {
    VectorCollection docs =
        engram.collection("d", CollectionConfig.ofDimension(DIMENSION).metric(Metric.EUCLIDEAN));
    List<VectorRecord> batch = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      rows[i] = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        rows[i][j] = (float) random.nextGaussian() + 4 * (i % 30 == j ? 1 : 0);
      }
      batch.add(
          VectorRecord.of(RecordId.of(i), rows[i])
              .withMetadata(Metadata.of("parity", i % 2).with("n", i)));
      if (batch.size() == 500) {
        docs.upsert(batch);
        batch.clear();
        // From the first search on the index is fed.
        assertEquals(1, docs.search(Search.nearest(rows[i]).limit(1)).size());
      }
    }
    return docs;
  }

  private void assertRecall(VectorCollection docs) {
    int found = 0;
    for (int i = 0; i < 200; i++) {
      float[] query = rows[1 + 4 * random.nextInt(COUNT / 4)].clone();
      query[random.nextInt(DIMENSION)] += .3f;
      double worst = nearest(query, 10);
      for (SearchHit hit : docs.search(Search.nearest(query).limit(10))) {
        found += -hit.score() <= worst + 1e-4 ? 1 : 0;
      }
    }
    assertTrue(found >= 1_900, "found=" + found + " of 2000, seed=" + SEED);
  }

  private void assertFindsAllWhenAskedTo(VectorCollection docs) {
    for (int i = 0; i < 20; i++) {
      Search search = Search.nearest(rows[random.nextInt(COUNT)]).limit(10);
      double worst = nearest(search.vector().orElseThrow(), 10);
      for (SearchHit hit : docs.search(search.exact())) {
        assertTrue(-hit.score() <= worst + 1e-4, "seed=" + SEED);
      }
      assertEquals(10, docs.search(search.recall(.1)).size());
    }
  }

  private void assertFindsAllWithin(VectorCollection docs) {
    for (int rank : new int[] {1, 100, 255, 1_000, 5_000, COUNT}) {
      float[] query = rows[random.nextInt(COUNT)];
      // Between two neighbours, so that rounding does not decide.
      double radius = (nearest(query, rank) + nearest(query, Math.min(COUNT, rank + 1))) / 2 + 1e-6;
      long expected =
          IntStream.range(0, COUNT).filter(i -> distance(query, rows[i]) <= radius).count();
      List<SearchHit> hits = docs.search(Search.within(query, -radius));
      assertEquals(expected, hits.size(), "rank=" + rank + ", seed=" + SEED);
      for (SearchHit hit : hits) {
        int row = hit.record().metadata().getLong("n").orElseThrow().intValue();
        assertEquals(-distance(query, rows[row]), hit.score(), 1e-4, "seed=" + SEED);
      }
    }
  }

  private double nearest(float[] query, int rank) {
    return IntStream.range(0, COUNT)
        .filter(i -> rows[i] != null)
        .mapToDouble(i -> distance(query, rows[i]))
        .sorted()
        .skip(rank - 1L)
        .findFirst()
        .orElseThrow();
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int j = 0; j < DIMENSION; j++) {
      sum += (a[j] - b[j]) * (double) (a[j] - b[j]);
    }
    return Math.sqrt(sum);
  }

  private void awaitSegments() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (segments().isEmpty()) {
      assertTrue(System.nanoTime() < deadline, "nothing was moved into a segment");
      Thread.sleep(20);
    }
    assertFalse(segments().isEmpty());
  }

  private List<Path> segments() throws IOException {
    Path views = directory.resolve("views").resolve("vectors");
    try (Stream<Path> files = Files.walk(views)) {
      return files.filter(f -> f.getFileName().toString().startsWith("segment-")).toList();
    } catch (UncheckedIOException e) {
      // Segments come and go.
      return segments();
    }
  }
}
