package dev.engram.internal.engine;

import dev.engram.InvalidInputException;
import dev.engram.internal.log.Log;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ordinal and node numbers that are given out before their commit, by collection. They are not
 * given twice while the store is open; a number whose commit failed stays unused. Thread-safe.
 */
final class Numbers {
  private final Log log;
  private final int which;
  private final Map<Integer, AtomicInteger> next = new ConcurrentHashMap<>();

  Numbers(Log log, int which) {
    this.log = log;
    this.which = which;
  }

  /** The next number of a collection. */
  int take(int collection) {
    int number =
        next.computeIfAbsent(collection, c -> new AtomicInteger((int) log.counter(c, which)))
            .getAndIncrement();
    if (number < 0) {
      throw new InvalidInputException(
          "the collection is full: collection="
              + collection
              + ", limit="
              + Integer.MAX_VALUE
              + " numbers; copy it into a new one");
    }
    return number;
  }
}
