package dev.engram;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test sets. Thread-safe. */
public final class TestClock implements InstantSource {
  private final AtomicLong millis = new AtomicLong(1_800_000_000_000L);

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis.get());
  }

  /** Lets time pass. */
  public void pass(Duration duration) {
    millis.addAndGet(duration.toMillis());
  }
}
