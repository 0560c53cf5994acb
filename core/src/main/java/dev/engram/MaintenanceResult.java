package dev.engram;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How one task of maintenance ended.
 *
 * @param task which
 * @param at when it began
 * @param took how long it took
 * @param error why it failed, or {@link ErrorCode#CORRUPT} where a check found something; empty
 *     where all is well
 * @param what what it did or found, for people
 */
public record MaintenanceResult(
    MaintenanceTask task, Instant at, Duration took, Optional<ErrorCode> error, String what) {
  /** Whether all is well. */
  public boolean ok() {
    return error.isEmpty();
  }
}
