package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A search that is asked again is answered at once, and never with what is no longer true. */
class SearchCacheTest {
  private static final float[] EAST = {1, 0};

  private final TestClock clock = new TestClock();
  private Engram engram = Engram.open(EngramConfig.inMemory().clock(clock));
  private VectorCollection docs = docs();

  private VectorCollection docs() {
    return engram.collection("docs", CollectionConfig.ofDimension(2));
  }

  @AfterEach
  void checkAndClose() {
    try (Engram open = engram) {
      assertTrue(open.check().ok(), () -> open.check().toString());
    }
  }

  private long cached() {
    Stats.SearchStats stats = engram.stats().searches();
    return Math.round(stats.count() * stats.cacheHitRatio());
  }

  @Test
  void answersTheSameSearchAgain() {
    docs.upsert(VectorRecord.of("a", EAST).withText("green tea"));
    assertEquals(0, engram.stats().searches().cacheHitRatio());
    for (Search search : List.of(Search.nearest(EAST), Search.text("tea"))) {
      long before = cached();
      List<SearchHit> first = docs.search(search);
      assertEquals(first, docs.search(search));
      assertEquals(before + 1, cached());
      docs.search(search.limit(3));
      assertEquals(before + 1, cached());
    }
    assertEquals(6, engram.stats().searches().count());
    assertEquals(1. / 3, engram.stats().searches().cacheHitRatio(), 1e-9);
    engram.space("minds").recall(Recall.about("tea"));
    assertEquals(7, engram.stats().searches().count());
  }

  @Test
  void searchesAnewAfterEveryKindOfChange() {
    Search search = Search.nearest(EAST);
    docs.upsert(VectorRecord.of("a", EAST));
    docs.search(search);
    docs.upsert(VectorRecord.of("b", EAST));
    assertEquals(2, docs.search(search).size());
    docs.patch("b", MetadataPatch.empty().set("year", 2020));
    assertEquals(Metadata.of("year", 2020), docs.search(search).getLast().record().metadata());
    docs.deleteWhere(Filter.eq("year", 2020));
    assertEquals(1, docs.search(search).size());
    engram.write(tx -> tx.collection("docs").upsert(VectorRecord.of("c", EAST)));
    assertEquals(2, docs.search(search).size());
    assertEquals(0, cached());
    engram.catalog().recallTarget("docs", .5);
    docs.search(search);
    assertEquals(0, cached());
    assertTrue(engram.catalog().drop("docs"));
    assertThrows(NotFoundException.class, () -> docs.search(search));
    assertEquals(0, docs().search(search).size());
  }

  @Test
  void keepsWhatOtherCollectionsDoNotTouch() {
    docs.upsert(VectorRecord.of("a", EAST));
    docs.search(Search.nearest(EAST));
    VectorCollection others = engram.collection("others", CollectionConfig.ofDimension(2));
    others.upsert(VectorRecord.of("b", EAST));
    engram.space("minds").learn("hello");
    assertEquals("b", others.search(Search.nearest(EAST)).getFirst().id().toString());
    assertEquals("a", docs.search(Search.nearest(EAST)).getFirst().id().toString());
    assertEquals(1, cached());
    engram.catalog().rename("docs", "papers");
    assertThrows(NotFoundException.class, () -> docs.search(Search.nearest(EAST)));
  }

  @Test
  void hidesWhatHasExpiredSince() {
    docs.upsert(VectorRecord.of("a", EAST).withTimeToLive(Duration.ofSeconds(10)));
    docs.upsert(VectorRecord.of("b", EAST));
    Search search = Search.nearest(EAST);
    assertEquals(2, docs.search(search).size());
    assertEquals(2, docs.search(search).size());
    assertEquals(1, cached());
    clock.pass(Duration.ofSeconds(11));
    assertEquals(1, docs.search(search).size());
    assertEquals(1, docs.search(search).size());
  }

  @Test
  void doesNotSeeTheWritesOfATransactionAndKeepsNothingOfIt() {
    docs.upsert(VectorRecord.of("a", EAST));
    try (Transaction tx = engram.begin()) {
      VectorCollection inside = tx.collection("docs");
      inside.upsert(VectorRecord.of("b", EAST));
      assertEquals(1, inside.search(Search.nearest(EAST)).size());
      assertEquals(1, docs.search(Search.nearest(EAST)).size());
      tx.commit();
    }
    assertEquals(2, docs.search(Search.nearest(EAST)).size());
  }

  @Test
  void canBeTurnedOffAndIsBounded() {
    assertThrows(InvalidInputException.class, () -> EngramConfig.inMemory().searchCacheBytes(-1));
    for (long bytes : new long[] {0, 1_000}) {
      checkAndClose();
      engram = Engram.open(EngramConfig.inMemory().searchCacheBytes(bytes));
      docs = docs();
      docs.upsert(VectorRecord.of("a", EAST));
      docs.search(Search.nearest(EAST));
      docs.search(Search.nearest(EAST));
      assertEquals(0, cached(), "bytes=" + bytes);
    }
  }

  @Test
  void letsGoWhatWasNotAskedLongest() {
    docs.upsert(VectorRecord.of("a", EAST));
    Search first = Search.nearest(EAST).limit(Limits.MAX_CACHED_SEARCHES + 1);
    docs.search(first);
    for (int i = 1; i < Limits.MAX_CACHED_SEARCHES; i++) {
      docs.search(Search.nearest(EAST).limit(i));
    }
    docs.search(first);
    assertEquals(1, cached());
    docs.search(Search.nearest(EAST).limit(Limits.MAX_CACHED_SEARCHES));
    docs.search(Search.nearest(EAST).limit(1));
    assertEquals(1, cached());
    docs.search(first);
    assertEquals(2, cached());
  }

  @Test
  void neverGivesWhatACommitHasReplaced() throws Exception {
    docs.upsert(VectorRecord.of("a", EAST).withMetadata(Metadata.of("n", 0)));
    AtomicLong acknowledged = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    Search search = Search.nearest(EAST);
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(
            threads.submit(() -> {
              while (!done.get()) {
                long atLeast = acknowledged.get();
                long seen = version(docs.search(search));
                assertTrue(seen >= atLeast, () -> "seen=" + seen + ", atLeast=" + atLeast);
              }
            }));
      }
      for (int i = 1; i <= 1_000; i++) {
        change(i);
        acknowledged.set(i);
        if (i % 20 == 0) {
          Thread.sleep(1);
        }
      }
      done.set(true);
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
    assertTrue(cached() > 0);
  }

  private void change(int version) {
    Metadata metadata = Metadata.of("n", version);
    if (version % 3 == 0) {
      docs.patch("a", MetadataPatch.empty().set("n", version));
    } else {
      float[] vector = {1, version % 2};
      docs.upsert(VectorRecord.of("a", vector).withMetadata(metadata));
    }
  }

  private static long version(List<SearchHit> hits) {
    return hits.getFirst().record().metadata().getLong("n").orElseThrow();
  }
}
