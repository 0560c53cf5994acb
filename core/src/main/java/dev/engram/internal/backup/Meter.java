package dev.engram.internal.backup;

import dev.engram.CancelledException;
import dev.engram.Progress;
import dev.engram.Progress.Update;

/**
 * Tells how far a long operation is, and ends it where a thread of it is interrupted. Thread-safe:
 * several threads may do parts of it, and the one that made the meter tells.
 */
public final class Meter {
  /** Bytes between two reports. */
  private static final long STEP_BYTES = 4L << 20;

  private final Progress progress;
  private final String operation;
  private final long total;
  private final Thread teller = Thread.currentThread();
  private long done;
  private long reported = -STEP_BYTES;
  private String message = "";

  /**
   * @param total bytes in all, each pass over them counted
   */
  public Meter(Progress progress, String operation, long total) {
    this.progress = progress;
    this.operation = operation;
    this.total = total;
  }

  /** What is being done from now on. */
  public synchronized void now(String what) {
    message = what;
  }

  /** So many bytes were passed. */
  public synchronized void pass(long bytes) {
    done += bytes;
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException("interrupted: operation=" + operation + ", bytes=" + done);
    }
    tell();
  }

  /** Tells what the threads have done, where it is something. */
  public synchronized void tell() {
    if (done - reported >= STEP_BYTES && Thread.currentThread().equals(teller)) {
      report();
    }
  }

  /** Nothing is left to do. */
  public synchronized void end() {
    done = total;
    message = "done";
    report();
  }

  private void report() {
    reported = done;
    // What is sent anew is passed once more than was reckoned with.
    progress.report(new Update(operation, Math.min(done, total), total, message));
  }
}
