package dev.engram.embeddings;

import dev.engram.CancelledException;
import dev.engram.EngramException;
import dev.engram.UnavailableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Spreads equal work over as many threads as there are processors, shared by the process, which end
 * when idle. One piece of work runs on the calling thread. Thread-safe.
 */
final class Parallel {
  private static final long IDLE_SECONDS = 2;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final ThreadPoolExecutor THREADS = threads();

  private Parallel() {}

  /**
   * The results of {@code work} for 0 … count − 1, in that order; the first failure ends it.
   *
   * @throws CancelledException if the calling thread is interrupted
   */
  static List<float[]> map(int count, IntFunction<float[]> work) {
    float[][] results = new float[count][];
    AtomicInteger next = new AtomicInteger();
    Runnable worker =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            results[i] = work.apply(i);
          }
        };
    if (count == 1) {
      worker.run();
    } else {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < Math.min(count, PROCESSORS); i++) {
        workers.add(THREADS.submit(worker));
      }
      try {
        await(workers);
      } finally {
        next.set(count);
      }
    }
    return List.copyOf(Arrays.asList(results));
  }

  private static void await(List<Future<?>> workers) {
    try {
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("embedding cancelled: threads=" + workers.size(), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EngramException failure) {
        throw failure;
      }
      throw new UnavailableException("embedding failed: provider=minilm; see the cause", e);
    }
  }

  private static ThreadPoolExecutor threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            PROCESSORS,
            PROCESSORS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("engram-minilm-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }
}
