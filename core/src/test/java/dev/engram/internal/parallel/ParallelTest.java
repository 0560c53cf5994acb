package dev.engram.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CancelledException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelTest {
  @Test
  void doesEachItemOnce() {
    AtomicIntegerArray done = new AtomicIntegerArray(10_007);
    Parallel.each(
        done.length(),
        100,
        4,
        (from, to) -> IntStream.range(from, to).forEach(done::incrementAndGet));
    assertTrue(IntStream.range(0, done.length()).allMatch(i -> done.get(i) == 1));
  }

  @Test
  void keepsTheOrderOfResults() {
    List<Integer> items = IntStream.range(0, 500).boxed().toList();
    assertEquals(items.stream().map(i -> 2 * i).toList(), Parallel.map(items, i -> 2 * i));
    assertEquals(List.of(), Parallel.map(List.of(), i -> i));
  }

  @Test
  void throwsWhatTheFirstFailureWasAndLeavesNothingRunning() {
    AtomicInteger running = new AtomicInteger();
    Error first = new InternalError("a page that cannot be read");
    Error thrown =
        assertThrows(
            InternalError.class,
            () ->
                Parallel.each(
                    1_000,
                    1,
                    4,
                    (from, _) -> {
                      running.incrementAndGet();
                      try {
                        if (from == 3) {
                          throw first;
                        }
                      } finally {
                        running.decrementAndGet();
                      }
                    }));
    assertSame(first, thrown);
    assertEquals(0, running.get());
  }

  @Test
  void anInterruptCancelsAndStays() {
    Thread.currentThread().interrupt();
    assertThrows(CancelledException.class, () -> Parallel.each(10, 1, 1, (_, _) -> {}));
    assertTrue(Thread.interrupted());
  }
}
