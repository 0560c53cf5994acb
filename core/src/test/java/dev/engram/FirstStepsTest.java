package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first things that a user does. */
class FirstStepsTest {
  @TempDir Path directory;

  @Test
  void learnsRecallsAssociatesAndFindsItAgainAfterReopening() {
    Path brain = directory.resolve("brain");
    RecordId kyotoId;
    try (Engram engram = Engram.open(brain)) {
      MemorySpace space = engram.space("assistant");
      Memory tea = space.learn("Alice prefers green tea", Metadata.of("user", "alice"));
      Memory kyoto = space.learn("Alice moved to Kyoto in May");
      space.associate(tea.id(), kyoto.id());
      kyotoId = kyoto.id();
      List<Recollection> hits =
          space.recall(
              Recall.about("what tea does Alice drink?")
                  .limit(5)
                  .where(Filter.eq("user", "alice")));
      assertEquals(List.of(tea.id()), hits.stream().map(h -> h.memory().id()).toList());
      assertEquals(hits.getFirst().score(), hits.getFirst().explanation().total(), 1e-12);
      assertTrue(engram.check().ok(), engram.check().toString());
    }
    try (Engram engram = Engram.open(brain)) {
      MemorySpace space = engram.space("assistant");
      assertEquals(2, space.count());
      assertEquals(kyotoId, space.recall("Kyoto").getFirst().memory().id());
      assertEquals(1, space.neighbours(kyotoId).size());
      assertTrue(space.forget(kyotoId));
      assertTrue(space.recall("Kyoto").isEmpty());
      assertEquals(1, space.count());
    }
  }

  @Test
  void aMemoryLeadsToOthersAndWhatAPolicyForgetsComesBack() {
    try (Engram engram = Engram.inMemory()) {
      MemorySpace space = engram.space("assistant");
      Memory tea = space.learn("Alice prefers green tea");
      Memory kyoto = space.learn("Alice moved to Kyoto in May");
      for (int i = 0; i < 4; i++) {
        Synapse _ = space.associate(tea.id(), kyoto.id());
      }
      List<Activated> reached = space.activate(tea.id());
      assertEquals(kyoto.id(), reached.getFirst().memory().id());
      assertEquals(1, space.sleep().cycle());
      ForgetPreview preview = space.preview(ForgetPolicy.standard());
      assertEquals(0, preview.memories());
      Forgetting done = space.forget(ForgetPolicy.standard());
      assertEquals(0, space.undo(done.operation()));
    }
  }

  @Test
  void storesVectorsAndFindsTheNearest() {
    try (Engram engram = Engram.inMemory()) {
      VectorCollection docs = engram.collection("docs", CollectionConfig.ofDimension(2));
      docs.upsert(
          List.of(
              VectorRecord.of("a", new float[] {1, 0}).withMetadata(Metadata.of("year", 2019)),
              VectorRecord.of("b", new float[] {0.9f, 0.1f})
                  .withMetadata(Metadata.of("year", 2021)),
              VectorRecord.of("c", new float[] {0, 1}).withMetadata(Metadata.of("year", 2022))));
      List<SearchHit> hits =
          docs.search(Search.nearest(new float[] {1, 0}).where(Filter.range("year").gte(2020)));
      assertEquals(
          List.of(RecordId.of("b"), RecordId.of("c")), hits.stream().map(SearchHit::id).toList());
      assertEquals(3, docs.count());
      assertTrue(docs.delete("b"));
      assertEquals(
          List.of(RecordId.of("a"), RecordId.of("c")),
          docs.search(Search.nearest(new float[] {1, 0})).stream().map(SearchHit::id).toList());
    }
  }
}
