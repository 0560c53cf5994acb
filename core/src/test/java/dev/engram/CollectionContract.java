package dev.engram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a collection does, on whatever the store lies. */
abstract class CollectionContract {
  final TestClock clock = new TestClock();
  Engram engram;

  abstract EngramConfig config();

  @BeforeEach
  void open() {
    engram = Engram.open(config().clock(clock));
  }

  @AfterEach
  void checkAndClose() {
    try (Engram open = engram) {
      assertTrue(open.check().ok(), () -> open.check().toString());
    }
  }

  private VectorCollection docs() {
    return engram.collection("docs", CollectionConfig.ofDimension(3));
  }

  private static List<RecordId> ids(List<SearchHit> hits) {
    return hits.stream().map(SearchHit::id).toList();
  }

  @Test
  void givesBackWhatWasStored() {
    VectorCollection docs = docs();
    Instant expiry = clock.instant().plus(Duration.ofDays(1));
    VectorRecord record =
        VectorRecord.of("a", new float[] {1, 2, 3})
            .withText("green tea")
            .withMetadata(Metadata.of("year", 2020, "tags", List.of("x", "y")))
            .withExpiry(expiry);
    docs.upsert(record);
    VectorRecord found = docs.get("a").orElseThrow();
    assertArrayEquals(new float[] {1, 2, 3}, found.vector().orElseThrow());
    assertEquals(Optional.of("green tea"), found.text());
    assertEquals(record.metadata(), found.metadata());
    assertEquals(Optional.of(expiry), found.expiresAt());
    assertEquals(Optional.empty(), docs.get("b"));
    assertEquals("docs", docs.name());
    assertEquals(1, docs.info().count());
  }

  @Test
  void replacesARecordWhole() {
    VectorCollection docs = docs();
    docs.upsert(VectorRecord.of("a", new float[] {1, 0, 0}).withText("green tea"));
    docs.upsert(VectorRecord.of("a", new float[] {0, 1, 0}).withText("black coffee"));
    assertEquals(1, docs.count());
    assertTrue(docs.search(Search.text("tea")).isEmpty());
    assertEquals(List.of(RecordId.of("a")), ids(docs.search(Search.text("coffee"))));
    assertEquals(1.0, docs.search(Search.nearest(new float[] {0, 1, 0})).getFirst().score(), 1e-6);
    docs.upsert(VectorRecord.of("a", new float[] {0, 1, 0}).withText("black coffee"));
    docs.upsert(
        VectorRecord.of("a", new float[] {0, 1, 0})
            .withText("black coffee")
            .withTimeToLive(Duration.ofHours(1)));
    assertEquals(1, docs.count());
    assertTrue(docs.get("a").orElseThrow().expiresAt().isPresent());
  }

  /** Of each kind, and some that look alike. */
  static List<RecordId> idsOfEveryShape() {
    UUID uuid = UUID.randomUUID();
    return List.of(
        RecordId.of("7"),
        RecordId.of(7),
        RecordId.of(-1L),
        RecordId.of(uuid),
        RecordId.of(uuid.toString()),
        RecordId.of("é😀\u0000"),
        RecordId.of("x".repeat(Limits.MAX_ID_BYTES)));
  }

  @Test
  void keepsIdsOfEveryShapeApart() {
    VectorCollection docs = engram.collection("ids", CollectionConfig.textOnly());
    List<RecordId> ids = idsOfEveryShape();
    ids.forEach(id -> docs.upsert(VectorRecord.of(id)));
    assertEquals(ids.size(), docs.count());
    ids.forEach(id -> assertEquals(id, docs.get(id).orElseThrow().id()));
    ids.forEach(id -> assertEquals(id, RecordId.parse(id.toString())));
    assertThrows(
        InvalidInputException.class, () -> RecordId.of("x".repeat(Limits.MAX_ID_BYTES + 1)));
    assertThrows(InvalidInputException.class, () -> RecordId.of(""));
    assertThrows(InvalidInputException.class, () -> RecordId.of("\ud800"));
  }

  @Test
  void test15RanksEachMetricByItsDefinition() {
    Random random = new Random(5);
    for (Metric metric : Metric.values()) {
      VectorCollection c =
          engram.collection("m" + metric.name(), CollectionConfig.ofDimension(5).metric(metric));
      List<float[]> vectors = new ArrayList<>();
      List<VectorRecord> records = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        float[] v = randomVector(random);
        vectors.add(v);
        records.add(VectorRecord.of(RecordId.of(i), v));
      }
      c.upsert(records);
      float[] query = randomVector(random);
      List<Integer> expected =
          IntStream.range(0, 200)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -score(metric, query, vectors.get(i))))
              .limit(10)
              .toList();
      List<SearchHit> hits = c.search(Search.nearest(query));
      assertEquals(expected.stream().map(i -> RecordId.of((long) i)).toList(), ids(hits));
      hits.forEach(h -> assertEquals(h.score(), h.explanation().total(), 1e-9));
    }
  }

  private static float[] randomVector(Random random) {
    float[] v = new float[5];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) random.nextGaussian();
    }
    return v;
  }

  private static double score(Metric metric, float[] a, float[] b) {
    double dot = 0;
    double distance = 0;
    double differences = 0;
    double na = 0;
    double nb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      differences += Math.abs(a[i] - b[i]);
      distance += (a[i] - b[i]) * (a[i] - b[i]);
      na += a[i] * a[i];
      nb += b[i] * b[i];
    }
    return switch (metric) {
      case COSINE -> dot / Math.sqrt(na * nb);
      case DOT -> dot;
      case EUCLIDEAN -> -Math.sqrt(distance);
      case MANHATTAN -> -differences;
    };
  }

  @Test
  void joinsVectorsAndWordsByRankOrByWeight() {
    VectorCollection docs = docs();
    docs.upsert(
        List.of(
            VectorRecord.of("near", new float[] {1, 0, 0}).withText("nothing of note"),
            VectorRecord.of("both", new float[] {0.9f, 0.4f, 0}).withText("green tea"),
            VectorRecord.of("words", new float[] {0, 0, 1}).withText("green tea leaves")));
    float[] query = {1, 0, 0};
    List<SearchHit> rrf = docs.search(Search.hybrid(query, "green tea"));
    assertEquals(RecordId.of("both"), rrf.getFirst().id());
    assertEquals(3, rrf.size());
    Search weighted = Search.hybrid(query, "green tea").fusion(Fusion.weighted(0, 1));
    assertEquals(RecordId.of("both"), docs.search(weighted.limit(1)).getFirst().id());
    Search nearFirst = Search.hybrid(query, "green tea").fusion(Fusion.weighted(1, 0));
    assertEquals(RecordId.of("near"), docs.search(nearFirst).getFirst().id());
    for (SearchHit hit : docs.search(weighted)) {
      assertEquals(hit.score(), hit.explanation().total(), 1e-9);
      assertEquals(2, hit.explanation().contributions().size());
    }
    assertEquals(2, docs.search(Search.hybrid(query, "green tea").offset(1)).size());
    assertEquals(1, docs.search(Search.text("tea").minScore(2)).size() + 1);
  }

  @Test
  void neverFindsFewerThanMatchAFilter() {
    VectorCollection docs = docs();
    List<VectorRecord> records = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      records.add(
          VectorRecord.of(RecordId.of(i), new float[] {1, i, 1})
              .withText("note " + i + " tea")
              .withMetadata(Metadata.of("n", i, "rare", i % 100 == 7)));
    }
    docs.upsert(records);
    Filter rare = Filter.eq("rare", true);
    assertEquals(10, docs.search(Search.nearest(new float[] {1, 0, 1}).where(rare)).size());
    assertEquals(10, docs.search(Search.text("tea").limit(100).where(rare)).size());
    assertEquals(10, docs.count(rare));
    assertEquals(
        5,
        docs.search(
                Search.nearest(new float[] {1, 0, 1})
                    .where(rare)
                    .where(Filter.range("n").lt(500))
                    .limit(50))
            .size());
    assertEquals(10, docs.patchWhere(rare, MetadataPatch.empty().set("rare", false)));
    assertEquals(0, docs.count(rare));
    assertEquals(500, docs.deleteWhere(Filter.range("n").gte(500)));
    assertEquals(500, docs.count());
  }

  @Test
  void walksOverEveryRecordOnceWhileRecordsChange() {
    VectorCollection docs = docs();
    for (int i = 0; i < 250; i++) {
      docs.upsert(VectorRecord.of(RecordId.of(i), new float[] {1, i, 0}));
    }
    Set<RecordId> seen = new HashSet<>();
    Scan scan = Scan.first().limit(40);
    Page<VectorRecord> page = docs.scan(scan);
    while (true) {
      page.items().forEach(r -> assertTrue(seen.add(r.id())));
      docs.upsert(VectorRecord.of(RecordId.of(seen.size()), new float[] {1, 1, seen.size()}));
      if (page.next().isEmpty()) {
        break;
      }
      page = docs.scan(scan.after(page.next().get()));
    }
    assertEquals(250, seen.stream().filter(id -> !id.equals(RecordId.of(250))).count());
    assertThrows(InvalidInputException.class, () -> docs.scan(Scan.first().after("zz")));
    assertThrows(InvalidInputException.class, () -> docs.scan(Scan.first().after("00")));
    assertThrows(InvalidInputException.class, () -> Scan.first().limit(0));
    assertEquals(1, docs.scan(Scan.first().where(Filter.all()).limit(1)).items().size());
  }

  @Test
  void hidesWhatHasExpiredAtOnceAndSweepsItLater() throws InterruptedException {
    VectorCollection docs =
        engram.collection(
            "short", CollectionConfig.ofDimension(2).timeToLive(Duration.ofMinutes(10)));
    docs.upsert(VectorRecord.of("default", new float[] {1, 0}).withText("tea"));
    docs.upsert(
        VectorRecord.of("own", new float[] {1, 0})
            .withText("tea")
            .withTimeToLive(Duration.ofHours(2)));
    clock.pass(Duration.ofMinutes(10));
    assertEquals(Optional.empty(), docs.get("default"));
    assertEquals(1, docs.count());
    assertEquals(List.of(RecordId.of("own")), ids(docs.search(Search.text("tea"))));
    assertEquals(List.of(RecordId.of("own")), ids(docs.search(Search.nearest(new float[] {1, 0}))));
    assertEquals(1, docs.count(Filter.all()));
    assertEquals(1, docs.scan(Scan.first()).items().size());
    assertFalse(docs.patch("default", MetadataPatch.empty().set("a", 1)));
    assertFalse(docs.delete("default"));
    for (int i = 0; i < 100 && engram.stats().records() > 1; i++) {
      Thread.sleep(50);
    }
    assertEquals(1, engram.stats().records());
    docs.upsert(VectorRecord.of("default", new float[] {1, 0}));
    assertEquals(2, docs.count());
  }

  @Test
  void storesAStreamAndCanBeCancelled() {
    VectorCollection docs = docs();
    List<Progress.Update> updates = new ArrayList<>();
    long stored =
        docs.upsertAll(
            IntStream.range(0, 2_500)
                .mapToObj(i -> VectorRecord.of(RecordId.of(i), new float[] {1, i, 0}))
                .iterator(),
            updates::add);
    assertEquals(2_500, stored);
    assertEquals(2_500, docs.count());
    assertEquals(2_500, updates.getLast().current());
    assertEquals(100.0, updates.getLast().percentage());
    assertThrows(
        CancelledException.class,
        () ->
            docs.upsertAll(
                IntStream.range(3_000, 9_000)
                    .mapToObj(i -> VectorRecord.of(RecordId.of(i), new float[] {1, i, 0}))
                    .iterator(),
                update -> {
                  throw new CancelledException("enough");
                }));
    assertEquals(3_500, docs.count());
  }

  @Test
  void managesNames() {
    Catalog catalog = engram.catalog();
    VectorCollection docs = catalog.create("docs", CollectionConfig.ofDimension(3));
    docs.upsert(VectorRecord.of("a", new float[] {1, 0, 0}));
    assertThrows(ExistsException.class, () -> catalog.create("docs", CollectionConfig.textOnly()));
    assertThrows(
        MismatchException.class, () -> engram.collection("docs", CollectionConfig.ofDimension(4)));
    catalog.alias("current", "docs");
    assertEquals(1, engram.collection("current").count());
    catalog.rename("docs", "papers");
    assertThrows(NotFoundException.class, docs::count);
    assertEquals(1, engram.collection("papers").count());
    assertEquals(1, engram.collection("current").count());
    assertEquals(List.of("current"), catalog.describe("papers").orElseThrow().aliases());
    engram.space("minds");
    assertThrows(NotFoundException.class, () -> engram.collection("minds"));
    assertThrows(NotFoundException.class, () -> engram.space("papers"));
    assertThrows(ExistsException.class, () -> catalog.rename("papers", "minds"));
    assertThrows(ExistsException.class, () -> catalog.alias("minds", "papers"));
    assertThrows(NotFoundException.class, () -> catalog.rename("nothing", "x"));
    assertThrows(NotFoundException.class, () -> catalog.alias("x", "nothing"));
    assertThrows(InvalidInputException.class, () -> engram.space(" "));
    assertEquals(
        List.of("minds", "papers"), catalog.list().stream().map(CollectionInfo::name).toList());
    assertTrue(catalog.removeAlias("current"));
    assertFalse(catalog.removeAlias("current"));
    assertTrue(catalog.drop("papers"));
    assertFalse(catalog.drop("papers"));
    assertThrows(NotFoundException.class, () -> engram.collection("papers"));
    VectorCollection again = catalog.create("papers", CollectionConfig.ofDimension(3));
    assertEquals(0, again.count());
    assertTrue(again.search(Search.nearest(new float[] {1, 0, 0})).isEmpty());
  }

  @Test
  void keepsTheRecallTargetThatItWasGivenLast() {
    Catalog catalog = engram.catalog();
    CollectionConfig config = CollectionConfig.ofDimension(3);
    assertEquals(.95, docs().info().config().recallTarget());
    VectorCollection made = catalog.create("made", config.recallTarget(.8));
    assertEquals(.8, made.info().config().recallTarget());
    engram.collection("made", config.recallTarget(.5));
    assertEquals(.8, made.info().config().recallTarget());
    catalog.alias("other", "made");
    catalog.recallTarget("other", 1);
    assertEquals(1, made.info().config().recallTarget());
    engram.space("minds");
    catalog.recallTarget("minds", .9);
    assertEquals(.9, engram.space("minds").info().config().recallTarget());
    for (double wrong : new double[] {0, 2, Double.NaN}) {
      assertThrows(InvalidInputException.class, () -> catalog.recallTarget("made", wrong));
      assertThrows(InvalidInputException.class, () -> config.recallTarget(wrong));
    }
    assertThrows(NotFoundException.class, () -> catalog.recallTarget("nothing", .9));
    engram.close();
    open();
    boolean there = engram.catalog().describe("made").isPresent();
    assertEquals(config().path().isPresent(), there);
    if (there) {
      assertEquals(1, engram.collection("made").info().config().recallTarget());
    }
  }

  @Test
  void keepsTheQuantizationThatItWasGivenLast() {
    Catalog catalog = engram.catalog();
    CollectionConfig config = CollectionConfig.ofDimension(3);
    assertEquals(Quantization.BITS_8, docs().info().config().quantization());
    VectorCollection made =
        catalog.create("made", config.quantization(Quantization.BITS_4).resident(true));
    assertEquals(Quantization.BITS_4, made.info().config().quantization());
    assertTrue(made.info().config().toString().contains("quantization=BITS_4, resident=true"));
    engram.collection("made", config);
    engram.collection("made", config.quantization(Quantization.BITS_4));
    MismatchException e =
        assertThrows(
            MismatchException.class,
            () -> engram.collection("made", config.quantization(Quantization.BITS_8)));
    assertTrue(e.getMessage().contains("quantization=BITS_4"), e.getMessage());
    assertTrue(e.getMessage().contains("quantization=BITS_8"), e.getMessage());
    catalog.alias("other", "made");
    catalog.quantization("other", Quantization.NONE);
    assertEquals(Quantization.NONE, made.info().config().quantization());
    assertEquals(Quantization.NONE, made.index().quantization());
    engram.space("minds");
    catalog.quantization("minds", Quantization.BITS_2);
    assertEquals(Quantization.BITS_2, engram.space("minds").info().config().quantization());
    assertThrows(NotFoundException.class, () -> catalog.quantization("nothing", Quantization.NONE));
    engram.close();
    open();
    if (engram.catalog().describe("made").isPresent()) {
      CollectionConfig stored = engram.collection("made").info().config();
      assertEquals(Quantization.NONE, stored.quantization());
      assertTrue(stored.resident());
    }
  }

  @Test
  void comparesByAbsoluteDifferences() {
    CollectionConfig config = CollectionConfig.ofDimension(2).metric(Metric.MANHATTAN);
    VectorCollection city = engram.collection("city", config);
    assertEquals(Quantization.NONE, city.info().config().quantization());
    city.upsert(
        List.of(
            VectorRecord.of("far", new float[] {3, -4}).withMetadata(Metadata.of("k", 1)),
            VectorRecord.of("near", new float[] {1, 1}),
            VectorRecord.of("here", new float[] {0, 0})));
    float[] origin = {0, 0};
    List<SearchHit> hits = city.search(Search.nearest(origin));
    assertEquals(List.of(0., -2., -7.), hits.stream().map(SearchHit::score).toList());
    assertEquals(1, city.search(Search.nearest(origin).where(Filter.eq("k", 1))).size());
    assertEquals(2, city.search(Search.within(origin, -2)).size());
    assertEquals(SearchPlan.VectorPlan.FLAT, city.explain(Search.nearest(origin)).vectors());
    assertEquals(3, city.search(Search.nearest(origin).diversity(.5)).size());
    assertThrows(
        InvalidInputException.class,
        () -> engram.catalog().quantization("city", Quantization.BITS_4));
    assertThrows(
        InvalidInputException.class,
        () -> engram.catalog().create("other", config.quantization(Quantization.BITS_8)));
  }

  @Test
  void refusesBadVectorsAndChangesNothing() {
    VectorCollection docs = docs();
    CommitId before = engram.lastCommit();
    for (float[] bad :
        List.of(
            new float[] {1, 2},
            new float[] {1, 2, Float.NaN},
            new float[] {1, Float.POSITIVE_INFINITY, 0},
            new float[] {0, 0, 0})) {
      InvalidInputException e =
          assertThrows(
              InvalidInputException.class,
              () ->
                  docs.upsert(
                      List.of(
                          VectorRecord.of("ok", new float[] {1, 0, 0}),
                          VectorRecord.of("a", bad))));
      assertEquals(ErrorCode.INVALID_INPUT, e.code());
      assertTrue(e.getMessage().contains("="), e.getMessage());
      assertThrows(InvalidInputException.class, () -> docs.search(Search.nearest(bad)));
    }
    VectorCollection words = engram.collection("words", CollectionConfig.textOnly());
    assertThrows(InvalidInputException.class, () -> words.search(Search.nearest(new float[] {1})));
    assertThrows(NotFoundException.class, () -> engram.collection("unknown"));
    assertThrows(InvalidInputException.class, () -> CollectionConfig.ofDimension(0));
    assertThrows(
        InvalidInputException.class, () -> CollectionConfig.ofDimension(Limits.MAX_DIMENSION + 1));
    assertThrows(
        InvalidInputException.class,
        () -> engram.collection("x", CollectionConfig.textOnly().language("klingon")));
    char[] huge = new char[Limits.MAX_TEXT_BYTES + 1];
    Arrays.fill(huge, 'x');
    assertThrows(
        InvalidInputException.class,
        () -> words.upsert(VectorRecord.ofText("a", new String(huge))));
    assertEquals(before.lsn() + 1, engram.lastCommit().lsn());
    assertEquals(0, docs.count());
  }
}
