package dev.engram.internal.parallel;

import dev.engram.CancelledException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tasks on threads of their own, whose results are taken in the order in which they were submitted.
 * Used by one thread. Nothing runs any more when it is closed.
 *
 * @param <T> a result
 */
public final class InOrder<T> implements AutoCloseable {
  private static final int TICK_MILLIS = 100;

  private final ExecutorService threads;
  private final Queue<Future<T>> results = new ArrayDeque<>();

  /**
   * @param name of the threads
   * @param count of the threads, at least 1; each is begun when there is work for it
   */
  public InOrder(String name, int count) {
    threads =
        Executors.newFixedThreadPool(
            count, Thread.ofPlatform().daemon().name(name + "-", 0).factory());
  }

  /**
   * Runs tasks, several at a time. Where the caller is interrupted, or comes to the result of one
   * that failed, those that run are interrupted.
   *
   * @param name of the threads
   * @param count of the threads, at least 1
   * @param meanwhile is run on this thread after each result and now and then; what it throws ends
   *     the work
   * @return the results in the order of the tasks
   * @throws CancelledException where the thread is interrupted meanwhile; it stays so
   * @throws RuntimeException what a task threw, or the Error or IOException
   */
  public static <T> List<T> all(
      String name, int count, List<? extends Task<T>> tasks, Runnable meanwhile)
      throws IOException {
    List<T> results = new ArrayList<>(tasks.size());
    try (InOrder<T> running = new InOrder<>(name, count)) {
      tasks.forEach(running::submit);
      try {
        while (running.size() > 0) {
          results.add(running.take(meanwhile));
          meanwhile.run();
        }
      } finally {
        // Where nothing failed, nothing is left to be cancelled.
        running.cancel();
      }
    }
    return results;
  }

  /** Work that may fail as reading and writing do. */
  @FunctionalInterface
  public interface Task<T> {
    T run() throws IOException;
  }

  public void submit(Task<T> task) {
    results.add(threads.submit(task::run));
  }

  /** Results that were not taken. */
  public int size() {
    return results.size();
  }

  /**
   * The first result that was not taken, once it is there.
   *
   * @throws CancelledException where the thread is interrupted meanwhile; it stays so
   * @throws RuntimeException what the task threw, or the Error or IOException
   */
  public T take() throws IOException {
    return take(() -> {});
  }

  /**
   * As {@link #take()}.
   *
   * @param meanwhile is run now and then on this thread while the result is not there; what it
   *     throws ends the waiting
   */
  public T take(Runnable meanwhile) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw cancelled(null);
    }
    Future<T> result = results.remove();
    try {
      while (true) {
        try {
          return result.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          meanwhile.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private CancelledException cancelled(@Nullable Throwable cause) {
    return new CancelledException("cancelled by an interrupt: parts=" + results.size(), cause);
  }

  private static IOException failure(@Nullable Throwable why) {
    return switch (why) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case IOException e -> e;
      case null, default -> new IOException(why);
    };
  }

  /** Interrupts tasks that run, and drops the others. */
  public void cancel() {
    List<Runnable> _ = threads.shutdownNow();
  }

  /** Lets tasks end that run, and drops the others. */
  @Override
  public void close() {
    results.forEach(each -> each.cancel(false));
    threads.close();
  }
}
