package dev.engram.internal.vector;

import dev.engram.CancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Work on many rows, shared out in ranges among some threads. Static functions only. */
final class Ranges {
  /** Rows that a thread takes at a time where each is little work. */
  static final int ROWS = 1_024;

  private Ranges() {}

  /** Work on the rows of a range; called on several threads at once. */
  @FunctionalInterface
  interface Task {
    void run(int from, int to);
  }

  /**
   * Works on all rows and returns when that is done.
   *
   * @param count rows
   * @param step rows that a thread takes at a time
   * @param threads at most, the calling one included
   * @throws CancelledException where the calling thread is interrupted
   */
  static void each(int count, int step, int threads, Task task) {
    AtomicInteger next = new AtomicInteger();
    Runnable worker = () -> work(next, count, step, task);
    if (threads == 1 || count <= step) {
      worker.run();
      return;
    }
    try (ExecutorService helpers =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("engram-vectors-", 0).factory())) {
      List<Future<?>> others = new ArrayList<>();
      for (int i = 1; i < threads; i++) {
        others.add(helpers.submit(worker));
      }
      worker.run();
      others.forEach(Ranges::await);
    } finally {
      next.set(count);
    }
  }

  private static void work(AtomicInteger next, int count, int step, Task task) {
    try {
      for (int from = next.getAndAdd(step); from < count; from = next.getAndAdd(step)) {
        if (Thread.currentThread().isInterrupted()) {
          throw cancelled(null);
        }
        task.run(from, Math.min(count, from + step));
      }
    } catch (RuntimeException | Error e) {
      // The others stop after what they are at.
      next.set(count);
      throw e;
    }
  }

  private static void await(Future<?> other) {
    try {
      Object _ = other.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a thread that codes vectors failed", e.getCause());
    }
  }

  private static CancelledException cancelled(@Nullable Throwable cause) {
    return new CancelledException("cancelled by an interrupt while vectors were coded", cause);
  }
}
