package dev.engram.formats;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test sets. */
final class SetClock implements InstantSource {
  private Instant now = Instant.ofEpochMilli(1_800_000_000_000L);

  @Override
  public Instant instant() {
    return now;
  }

  /** Lets time pass. */
  void pass(Duration duration) {
    now = now.plus(duration);
  }
}
