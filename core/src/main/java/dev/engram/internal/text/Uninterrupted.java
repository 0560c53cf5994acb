package dev.engram.internal.text;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Runs what writes files on a thread that nobody interrupts: an interrupt closes the file that the
 * thread writes, which Lucene's writer does not survive. Static functions only.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  /** Work that writes files. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /** Runs the work and waits for it; an interrupt meanwhile stays set for the caller. */
  static void run(Work work) throws IOException {
    Attempt attempt = new Attempt(work);
    Thread thread = Thread.ofVirtual().name("engram-text-files").start(attempt);
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    attempt.rethrow();
  }

  /** Written by its thread and read after that has ended. */
  private static final class Attempt implements Runnable {
    private final Work work;
    private @Nullable Throwable failure;

    Attempt(Work work) {
      this.work = work;
    }

    @Override
    public void run() {
      try {
        work.run();
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
      }
    }

    void rethrow() throws IOException {
      switch (failure) {
        case null -> {}
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(failure);
      }
    }
  }
}
