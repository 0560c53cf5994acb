package dev.engram.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CancelledException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InOrderTest {
  private static final String NAME = "in-order-test";

  @Test
  void resultsAreTakenAsTheyWereSubmitted() throws IOException {
    List<Integer> taken = new ArrayList<>();
    CountDownLatch lastIsDone = new CountDownLatch(1);
    try (InOrder<Integer> tasks = new InOrder<>(NAME, 2)) {
      tasks.submit(() -> {
        await(lastIsDone);
        return 0;
      });
      for (int i = 1; i < 100; i++) {
        int number = i;
        tasks.submit(() -> {
          if (number == 99) {
            lastIsDone.countDown();
          }
          return number;
        });
      }
      while (tasks.size() > 0) {
        taken.add(tasks.take());
      }
    }
    assertEquals(IntStream.range(0, 100).boxed().toList(), taken);
  }

  @Test
  void whatATaskThrowsIsThrownInItsPlaceAndNothingIsLeftRunning() throws IOException {
    IOException full = new IOException("no space left");
    try (InOrder<Integer> tasks = new InOrder<>(NAME, 2)) {
      tasks.submit(() -> 1);
      tasks.submit(() -> {
        throw full;
      });
      tasks.submit(() -> {
        throw new IllegalStateException();
      });
      tasks.submit(() -> 2);
      assertEquals(1, tasks.take());
      assertSame(full, assertThrows(IOException.class, tasks::take));
      assertThrows(IllegalStateException.class, tasks::take);
    }
    assertNothingRuns();
  }

  @Test
  void itsUserIsHeardWhileItWaits() {
    CountDownLatch enough = new CountDownLatch(1);
    try (InOrder<Integer> tasks = new InOrder<>(NAME, 1)) {
      tasks.submit(() -> {
        await(enough);
        return 1;
      });
      Runnable cancelling =
          () -> {
            enough.countDown();
            throw new CancelledException("enough");
          };
      assertThrows(CancelledException.class, () -> tasks.take(cancelling));
    }
  }

  @Test
  void anInterruptCancelsAndStays() {
    CountDownLatch end = new CountDownLatch(1);
    try (InOrder<Integer> tasks = new InOrder<>(NAME, 1)) {
      tasks.submit(() -> {
        await(end);
        return 1;
      });
      Thread.currentThread().interrupt();
      assertThrows(CancelledException.class, tasks::take);
      end.countDown();
      assertTrue(Thread.interrupted());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A thread is listed for a moment after its work has ended. */
  private static void assertNothingRuns() {
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (!threads().isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(List.of(), threads());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(NAME))
        .toList();
  }
}
