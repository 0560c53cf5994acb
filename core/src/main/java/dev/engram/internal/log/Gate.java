package dev.engram.internal.log;

import dev.engram.ClosedException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets many calls in until it is closed, and lets the closer wait until the last one has left, so
 * that nothing native is freed under a running call. Thread-safe; not reentrant in the sense that a
 * call inside a call may be refused while the gate closes.
 */
final class Gate {
  private static final long CLOSED = 1L << 62;

  private final String what;
  private final AtomicLong state = new AtomicLong();
  private volatile Thread closer = Thread.currentThread();

  Gate(String what) {
    this.what = what;
  }

  /** Enters; pair with {@link #leave} in a finally block. */
  void enter() {
    if ((state.getAndIncrement() & CLOSED) != 0) {
      leave();
      throw new ClosedException("the " + what + " is closed; open it again");
    }
  }

  void leave() {
    if (state.decrementAndGet() == CLOSED) {
      LockSupport.unpark(closer);
    }
  }

  boolean closed() {
    return (state.get() & CLOSED) != 0;
  }

  /**
   * Refuses new calls and waits for the running ones.
   *
   * @return false where it was closed before
   */
  boolean close() {
    closer = Thread.currentThread();
    long before = state.getAndUpdate(s -> s | CLOSED);
    if ((before & CLOSED) != 0) {
      return false;
    }
    boolean interrupted = false;
    while (state.get() != CLOSED) {
      LockSupport.parkNanos(this, 1_000_000);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
