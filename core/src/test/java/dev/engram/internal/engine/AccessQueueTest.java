package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.ClosedException;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Feedback;
import dev.engram.Learning;
import dev.engram.Limits;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.RecordId;
import dev.engram.internal.engine.AccessQueue.Recalled;
import dev.engram.internal.log.CrashPoints;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AccessQueueTest {
  private static Recalled recalled(int space, RecordId id) {
    return new Recalled(space, UUID.randomUUID(), 0, List.of(id), false);
  }

  @Test
  void noRecallFailsBecauseItCannotBeCounted() {
    AccessQueue queue;
    Recalled recalled;
    try (Engram engram = Engram.inMemory()) {
      queue = new AccessQueue((OpenStore) engram);
      recalled = recalled(1, engram.space("s").learn("tea").id());
    }
    for (int i = 0; i <= AccessQueue.MOST; i++) {
      assertDoesNotThrow(() -> queue.add(recalled));
    }
    assertThrows(ClosedException.class, queue::flush);
  }

  @Test
  void aSpaceThatIsGoneKeepsNoOtherFromBeingCounted() {
    try (Engram engram = Engram.inMemory()) {
      OpenStore store = (OpenStore) engram;
      MemorySpace space = engram.space("s");
      Memory tea = space.learn("tea");
      int number = store.catalogState().find("s").number();
      AccessQueue queue = new AccessQueue(store);
      queue.add(recalled(number + 1, tea.id()));
      queue.add(recalled(number, tea.id()));
      queue.flush();
      assertEquals(2, space.get(tea.id()).orElseThrow().accessCount());
    }
  }

  @Test
  void feedbackFindsARecallThatIsJustBeingWritten() throws Exception {
    AtomicBoolean holds = new AtomicBoolean();
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    CrashPoints points =
        point -> {
          if (point.equals("before-log-write") && holds.compareAndSet(true, false)) {
            written.countDown();
            await(goesOn);
          }
        };
    try (Engram engram = EngineFactory.open(EngramConfig.inMemory(), points);
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      MemorySpace space = engram.space("s");
      Memory _ = space.learn("tea");
      holds.set(true);
      RecordId operation = space.recall("tea").getFirst().operation();
      await(written);
      Future<Boolean> said = other.submit(() -> space.feedback(Feedback.on(operation, true)));
      try {
        assertThrows(TimeoutException.class, () -> said.get(100, TimeUnit.MILLISECONDS));
      } finally {
        goesOn.countDown();
      }
      assertTrue(said.get());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(1, TimeUnit.MINUTES));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What found more than a commit holds, ids included, is counted in several. */
  @Test
  void countsManyRecallsOfLongIds() {
    String letters = "x".repeat(Limits.MAX_ID_BYTES - 8);
    try (Engram engram = Engram.inMemory()) {
      MemorySpace space = engram.space("s");
      List<RecordId> ids = IntStream.range(0, 20).mapToObj(i -> RecordId.of(letters + i)).toList();
      ids.forEach(id -> space.learn(Learning.of("tea").withId(id).allowDuplicates()));
      AccessQueue queue = new AccessQueue((OpenStore) engram);
      int number = ((OpenStore) engram).catalogState().find("s").number();
      for (int i = 0; i < 110; i++) {
        queue.add(new Recalled(number, UUID.randomUUID(), 1, ids, false));
      }
      queue.flush();
      assertEquals(111, space.get(ids.getLast()).orElseThrow().accessCount());
    }
  }
}
