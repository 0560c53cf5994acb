package dev.engram;

import java.time.Duration;

/**
 * Which backups are kept: those that any of its rules keeps. The rules for days, weeks and months
 * keep the newest backup of each of the last so many that have one, in UTC; weeks begin on Monday.
 * One that keeps nothing is an {@link InvalidInputException}. Immutable.
 *
 * @param last the newest ones
 * @param within all that are not older than this; zero for none
 * @param daily of days
 * @param weekly of weeks
 * @param monthly of months
 */
public record Retention(int last, Duration within, int daily, int weekly, int monthly) {
  public Retention {
    check("last", last);
    check("daily", daily);
    check("weekly", weekly);
    check("monthly", monthly);
    if (within.isNegative() || within.compareTo(Limits.MAX_RETENTION) > 0) {
      throw new InvalidInputException(
          "invalid retention: within=" + within + ", allowed=PT0S.." + Limits.MAX_RETENTION);
    }
    if (last + daily + weekly + monthly == 0 && within.isZero()) {
      throw new InvalidInputException(
          "invalid retention: it keeps nothing; say what is to be kept, or delete by id");
    }
  }

  /** Keeps the newest ones. */
  public static Retention ofLast(int backups) {
    return new Retention(backups, Duration.ZERO, 0, 0, 0);
  }

  /** Keeps all that are not older than this. */
  public static Retention ofAge(Duration age) {
    return new Retention(0, age, 0, 0, 0);
  }

  /** Keeps the newest of each of the last days, weeks and months: son, father and grandfather. */
  public static Retention ofGenerations(int days, int weeks, int months) {
    return new Retention(0, Duration.ZERO, days, weeks, months);
  }

  /** Also keeps all that are not older than this. */
  public Retention within(Duration age) {
    return new Retention(last, age, daily, weekly, monthly);
  }

  /** Also keeps the newest ones. */
  public Retention last(int backups) {
    return new Retention(backups, within, daily, weekly, monthly);
  }

  private static void check(String name, int count) {
    if (count < 0 || count > Limits.MAX_RETAINED) {
      throw new InvalidInputException(
          "invalid retention: " + name + "=" + count + ", allowed=0.." + Limits.MAX_RETAINED);
    }
  }
}
