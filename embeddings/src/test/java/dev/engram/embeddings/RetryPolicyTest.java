package dev.engram.embeddings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final Instant NOW = Instant.parse("2026-05-04T10:00:00Z");

  private final List<Duration> pauses = new ArrayList<>();
  private final RetryPolicy policy =
      new RetryPolicy(5, InstantSource.fixed(NOW), new Random(1), pauses::add);

  @Test
  void delaysDoubleWithJitterUpToACap() throws InterruptedException {
    for (int failed = 1; failed <= 40; failed++) {
      policy.waitAfter(failed, Optional.empty());
      long most = Math.min(250L << Math.min(failed - 1, 20), 10_000);
      long millis = pauses.getLast().toMillis();
      assertTrue(millis >= most / 2 && millis <= most, "failed=" + failed + ", millis=" + millis);
    }
  }

  @Test
  void waitsAsLongAsTheServiceAsks() throws InterruptedException {
    policy.waitAfter(1, Optional.of("7"));
    policy.waitAfter(1, Optional.of("Mon, 4 May 2026 10:00:12 GMT"));
    assertEquals(List.of(Duration.ofSeconds(7), Duration.ofSeconds(12)), pauses);
  }

  @Test
  void waitsNoLongerThanTheCapAndNotForThePast() throws InterruptedException {
    policy.waitAfter(1, Optional.of("86400"));
    policy.waitAfter(1, Optional.of("-5"));
    policy.waitAfter(1, Optional.of("Mon, 4 May 2026 09:00:00 GMT"));
    assertEquals(List.of(RetryPolicy.MAX_RETRY_AFTER, Duration.ZERO, Duration.ZERO), pauses);
  }

  @Test
  void backsOffWhenWhatTheServiceAsksIsNotUnderstood() throws InterruptedException {
    policy.waitAfter(1, Optional.of("soon"));
    assertTrue(pauses.getFirst().compareTo(RetryPolicy.FIRST_DELAY) <= 0);
  }
}
