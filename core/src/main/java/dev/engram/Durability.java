package dev.engram;

import java.time.Duration;

/**
 * What an acknowledged commit survives. Fixed for an open store; a single commit may only ask for
 * more.
 */
public sealed interface Durability {
  /**
   * Survives power loss, if the device honours flushes: every group of commits ends in an fsync.
   */
  Durability DURABLE = new Synced();

  /** Survives the death of the process, not power loss: the log is written and not synced. */
  Durability PROCESS = new Buffered();

  /**
   * Survives neither until the next flush, at most {@code interval} later: nothing is logged
   * between flushes; each flush is atomic, so what is found after a crash is one earlier state.
   */
  static Durability periodic(Duration interval) {
    return new Periodic(interval);
  }

  /** See {@link #DURABLE}. */
  record Synced() implements Durability {}

  /** See {@link #PROCESS}. */
  record Buffered() implements Durability {}

  /** See {@link #periodic}. */
  record Periodic(Duration interval) implements Durability {
    public Periodic {
      if (interval.compareTo(Duration.ofMillis(10)) < 0
          || interval.compareTo(Duration.ofHours(1)) > 0) {
        throw new InvalidInputException(
            "invalid durability: interval=" + interval + ", allowed=PT0.01S..PT1H");
      }
    }
  }
}
