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
            Search::exact);
    Search plain = Search.hybrid(EAST, "tea");
    assertEquals(plain, Search.hybrid(EAST.clone(), "tea"));
    assertEquals(plain.hashCode(), Search.hybrid(EAST.clone(), "tea").hashCode());
    assertNotEquals(plain, Search.hybrid(new float[] {1, 1}, "tea"));
    assertNotEquals(plain, Search.hybrid(EAST, "coffee"));
    assertNotEquals(plain, Search.nearest(EAST));
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
}
