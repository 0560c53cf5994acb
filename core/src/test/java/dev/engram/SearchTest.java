package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a search can be asked. */
class SearchTest {
  private static final float[] EAST = {1, 0};

  private Engram engram;
  private VectorCollection docs;

  @BeforeEach
  void open() {
    engram = Engram.inMemory();
    docs = engram.collection("docs", CollectionConfig.ofDimension(2));
  }

  @AfterEach
  void checkAndClose() {
    try (Engram open = engram) {
      assertTrue(open.check().ok(), () -> open.check().toString());
    }
  }

  private static float[] at(double degrees) {
    return new float[] {
      (float) Math.cos(Math.toRadians(degrees)), (float) Math.sin(Math.toRadians(degrees))
    };
  }

  private static List<String> ids(List<SearchHit> hits) {
    return hits.stream().map(hit -> hit.id().toString()).toList();
  }

  @Test
  void isEqualToASearchThatAsksForTheSame() {
    List<UnaryOperator<Search>> changes =
        List.of(
            s -> s.limit(7),
            s -> s.offset(3),
            s -> s.where(Filter.eq("year", 2020)),
            s -> s.fusion(Fusion.rrf(10)),
            s -> s.minScore(.5),
            s -> s.recall(.8),
            s -> s.diversity(.5),
            Search::exact,
            Search::verified);
    Search plain = Search.hybrid(EAST, "tea");
    assertEquals(plain, Search.hybrid(EAST.clone(), "tea"));
    assertEquals(plain.hashCode(), Search.hybrid(EAST.clone(), "tea").hashCode());
    assertNotEquals(plain, Search.hybrid(new float[] {1, 1}, "tea"));
    assertNotEquals(plain, Search.hybrid(EAST, "coffee"));
    assertNotEquals(plain, Search.nearest(EAST));
    Search like = Search.like(RecordId.of("a"), RecordId.of("b"));
    assertEquals(like, Search.like(List.of(RecordId.of("a"), RecordId.of("b")), List.of()));
    assertNotEquals(like, Search.like(RecordId.of("a")));
    assertNotEquals(like, Search.like(like.positive(), List.of(RecordId.of("c"))));
    for (UnaryOperator<Search> change : changes) {
      assertNotEquals(plain, change.apply(plain));
      assertEquals(change.apply(plain), change.apply(Search.hybrid(EAST, "tea")));
      assertEquals(change.apply(plain).hashCode(), change.apply(plain).hashCode());
    }
  }

  @Test
  void takesARecallAboveZeroAndUpToOne() {
    assertEquals(OptionalDouble.empty(), Search.nearest(EAST).recall());
    assertEquals(OptionalDouble.of(.9), Search.nearest(EAST).recall(.9).limit(3).recall());
    assertEquals(Search.nearest(EAST).recall(1), Search.nearest(EAST).exact());
    assertEquals(OptionalDouble.empty(), Recall.about("tea").recall());
    assertEquals(OptionalDouble.of(1), Recall.about("tea").exact().minScore(0).recall());
    for (double wrong : new double[] {0, -.5, 1.01, Double.NaN}) {
      assertThrows(InvalidInputException.class, () -> Search.nearest(EAST).recall(wrong));
      assertThrows(InvalidInputException.class, () -> Recall.about("tea").recall(wrong));
    }
  }

  @Test
  void answersABatchInItsOrder() {
    for (int i = 0; i < 360; i++) {
      docs.upsert(VectorRecord.of(RecordId.of(i), at(i)).withText("word" + i % 10));
    }
    List<Search> batch = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      batch.add(i % 3 == 0 ? Search.text("word" + i % 10) : Search.nearest(at(i)).limit(3));
    }
    List<List<SearchHit>> all = docs.searchAll(batch);
    assertEquals(batch.size(), all.size());
    for (int i = 0; i < batch.size(); i++) {
      assertEquals(ids(docs.search(batch.get(i))), ids(all.get(i)), "search " + i);
    }
    assertEquals(List.of(), docs.searchAll(List.of()));
  }

  @Test
  void failsABatchWithTheErrorOfItsFirstBadSearch() {
    docs.upsert(VectorRecord.of("a", EAST));
    List<Search> batch = new ArrayList<>(Collections.nCopies(50, Search.nearest(EAST)));
    batch.set(20, Search.nearest(new float[] {1, 2, 3}));
    batch.set(30, Search.nearest(new float[] {0, 0}));
    InvalidInputException e =
        assertThrows(InvalidInputException.class, () -> docs.searchAll(batch));
    assertTrue(e.getMessage().contains("dimension=3"), e.getMessage());
  }

  @Test
  void takesABatchUpToItsLimit() {
    List<Search> most = Collections.nCopies(Limits.MAX_BATCH_SEARCHES, Search.text("tea"));
    assertEquals(most.size(), docs.searchAll(most).size());
    List<Search> more = Collections.nCopies(Limits.MAX_BATCH_SEARCHES + 1, Search.text("tea"));
    assertThrows(InvalidInputException.class, () -> docs.searchAll(more));
  }

  @Test
  void cancelsABatchWhoseCallerIsInterrupted() {
    docs.upsert(VectorRecord.of("a", EAST));
    Thread.currentThread().interrupt();
    assertThrows(
        CancelledException.class,
        () -> docs.searchAll(Collections.nCopies(5_000, Search.nearest(EAST))));
    assertTrue(Thread.interrupted());
  }

  @Test
  void searchesABatchInATransactionByTheCommitsBeforeIt() {
    docs.upsert(VectorRecord.of("a", EAST));
    engram.write(tx -> {
      tx.collection("docs").upsert(VectorRecord.of("b", EAST));
      List<Search> batch = Collections.nCopies(8, Search.nearest(EAST));
      for (List<SearchHit> hits : tx.collection("docs").searchAll(batch)) {
        assertEquals(List.of("a"), ids(hits));
      }
    });
  }

  @Test
  void tellsHowLongSearchesTook() {
    assertEquals(new Stats.SearchStats(0, 0, 0, 0, 0), engram.stats().searches());
    docs.upsert(VectorRecord.of("a", EAST));
    for (int i = 1; i <= 100; i++) {
      docs.search(Search.nearest(EAST).limit(i));
    }
    Stats.SearchStats stats = engram.stats().searches();
    assertEquals(100, stats.count());
    assertTrue(stats.p50Micros() > 0, stats.toString());
    assertTrue(stats.p50Micros() <= stats.p95Micros(), stats.toString());
    assertTrue(stats.p95Micros() <= stats.p99Micros(), stats.toString());
  }

  @Test
  void explainsHowItIsAnswered() {
    for (int i = 0; i < 100; i++) {
      Metadata metadata = Metadata.of("even", i % 2 == 0);
      docs.upsert(
          VectorRecord.of(RecordId.of(i), at(i)).withText("green tea").withMetadata(metadata));
    }
    Search near = Search.nearest(EAST).limit(7);
    SearchPlan plan = docs.explain(near);
    assertEquals(SearchPlan.VectorPlan.FLAT, plan.vectors());
    assertFalse(plan.text());
    assertEquals(.95, plan.recall());
    assertEquals(100, plan.vectorsScanned());
    assertEquals(7, plan.hits());
    assertFalse(plan.cached());
    assertTrue(plan.nanos() > 0);
    List<String> names = plan.phases().stream().map(SearchPlan.Phase::name).toList();
    assertTrue(names.containsAll(List.of("scan", "read")), names.toString());
    docs.search(near);
    assertTrue(docs.explain(near).cached());
    Search even = near.where(Filter.eq("even", true)).exact();
    assertEquals(50, docs.explain(even).vectorsScanned());
    assertEquals(1, docs.explain(even).recall());
    SearchPlan words = docs.explain(Search.text("tea"));
    assertEquals(SearchPlan.VectorPlan.NONE, words.vectors());
    assertTrue(words.text());
    assertEquals(0, words.vectorsScanned());
    SearchPlan both = docs.explain(Search.hybrid(EAST, "tea"));
    assertTrue(both.text() && both.vectors() == SearchPlan.VectorPlan.FLAT, both.toString());
    assertThrows(
        InvalidInputException.class, () -> docs.explain(Search.nearest(new float[] {0, 0})));
  }

  @Test
  void findsWhatIsLikeSomeRecordsAndUnlikeOthers() {
    for (int degrees : new int[] {0, 20, 40, 60, 80, 100, 340}) {
      docs.upsert(VectorRecord.of("d" + degrees, at(degrees)));
    }
    RecordId at20 = RecordId.of("d20");
    RecordId at60 = RecordId.of("d60");
    assertEquals(List.of("d0", "d40"), ids(docs.search(Search.like(at20).limit(2))));
    assertEquals(List.of("d40", "d0", "d80"), ids(docs.search(Search.like(at20, at60).limit(3))));
    // 2 · 20° - 60° points to -7.5°.
    Search away = Search.like(List.of(at20), List.of(at60));
    assertEquals(List.of("d0", "d340", "d40", "d80", "d100"), ids(docs.search(away)));
    SearchHit best = docs.search(away).getFirst();
    assertEquals(Math.cos(Math.toRadians(7.5)), best.score(), 1e-3);
    assertEquals(best.score(), best.explanation().total(), 1e-9);
    docs.upsert(VectorRecord.of("d20", at(100)));
    assertEquals(List.of("d100"), ids(docs.search(Search.like(at20).limit(1))));
  }

  @Test
  void takesTheDirectionOfExamplesUnderCosineAndTheirLengthUnderTheOtherMetrics() {
    VectorCollection plain =
        engram.collection("plain", CollectionConfig.ofDimension(2).metric(Metric.EUCLIDEAN));
    for (VectorCollection each : List.of(docs, plain)) {
      each.upsert(VectorRecord.of("long", new float[] {0, 100}));
      each.upsert(VectorRecord.of("short", new float[] {1, 0}));
      each.upsert(VectorRecord.of("between", new float[] {1, 1}));
      each.upsert(VectorRecord.of("far", new float[] {1, 50}));
    }
    Search like = Search.like(RecordId.of("long"), RecordId.of("short")).limit(1);
    assertEquals(List.of("between"), ids(docs.search(like)));
    assertEquals(List.of("far"), ids(plain.search(like)));
  }

  @Test
  void neverFindsTheExamplesAndKeepsToTheFilter() {
    for (int i = 0; i < 200; i++) {
      docs.upsert(
          VectorRecord.of(RecordId.of(i), at(i / 3.0)).withMetadata(Metadata.of("n", i % 2)));
    }
    List<RecordId> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(RecordId.of(i));
    }
    List<SearchHit> hits = docs.search(Search.like(all, List.of()).limit(300));
    assertEquals(100, hits.size());
    assertTrue(hits.stream().noneMatch(hit -> all.contains(hit.id())));
    Search odd = Search.like(all, List.of()).where(Filter.eq("n", 1)).limit(300);
    assertEquals(50, docs.search(odd).size());
    assertEquals(List.of(), docs.search(odd.minScore(2)));
  }

  @Test
  void refusesExamplesThatCannotBeCompared() {
    docs.upsert(List.of(VectorRecord.of("a", EAST), VectorRecord.of("west", new float[] {-1, 0})));
    docs.upsert(VectorRecord.ofText("words", "tea"));
    RecordId a = RecordId.of("a");
    NotFoundException e =
        assertThrows(
            NotFoundException.class, () -> docs.search(Search.like(a, RecordId.of("secret"))));
    assertTrue(e.getMessage().contains("positive=1"), e.getMessage());
    assertFalse(e.getMessage().contains("secret"), e.getMessage());
    Search bad = Search.like(List.of(a), List.of(RecordId.of("words")));
    assertThrows(InvalidInputException.class, () -> docs.search(bad));
    Search nowhere = Search.like(a, RecordId.of("west"));
    assertThrows(InvalidInputException.class, () -> docs.search(nowhere));
    VectorCollection words = engram.collection("words", CollectionConfig.textOnly());
    assertThrows(InvalidInputException.class, () -> words.search(Search.like(a)));
    assertThrows(InvalidInputException.class, () -> Search.like(List.of(), List.of(a)));
    List<RecordId> most = Collections.nCopies(Limits.MAX_EXAMPLES, a);
    assertEquals(1, docs.search(Search.like(most, List.of())).size());
    assertThrows(InvalidInputException.class, () -> Search.like(most, List.of(a)));
  }

  @Test
  void prefersHitsThatAreUnlikeEachOther() {
    for (double degrees : new double[] {0, 1, 2, 3, 30, 31, -50}) {
      docs.upsert(VectorRecord.of("d" + (int) degrees, at(degrees)));
    }
    Search near = Search.nearest(EAST).limit(3);
    assertEquals(List.of("d0", "d1", "d2"), ids(docs.search(near)));
    assertEquals(List.of("d0", "d1", "d2"), ids(docs.search(near.diversity(1))));
    List<SearchHit> diverse = docs.search(near.diversity(.4));
    assertEquals(List.of("d0", "d-50", "d31"), ids(diverse));
    assertEquals(List.of("d31"), ids(docs.search(near.diversity(.4).limit(1).offset(2))));
    SearchHit second = diverse.get(1);
    double cosine = Math.cos(Math.toRadians(50));
    assertEquals(.4 * cosine - .6 * cosine, second.score(), 1e-6);
    Explanation.Contribution part = second.explanation().contributions().getLast();
    assertEquals("diversity", part.arm());
    assertEquals(cosine, part.raw(), 1e-6);
    for (SearchHit hit : diverse) {
      assertEquals(hit.score(), hit.explanation().total(), 1e-9);
    }
    assertEquals(diverse, docs.search(near.diversity(.4)));
    assertEquals(List.of("d0"), ids(docs.search(near.diversity(.4).minScore(.9999))));
  }

  @Test
  void givesADiverseAnswerToWordsAndUnderTheOtherMetrics() {
    VectorCollection plain =
        engram.collection("plain", CollectionConfig.ofDimension(2).metric(Metric.EUCLIDEAN));
    for (VectorCollection each : List.of(docs, plain)) {
      each.upsert(VectorRecord.of("a", new float[] {1, 0}).withText("tea"));
      each.upsert(VectorRecord.of("b", new float[] {1, .01f}).withText("tea"));
      each.upsert(VectorRecord.of("c", new float[] {0, 1}).withText("tea in a cup"));
      each.upsert(VectorRecord.ofText("bare", "tea with milk and sugar"));
    }
    assertEquals(List.of("a", "c"), ids(plain.search(diverse(Search.nearest(EAST), 2))));
    assertEquals("c", ids(docs.search(diverse(Search.hybrid(EAST, "tea"), 2))).getLast());
    List<String> words = ids(docs.search(diverse(Search.text("tea"), 4)));
    assertEquals(4, words.size());
    assertEquals("b", words.getLast());
  }

  private static Search diverse(Search search, int limit) {
    return search.limit(limit).diversity(.3);
  }

  @Test
  void refusesADiversityThatItCannotGive() {
    Search near = Search.nearest(EAST);
    for (double wrong : new double[] {-.1, 1.1, Double.NaN}) {
      assertThrows(InvalidInputException.class, () -> near.diversity(wrong));
    }
    Search most = near.diversity(.5).limit(Limits.MAX_DIVERSE_RESULTS);
    assertEquals(0, docs.search(most).size());
    assertThrows(InvalidInputException.class, () -> most.offset(1));
    assertThrows(
        InvalidInputException.class,
        () -> near.limit(Limits.MAX_DIVERSE_RESULTS + 1).diversity(.5));
    VectorCollection words = engram.collection("words", CollectionConfig.textOnly());
    Search text = Search.text("tea").diversity(.5);
    assertThrows(InvalidInputException.class, () -> words.search(text));
  }

  @Test
  void findsAllWithinARange() {
    for (int i = 0; i < 360; i++) {
      docs.upsert(VectorRecord.of(RecordId.of(i), at(i)));
    }
    Search within = Search.within(EAST, Math.cos(Math.toRadians(150.5)));
    assertEquals(Limits.MAX_RESULTS, within.limit());
    List<SearchHit> hits = docs.search(within);
    assertEquals(301, hits.size());
    assertTrue(hits.getLast().score() >= within.minScore());
    assertEquals(360, docs.search(Search.within(EAST, -1)).size());
    assertEquals(0, docs.search(Search.within(EAST, 1.1)).size());
    assertEquals(5, docs.search(within.limit(5)).size());
    assertEquals(1, docs.search(within.offset(300)).size());
    VectorCollection plain =
        engram.collection("plain", CollectionConfig.ofDimension(2).metric(Metric.EUCLIDEAN));
    for (int i = 0; i < 1_000; i++) {
      plain.upsert(VectorRecord.of(RecordId.of(i), new float[] {i, 0}));
    }
    assertEquals(401, plain.search(Search.within(new float[] {400, 0}, -200)).size());
  }
}
