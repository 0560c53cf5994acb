package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads that do the same at the same moment. */
class RaceTest {
  private static final int THREADS = 8;

  @TempDir Path directory;

  @Test
  void keepsEveryRecordOfACollectionThatManyMakeAtOnce() throws Exception {
    try (Engram engram = Engram.inMemory()) {
      for (int round = 0; round < 100; round++) {
        String name = "c" + round;
        atOnce(me -> {
          VectorCollection made = engram.collection(name, CollectionConfig.textOnly());
          made.upsert(VectorRecord.ofText("r" + me, "hello"));
        });
        assertEquals(THREADS, engram.collection(name).count(), name);
      }
      assertEquals(100, engram.catalog().list().size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void leavesNothingBehindOfACollectionThatIsDroppedMeanwhile() throws Exception {
    try (Engram engram = Engram.inMemory()) {
      for (int round = 0; round < 60; round++) {
        VectorCollection docs = engram.collection("d", CollectionConfig.textOnly());
        atOnce(me -> {
          try {
            if (me == 0) {
              engram.catalog().drop("d");
            } else {
              docs.upsert(VectorRecord.ofText("r" + me, "hello"));
            }
          } catch (NotFoundException e) {
            // Dropped before.
          }
        });
      }
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void leavesNoSynapseToAMemoryThatIsForgottenMeanwhile() throws Exception {
    try (Engram engram = Engram.inMemory()) {
      MemorySpace space = engram.space("s");
      for (int round = 0; round < 60; round++) {
        List<RecordId> ids = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          ids.add(space.learn("memory " + i + " of round " + round).id());
        }
        atOnce(me -> {
          try {
            if (me == 0) {
              assertTrue(space.forget(ids.getFirst()));
            } else if (me % 2 == 0) {
              space.associate(ids.getFirst(), ids.get(me));
            } else {
              int _ = space.hebbian(List.of(ids.getFirst(), ids.get(me)));
            }
          } catch (NotFoundException e) {
            // Forgotten before.
          }
        });
      }
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void leavesNoSynapseInASpaceThatIsDroppedMeanwhile() throws Exception {
    try (Engram engram = Engram.inMemory()) {
      for (int round = 0; round < 60; round++) {
        MemorySpace space = engram.space("s");
        RecordId a = space.learn("a").id();
        RecordId b = space.learn("b").id();
        atOnce(me -> {
          try {
            if (me == 0) {
              engram.catalog().drop("s");
            } else {
              space.associate(a, b, "relation " + me);
            }
          } catch (NotFoundException e) {
            // Dropped before.
          }
        });
      }
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void writesNothingInASpaceThatIsDroppedMeanwhile() {
    List<BiConsumer<MemorySpace, List<RecordId>>> uses =
        List.of(
            (space, ids) -> space.access(ids.getLast()),
            (space, ids) -> space.pin(ids.getLast(), true),
            (space, ids) -> space.compete(List.of(), ids.subList(0, 1)),
            (space, _) -> space.forget(ForgetPolicy.standard()),
            (space, _) -> space.sleep());
    try (Engram engram = Engram.inMemory()) {
      for (BiConsumer<MemorySpace, List<RecordId>> use : uses) {
        MemorySpace space = engram.space("s");
        List<RecordId> ids = new ArrayList<>();
        for (String text : List.of("a", "b", "alone")) {
          ids.add(space.learn(text).id());
        }
        space.associate(List.of(Association.of(ids.get(0), ids.get(1)).withStrength(.0101)));
        try (Transaction tx = engram.begin()) {
          use.accept(tx.space("s"), ids);
          assertTrue(engram.catalog().drop("s"));
          assertThrows(ConflictException.class, tx::commit);
        }
      }
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void makesNothingOfACommitWhoseKeyWasUsedBefore() throws Exception {
    CommitOptions key = CommitOptions.NONE.idempotencyKey("k");
    try (Engram engram = Engram.open(directory)) {
      CyclicBarrier both = new CyclicBarrier(2);
      AtomicBoolean first = new AtomicBoolean(true);
      Runnable write =
          () ->
              engram.write(
                  key,
                  tx -> {
                    tx.space("s").learn("hello");
                    if (first.get()) {
                      meet(both);
                    }
                  });
      try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
        Future<?> one = threads.submit(write);
        write.run();
        one.get();
      }
      first.set(false);
      engram.space("s").learn("second");
      assertTrue(engram.catalog().drop("s"));
      write.run();
      assertTrue(engram.findSpace("s").isEmpty());
      engram.space("s").learn("third");
    }
    try (Engram engram = Engram.open(directory)) {
      assertEquals(1, engram.space("s").count());
      assertEquals(1, engram.catalog().list().size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void findsARecordThatIsAlwaysThereAndNoneThatFailsTheFilter() throws Exception {
    try (Engram engram = Engram.inMemory()) {
      VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(2));
      docs.upsert(state(0));
      AtomicBoolean over = new AtomicBoolean();
      try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
        Future<?> writer =
            threads.submit(() -> {
              for (int i = 1; !over.get(); i++) {
                docs.upsert(state(i));
              }
            });
        try {
          for (int i = 0; i < 3_000; i++) {
            assertFound(docs);
          }
        } finally {
          over.set(true);
          writer.get();
        }
      }
    }
  }

  private static void assertFound(VectorCollection docs) {
    assertEquals(1, docs.search(Search.nearest(new float[] {1, 1})).size());
    Search open = Search.nearest(new float[] {1, 1}).where(Filter.eq("s", "open"));
    docs.search(open)
        .forEach(hit -> assertEquals("open", hit.record().metadata().asMap().get("s")));
  }

  @Test
  void findsATextWhileItsRecordIsReplaced() throws Exception {
    try (Engram engram = Engram.inMemory()) {
      VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(2));
      docs.upsert(state(0).withText("always here"));
      AtomicBoolean over = new AtomicBoolean();
      try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
        Future<?> writer =
            threads.submit(() -> {
              for (int i = 1; !over.get(); i++) {
                docs.upsert(state(i).withText("always here"));
              }
            });
        try {
          for (int i = 0; i < 300; i++) {
            assertEquals(1, docs.search(Search.text("always")).size(), "search " + i);
          }
        } finally {
          over.set(true);
        }
        writer.get();
      }
    }
  }

  @Test
  void survivesAnInterruptedSearchCheckpointAndClose() {
    Engram engram = Engram.open(directory);
    VectorCollection docs = engram.collection("d", CollectionConfig.textOnly());
    List<VectorRecord> batch = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      batch.add(VectorRecord.ofText("r" + i, "hello world number " + i));
    }
    docs.upsert(batch);
    engram.awaitViews(engram.lastCommit(), java.time.Duration.ofSeconds(30));
    interrupted(() -> docs.search(Search.text("hello")));
    assertEquals(10, docs.search(Search.text("hello").limit(10)).size());
    docs.upsert(VectorRecord.ofText("later", "farewell"));
    assertEquals(1, docs.search(Search.text("farewell")).size());
    interrupted(engram::checkpoint);
    assertEquals(1, docs.search(Search.text("farewell")).size());
    interrupted(engram::close);
    try (Engram again = Engram.open(directory)) {
      assertEquals(1, again.collection("d").search(Search.text("farewell")).size());
      assertTrue(again.check().ok(), () -> again.check().toString());
    }
  }

  @Test
  void keepsTheLockWhenASecondOpeningIsRefused() {
    try (Engram engram = Engram.open(directory)) {
      for (int i = 0; i < 2; i++) {
        StoreLockedException e =
            assertThrows(StoreLockedException.class, () -> Engram.open(directory));
        assertTrue(String.valueOf(e.getMessage()).contains("pid "), e.getMessage());
      }
      assertFalse(engram.stats().toString().isEmpty());
    }
  }

  private static VectorRecord state(int i) {
    return VectorRecord.of("one", new float[] {1, i % 100})
        .withMetadata(Metadata.of("s", i % 2 == 0 ? "open" : "closed"));
  }

  private static void interrupted(Runnable act) {
    Thread.currentThread().interrupt();
    try {
      act.run();
    } catch (CancelledException e) {
      // Allowed: it says that nothing happened.
    }
    assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What one of the threads does. */
  @FunctionalInterface
  private interface Act {
    void by(int me) throws Exception;
  }

  private static void atOnce(Act act) throws InterruptedException, ExecutionException {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int me = i;
        all.add(
            threads.submit(() -> {
              start.await();
              act.by(me);
              return me;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }
}
