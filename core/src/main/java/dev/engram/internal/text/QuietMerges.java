package dev.engram.internal.text;

import org.apache.lucene.index.ConcurrentMergeScheduler;

/**
 * Merges on one background thread. A failed merge stops the writer, which reports the cause at its
 * next call; so nothing is thrown into the thread's uncaught handler.
 */
final class QuietMerges extends ConcurrentMergeScheduler {
  private static final int MAX_WAITING = 6;
  private static final int THREADS = 1;

  QuietMerges() {
    setMaxMergesAndThreads(MAX_WAITING, THREADS);
    disableAutoIOThrottle();
  }

  @Override
  protected void handleMergeException(Throwable failure) {}
}
