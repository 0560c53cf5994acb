package dev.engram.spi;

import dev.engram.CommitId;
import java.time.Instant;
import java.util.List;

/**
 * A commit as views see it.
 *
 * @param id its place in the log
 * @param time when it was committed
 * @param changes what it changed, in order
 */
public record Commit(CommitId id, Instant time, List<Change> changes) {}
