package dev.engram.internal.engine;

import dev.engram.CancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Independent work on all cores: the caller's thread and helpers take one item after the other, in
 * their order. Serves one call.
 */
final class InParallel<T, R> {
  private final List<T> items;
  private final Function<T, R> work;
  private final AtomicReferenceArray<R> results;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  private record Failure(int index, Throwable why) {}

  private InParallel(List<T> items, Function<T, R> work) {
    this.items = items;
    this.work = work;
    this.results = new AtomicReferenceArray<>(items.size());
  }

  /**
   * The results in the order of the items. Nothing of it is running any more when this returns.
   *
   * @throws RuntimeException what the first item threw whose work failed; items after it may not
   *     have been looked at
   */
  static <T, R> List<R> map(List<T> items, Function<T, R> work) {
    InParallel<T, R> run = new InParallel<>(items, work);
    int threads = Math.min(items.size(), Runtime.getRuntime().availableProcessors());
    List<Thread> helpers = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      helpers.add(Thread.startVirtualThread(run::takeAll));
    }
    run.takeAll();
    run.await(helpers);
    return run.results();
  }

  private void takeAll() {
    int index = next.getAndIncrement();
    while (index < items.size() && failure.get() == null) {
      try {
        requireNoInterrupt(index);
        results.set(index, work.apply(items.get(index)));
      } catch (RuntimeException | Error e) {
        fail(new Failure(index, e));
      }
      index = next.getAndIncrement();
    }
  }

  private static void requireNoInterrupt(int begun) {
    if (Thread.currentThread().isInterrupted()) {
      throw cancelled(begun, null);
    }
  }

  private static CancelledException cancelled(int begun, @Nullable Throwable cause) {
    return new CancelledException("cancelled by an interrupt: begun=" + begun, cause);
  }

  private void fail(Failure own) {
    Failure _ =
        failure.accumulateAndGet(
            own, (a, b) -> a == null || (b != null && b.index < a.index) ? b : a);
  }

  private void await(List<Thread> helpers) {
    boolean interrupted = false;
    for (Thread helper : helpers) {
      boolean joined = false;
      while (!joined) {
        try {
          helper.join();
          joined = true;
        } catch (InterruptedException e) {
          interrupted = true;
          fail(new Failure(items.size(), cancelled(next.get(), e)));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private List<R> results() {
    Failure first = failure.get();
    if (first != null) {
      if (first.why instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) first.why;
    }
    List<R> all = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      all.add(results.get(i));
    }
    return all;
  }
}
