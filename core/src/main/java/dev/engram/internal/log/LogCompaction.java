package dev.engram.internal.log;

import dev.engram.CancelledException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Compacts the files of a log when somebody asks for it, and can be told to stop. The caller waits,
 * while a thread of its own is in the native code, which knows no interrupts. Not thread-safe.
 */
public final class LogCompaction {
  private static final long TICK_MILLIS = 100;

  private final Rocks rocks;
  private final Rocks.Asker asker = new Rocks.Asker();

  LogCompaction(Rocks rocks) {
    this.rocks = rocks;
  }

  /**
   * Compacts the files of a family, and moves living values out of its old blob files.
   *
   * @param tick run now and then by the caller's thread; what it throws ends the compaction
   * @throws CancelledException where the thread is interrupted
   */
  public void run(Family family, Runnable tick) {
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("engram-compaction")
            .start(() -> {
              try {
                rocks.compact(family, family.referenced(), asker);
              } catch (RuntimeException e) {
                failure.set(e);
              }
            });
    boolean ended = false;
    try {
      while (!thread.join(Duration.ofMillis(TICK_MILLIS))) {
        tick.run();
      }
      ended = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("interrupted: operation=compact", e);
    } finally {
      if (!ended) {
        rocks.cancel(asker);
        awaitEnd(thread);
      }
    }
    RuntimeException why = failure.get();
    if (why != null) {
      throw why;
    }
  }

  private static void awaitEnd(Thread thread) {
    boolean interrupted = Thread.interrupted();
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
