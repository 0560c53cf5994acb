package dev.engram.bench;

import java.util.List;

/** What every benchmark does with what it measured. */
final class Measured {
  private Measured() {}

  /** Seconds since a time of {@link System#nanoTime}. */
  static double seconds(long startedNanos) {
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  /** The one in the middle; of an even number the higher one. */
  static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /** Figures of a run that is not correct do not count: it ends here. */
  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException("the run is not correct: " + otherwise);
    }
  }
}
