package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.Fusion;
import dev.engram.Metric;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.SearchHit;
import dev.engram.StaleViewException;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.internal.text.TextIndex;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches whose hits are compared with the log. */
class HitVerifierTest {
  private static final float[] EAST = {1, 0};
  private static final float[] WEST = {-1, 0};

  private final OpenStore store = (OpenStore) Engram.inMemory();

  @AfterEach
  void checkAndClose() {
    assertTrue(store.awaitViews(store.lastCommit(), Duration.ofMinutes(1)));
    assertTrue(store.check().ok(), () -> store.check().toString());
    store.close();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void answersAsOtherwiseWhereNothingIsWrong(Metric metric) {
    SplittableRandom random = new SplittableRandom(5);
    VectorCollection docs =
        store.collection("docs", CollectionConfig.ofDimension(24).metric(metric));
    for (int i = 0; i < 3_000; i++) {
      float[] vector = vector(random);
      docs.upsert(VectorRecord.of(RecordId.of(i), vector).withText("word" + i % 7 + " all"));
    }
    float[] query = vector(random);
    for (Search search :
        List.of(
            Search.nearest(query),
            Search.text("word3"),
            Search.hybrid(query, "word3"),
            Search.hybrid(query, "word3").fusion(Fusion.weighted(.5, .5)),
            Search.nearest(query).diversity(.5),
            Search.like(RecordId.of(8), RecordId.of(9)))) {
      List<SearchHit> hits = docs.search(search.limit(100));
      assertEquals(100, hits.size());
      assertEquals(scores(hits), scores(docs.search(search.limit(100).verified())));
    }
  }

  private static List<String> scores(List<SearchHit> hits) {
    return hits.stream().map(hit -> hit.id() + " " + hit.score()).toList();
  }

  private static float[] vector(SplittableRandom random) {
    float[] vector = new float[24];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextDouble(-30, 30);
    }
    return vector;
  }

  @Test
  void tellsOfAVectorThatIsNotTheRecordsAndRebuildsTheIndex() {
    VectorCollection docs = store.collection("docs", CollectionConfig.ofDimension(2));
    docs.upsert(VectorRecord.of("a", EAST));
    Search search = Search.nearest(WEST);
    assertEquals(-1, docs.search(search.verified()).getFirst().score());
    store.vectors().get(entry("docs").row()).put(0, WEST);
    assertEquals(1, docs.search(search.minScore(0)).getFirst().score(), "it is wrong");
    assertThrows(StaleViewException.class, () -> docs.search(search.verified()));
    assertTrue(store.awaitViews(store.lastCommit(), Duration.ofMinutes(1)));
    assertEquals(-1, docs.search(search.verified()).getFirst().score());
  }

  @Test
  void tellsOfATextThatIsNotTheRecordsAndRebuildsTheIndex() {
    VectorCollection docs = store.collection("docs", CollectionConfig.textOnly());
    docs.upsert(VectorRecord.of(RecordId.of("a")).withText("green tea"));
    assertEquals(1, docs.search(Search.text("tea").verified()).size());
    CatalogEntry entry = entry("docs");
    String language = entry.descriptor().language();
    TextIndex index = store.text().opened();
    index.put(entry.number(), entry.epoch(), 0, "black coffee", language);
    index.refresh();
    assertThrows(StaleViewException.class, () -> docs.search(Search.text("coffee").verified()));
    assertTrue(store.awaitViews(store.lastCommit(), Duration.ofMinutes(1)));
    assertEquals(0, docs.search(Search.text("coffee").verified()).size());
    assertEquals(1, docs.search(Search.text("tea").verified()).size());
  }

  private CatalogEntry entry(String name) {
    try (Session session = store.session()) {
      return session.collection(name);
    }
  }
}
