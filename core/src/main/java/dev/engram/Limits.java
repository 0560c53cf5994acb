package dev.engram;

import java.time.Duration;
import java.time.Instant;

/** Every limit on what a caller may give, in one place. Exceeding one is an invalid input. */
public final class Limits {
  /** Longest record id, in UTF-8 bytes. */
  public static final int MAX_ID_BYTES = 64 * 1024;

  /** Longest name of a collection, space or alias, in UTF-8 bytes. */
  public static final int MAX_NAME_BYTES = 255;

  /** Longest text of a record or memory, in UTF-8 bytes. */
  public static final int MAX_TEXT_BYTES = 16 * 1024 * 1024;

  /** Most components of a vector. */
  public static final int MAX_DIMENSION = 8_192;

  /** Deepest nesting of metadata values and of filters. */
  public static final int MAX_DEPTH = 32;

  /** Largest metadata of one record, encoded, in bytes. */
  public static final int MAX_METADATA_BYTES = 1024 * 1024;

  /**
   * Most values of one {@code in} condition, and most operands of one {@code and} or {@code or}.
   */
  public static final int MAX_FILTER_VALUES = 65_536;

  /** Longest filter in text form, in characters. */
  public static final int MAX_FILTER_CHARS = 1024 * 1024;

  /** Most results of one search or recall. */
  public static final int MAX_RESULTS = 1_000_000;

  /** Most memories that a recall chooses from to fill a context. */
  public static final int MAX_PACKED = 200;

  /**
   * Most searches whose results are kept for when they are asked again; see {@link
   * EngramConfig#searchCacheBytes}.
   */
  public static final int MAX_CACHED_SEARCHES = 4_096;

  /** Most results of one search with diversity, those that it leaves out by its offset included. */
  public static final int MAX_DIVERSE_RESULTS = 1_000;

  /** Most examples of one search, positive and negative. */
  public static final int MAX_EXAMPLES = 1_000;

  /** Most searches of one batch. */
  public static final int MAX_BATCH_SEARCHES = 10_000;

  /**
   * Most changes in one transaction: of a record, a synapse, or a collection. To replace a text or
   * a vector counts twice, as the old one goes.
   */
  public static final int MAX_TRANSACTION_CHANGES = 1_000_000;

  /** Largest transaction, encoded, in bytes. */
  public static final long MAX_TRANSACTION_BYTES = 256L * 1024 * 1024;

  /** Longest idempotency key, in UTF-8 bytes. */
  public static final int MAX_IDEMPOTENCY_KEY_BYTES = 1_024;

  /** Shortest time to live. */
  public static final Duration MIN_TIME_TO_LIVE = Duration.ofMillis(1);

  /** Longest time to live: about a thousand years. */
  public static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(365_000);

  /** Longest time that a dynamics, a policy or an audit may be told: about a thousand years. */
  public static final Duration MAX_PERIOD = Duration.ofDays(365_000);

  /** The earliest time of an event. */
  public static final Instant MIN_EVENT_TIME = Instant.parse("-9999-01-01T00:00:00Z");

  /** The latest time of an event. */
  public static final Instant MAX_EVENT_TIME = Instant.parse("9999-12-31T23:59:59.999Z");

  /** Latest instant at which something may expire. */
  public static final Instant MAX_EXPIRY = Instant.parse("9999-12-31T23:59:59.999Z");

  /** Most memories that working memory may be told to hold. */
  public static final int MAX_WORKING_MEMORY = 10_000;

  /** Most synapses or memories that a job may be told to work on in one commit. */
  public static final int MAX_JOB_BATCH = 100_000;

  /** Most memories that are associated with each other, or begin an activation, in one call. */
  public static final int MAX_SEEDS = 1_000;

  /** Most memories that a copy of the past may hold: it is in memory. */
  public static final int MAX_PAST_MEMORIES = 200_000;

  /** Most memories that a preview of forgetting lists; more are only counted. */
  public static final int MAX_PREVIEWED = 1_000;

  /** Most synapses between where activation or a path begins and what it reaches. */
  public static final int MAX_HOPS = 32;

  /** Most memories that a recollection names as contradicting it, or as taking its place. */
  public static final int MAX_RIVALS = 16;

  /** Most similar memories that interference weakens. */
  public static final int MAX_INTERFERING = 100;

  /** Of more synapses than these at one memory only the strongest are followed. */
  public static final int MAX_FAN_OUT = 1_024;

  /** Most synapses that one {@link AutoRelation} makes when a memory is learned. */
  public static final int MAX_AUTO_RELATIONS = 10;

  /** Most memories for which an audit looks for near duplicates. */
  public static final int MAX_AUDIT_SAMPLE = 10_000_000;

  /** Largest item of a file that is imported, in bytes, uncompressed. */
  public static final long MAX_IMPORTED_ITEM_BYTES = 64L * 1024 * 1024;

  /** Most bytes that a file may have, uncompressed, unless an import allows more. */
  public static final long MAX_IMPORTED_BYTES = 1024L * 1024 * 1024 * 1024;

  /**
   * How many times larger than its file what is imported may be, beyond the first {@link
   * #MAX_IMPORTED_ITEM_BYTES}.
   */
  public static final int MAX_EXPANSION = 2_000;

  /** Most findings of one kind that an audit lists; more are only counted. */
  public static final int MAX_AUDIT_FINDINGS = 10_000;

  /** Most snapshots that a store may be told to keep; see {@link EngramConfig#snapshotLimit}. */
  public static final int MAX_SNAPSHOTS = 1_000;

  /** Most backups that one rule of a {@link Retention} keeps. */
  public static final int MAX_RETAINED = 100_000;

  /** Most entries of an {@link AuditLog} that are read at once. */
  public static final int MAX_AUDIT_PAGE = 10_000;

  /** Longest time for which a {@link Retention} keeps every backup: about a thousand years. */
  public static final Duration MAX_RETENTION = Duration.ofDays(365_000);

  private Limits() {}

  static double checkRate(String name, double rate) {
    if (!(rate > 0 && rate <= 1)) {
      throw new InvalidInputException(
          "invalid dynamics: " + name + "=" + rate + ", allowed: above 0, at most 1");
    }
    return rate;
  }

  static int checkCount(String name, int count, int most) {
    if (count < 1 || count > most) {
      throw new InvalidInputException(
          "invalid dynamics: " + name + "=" + count + ", allowed=1.." + most);
    }
    return count;
  }

  /** A time of at least a millisecond, which is what is stored. */
  static Duration checkPeriod(String name, Duration period) {
    if (period.compareTo(Duration.ofMillis(1)) < 0) {
      throw badPeriod(name, period, Duration.ofMillis(1));
    }
    return checkPeriodOrZero(name, period);
  }

  static Duration checkPeriodOrZero(String name, Duration period) {
    if (period.isNegative() || period.compareTo(MAX_PERIOD) > 0) {
      throw badPeriod(name, period, Duration.ZERO);
    }
    return period;
  }

  private static InvalidInputException badPeriod(String name, Duration period, Duration least) {
    return new InvalidInputException(
        "invalid time: " + name + "=" + period + ", allowed=" + least + ".." + MAX_PERIOD);
  }

  static void checkTimeToLive(Duration duration) {
    if (duration.compareTo(MIN_TIME_TO_LIVE) < 0 || duration.compareTo(MAX_TIME_TO_LIVE) > 0) {
      throw new InvalidInputException(
          "invalid time to live: timeToLive="
              + duration
              + ", allowed="
              + MIN_TIME_TO_LIVE
              + ".."
              + MAX_TIME_TO_LIVE);
    }
  }

  public static void checkEventTime(Instant instant) {
    if (instant.isBefore(MIN_EVENT_TIME) || instant.isAfter(MAX_EVENT_TIME)) {
      throw new InvalidInputException(
          "invalid event time: instant="
              + instant
              + ", allowed="
              + MIN_EVENT_TIME
              + ".."
              + MAX_EVENT_TIME);
    }
  }

  static void checkRecall(double target) {
    if (!(target > 0 && target <= 1)) {
      throw new InvalidInputException(
          "invalid recall: target=" + target + ", allowed: above 0, at most 1");
    }
  }

  /** Checks when something expires. */
  public static void checkExpiry(Instant instant) {
    if (instant.isAfter(MAX_EXPIRY) || instant.isBefore(Instant.EPOCH)) {
      throw new InvalidInputException(
          "invalid expiry: expiresAt="
              + instant
              + ", allowed="
              + Instant.EPOCH
              + ".."
              + MAX_EXPIRY);
    }
  }

  /**
   * The bytes that a text takes in UTF-8, by which texts are limited.
   *
   * @param what names the text in an error
   * @throws InvalidInputException where it holds an unpaired surrogate, which UTF-8 cannot hold:
   *     two texts would become one
   */
  public static long utf8Bytes(String what, String text) {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        bytes += c < 0x800 ? 1 : 2;
        if (Character.isSurrogate(c)) {
          requirePair(what, text, i);
          // The pair takes four bytes: two were counted with its chars, two here.
          i++;
        }
      }
    }
    return bytes;
  }

  private static void requirePair(String what, String text, int at) {
    boolean pair =
        Character.isHighSurrogate(text.charAt(at))
            && at + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(at + 1));
    if (!pair) {
      throw new InvalidInputException(
          "invalid "
              + what
              + ": it holds an unpaired surrogate at="
              + at
              + "; give well-formed Unicode");
    }
  }
}
