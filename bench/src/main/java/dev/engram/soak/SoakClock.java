package dev.engram.soak;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only where a step says so, so that a seed replays. Thread-safe. */
final class SoakClock implements InstantSource {
  /** When a soak begins. */
  static final long BEGINNING = 1_800_000_000_000L;

  private final AtomicLong millis;

  SoakClock(long millis) {
    this.millis = new AtomicLong(millis);
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis.get());
  }

  @Override
  public long millis() {
    return millis.get();
  }

  void pass(Duration time) {
    millis.addAndGet(time.toMillis());
  }
}
