package dev.engram.internal.recall;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How a memory is kept and was used: what prefers it to others that match as well. Each measure is
 * between 0 and 1, so that an arm's weight is the most that it can count.
 *
 * @param importance as of now
 * @param idleMillis since it was used last
 * @param accesses how often it was used, from 1: to be learned is the first
 */
public record Usage(double importance, long idleMillis, long accesses) {
  /** So many days after its last use a memory is half as recent. */
  static final double HALF_LIFE_DAYS = 30;

  /** So many uses after it was learned a memory is half reinforced. */
  static final double HALF_USES = 10;

  /**
   * 1 on the day of the last use; half of it in every 30 days. Days are whole: of two that were
   * used within a day neither is preferred.
   */
  double recency() {
    return Math.pow(2, -idleDays() / HALF_LIFE_DAYS);
  }

  /** n / (n + 10) with n uses since it was learned. */
  double reinforcement() {
    return uses() / (uses() + HALF_USES);
  }

  /** A clock that was set back makes nothing older. */
  private long idleDays() {
    return TimeUnit.MILLISECONDS.toDays(Math.max(0, idleMillis));
  }

  private long uses() {
    return Math.max(0, accesses - 1);
  }

  /** The importance of rows whose usage is known. */
  public static Measure importance(List<@Nullable Usage> byRow) {
    return row -> of(byRow, row, Usage::importance);
  }

  /** The recency of rows whose usage is known. */
  public static Measure recency(List<@Nullable Usage> byRow) {
    return new Measure() {
      @Override
      public double of(int row) {
        return Usage.of(byRow, row, Usage::recency);
      }

      @Override
      public String detail(int row) {
        Usage usage = byRow.get(row);
        return usage == null ? "" : "days since its last use: " + usage.idleDays();
      }
    };
  }

  /** The reinforcement of rows whose usage is known. */
  public static Measure reinforcement(List<@Nullable Usage> byRow) {
    return new Measure() {
      @Override
      public double of(int row) {
        return Usage.of(byRow, row, Usage::reinforcement);
      }

      @Override
      public String detail(int row) {
        Usage usage = byRow.get(row);
        return usage == null ? "" : "uses since it was learned: " + usage.uses();
      }
    };
  }

  private static double of(List<@Nullable Usage> byRow, int row, ToDoubleFunction<Usage> measure) {
    Usage usage = byRow.get(row);
    return usage == null ? 0 : measure.applyAsDouble(usage);
  }
}
