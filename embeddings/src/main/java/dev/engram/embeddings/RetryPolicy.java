package dev.engram.embeddings;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: exponential with jitter, or what the service asks for
 * with {@code Retry-After}, up to a cap. Time, randomness and waiting come in, so that tests need
 * none of them. As thread-safe as its parts.
 *
 * @param attempts most attempts in all, at least 1
 */
record RetryPolicy(int attempts, InstantSource clock, RandomGenerator random, Pause pause) {
  static final int DEFAULT_ATTEMPTS = 5;
  static final int MAX_ATTEMPTS = 20;
  static final Duration FIRST_DELAY = Duration.ofMillis(250);
  static final Duration MAX_DELAY = Duration.ofSeconds(10);
  static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(60);

  /** Waits. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration duration) throws InterruptedException;
  }

  static RetryPolicy standard() {
    return new RetryPolicy(
        DEFAULT_ATTEMPTS, InstantSource.system(), RandomGenerator.getDefault(), Thread::sleep);
  }

  RetryPolicy withAttempts(int most) {
    return new RetryPolicy(most, clock, random, pause);
  }

  /**
   * Waits after a failed attempt.
   *
   * @param failed the number of the attempt, from 1
   * @param retryAfter the header's value, if the service sent it
   */
  void waitAfter(int failed, Optional<String> retryAfter) throws InterruptedException {
    pause.pause(retryAfter.flatMap(this::asked).orElseGet(() -> backoff(failed)));
  }

  /** Between half and the whole of a delay that doubles. */
  private Duration backoff(int failed) {
    long delay = FIRST_DELAY.toMillis() << Math.min(failed - 1, 20);
    long millis = Math.min(delay, MAX_DELAY.toMillis());
    return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
  }

  /** The value as a duration; empty if it is neither seconds nor a date. */
  private Optional<Duration> asked(String value) {
    Duration asked;
    try {
      asked = Duration.ofSeconds(Long.parseLong(value.strip()));
    } catch (NumberFormatException notSeconds) {
      try {
        Instant then =
            ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        asked = Duration.between(clock.instant(), then);
      } catch (DateTimeException notDate) {
        return Optional.empty();
      }
    }
    if (asked.isNegative()) {
      return Optional.of(Duration.ZERO);
    }
    return Optional.of(asked.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : asked);
  }
}
