package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.ClosedException;
import dev.engram.Engram;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.RecordId;
import dev.engram.internal.engine.AccessQueue.Recalled;
import java.util.List;
import java.util.UUID;
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
}
