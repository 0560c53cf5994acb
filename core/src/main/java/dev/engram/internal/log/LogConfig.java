package dev.engram.internal.log;

import dev.engram.Compression;
import dev.engram.Durability;
import dev.engram.internal.crypto.Sealer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How a log is opened.
 *
 * @param directory where; null for one in memory
 * @param durability what an acknowledged commit survives
 * @param compression of new files
 * @param clock gives commits their time
 * @param random makes transaction and store ids
 * @param queueLimit commits that may wait
 * @param queueTimeout how long a writer waits for a place among them
 * @param rowCacheBytes heap for rows that were read, about; 0 holds none
 * @param acceptLoss whether to open at the point before damage in the middle of the log
 * @param crashPoints for tests
 * @param sealer makes of values what is stored
 */
public record LogConfig(
    @Nullable Path directory,
    Durability durability,
    Compression compression,
    InstantSource clock,
    RandomGenerator random,
    int queueLimit,
    Duration queueTimeout,
    long rowCacheBytes,
    boolean acceptLoss,
    CrashPoints crashPoints,
    Sealer sealer) {

  /** The same in a directory, but opened at the point before damage. */
  public LogConfig acceptingLoss(@Nullable Path where) {
    return in(where, true);
  }

  /** The same in a directory. */
  public LogConfig in(Path where) {
    return in(where, acceptLoss);
  }

  private LogConfig in(@Nullable Path where, boolean losing) {
    return new LogConfig(
        where,
        durability,
        compression,
        clock,
        random,
        queueLimit,
        queueTimeout,
        0,
        losing,
        crashPoints,
        sealer);
  }
}
