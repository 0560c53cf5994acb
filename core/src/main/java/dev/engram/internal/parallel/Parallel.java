package dev.engram.internal.parallel;

import dev.engram.CancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Independent work on several threads: the caller's and helpers take one range of it after the
 * other, in order. Serves one call.
 */
public final class Parallel {
  private final int count;
  private final int step;
  private final Task task;
  private final AtomicLong next = new AtomicLong();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  /** Why the work that begins at an index was not done. */
  private record Failure(long index, Throwable why) {}

  private Parallel(int count, int step, Task task) {
    this.count = count;
    this.step = step;
    this.task = task;
  }

  /** Work on the items from one index up to another; called on several threads at once. */
  @FunctionalInterface
  public interface Task {
    /** Does the work of a range. */
    void run(int from, int to);
  }

  /**
   * Works on all items. Nothing of it is running any more when this returns or throws.
   *
   * @param count items
   * @param step items that a thread takes at a time, at least 1
   * @param threads at most, the calling one included
   * @throws CancelledException where the calling thread is interrupted before all is done; it stays
   *     so
   * @throws RuntimeException what the first range threw whose work failed, or the Error; ranges
   *     after it may not have been begun
   */
  public static void each(int count, int step, int threads, Task task) {
    Parallel run = new Parallel(count, step, task);
    run.run(Math.min(threads, Math.ceilDiv(count, step)), Thread.ofPlatform().daemon());
  }

  /**
   * The results in the order of the items, of work on all cores that may wait for something; throws
   * as {@link #each}.
   */
  public static <T, R> List<R> map(List<T> items, Function<T, R> work) {
    AtomicReferenceArray<R> results = new AtomicReferenceArray<>(items.size());
    Task task = (i, _) -> results.set(i, work.apply(items.get(i)));
    int cores = Runtime.getRuntime().availableProcessors();
    new Parallel(items.size(), 1, task).run(Math.min(cores, items.size()), Thread.ofVirtual());
    List<R> all = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      all.add(results.get(i));
    }
    return all;
  }

  private void run(int threads, Thread.Builder builder) {
    List<Thread> helpers = new ArrayList<>();
    try {
      for (int i = 1; i < threads; i++) {
        helpers.add(builder.name("engram-helper-" + i).start(this::takeAll));
      }
      takeAll();
    } catch (OutOfMemoryError e) {
      // No more threads: those that there are do the work.
      takeAll();
    } finally {
      await(helpers);
    }
    rethrow();
  }

  private void takeAll() {
    long from = next.getAndAdd(step);
    while (from < count && failure.get() == null) {
      try {
        requireNoInterrupt(from);
        task.run((int) from, (int) Math.min(count, from + step));
      } catch (RuntimeException | Error e) {
        fail(new Failure(from, e));
      }
      from = next.getAndAdd(step);
    }
  }

  private void requireNoInterrupt(long begun) {
    if (Thread.currentThread().isInterrupted()) {
      throw cancelled(begun, null);
    }
  }

  private CancelledException cancelled(long begun, @Nullable Throwable cause) {
    return new CancelledException(
        "cancelled by an interrupt: begun=" + Math.min(count, begun) + ", all=" + count, cause);
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
          fail(new Failure(count, cancelled(next.get(), e)));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void rethrow() {
    Failure first = failure.get();
    if (first != null) {
      if (first.why instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) first.why;
    }
  }
}
