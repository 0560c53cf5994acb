package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.InvalidInputException;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.CommitLayout.Entry;
import dev.engram.internal.format.CommitLayout.Kind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Which records, memories and synapses the commits after one have written, of all collections and
 * spaces. Holds a bit for each ordinal and node, and none for each synapse: those of a memory count
 * together. Read-only once it is made.
 */
final class Changes {
  /** Commits between two looks at whether the thread is interrupted. */
  private static final int TICK = 256;

  private final NumberSets records = new NumberSets();
  private final NumberSets nodes = new NumberSets();
  private final NumberSets sources = new NumberSets();

  private Changes() {}

  /**
   * Reads the log, as a transaction sees it.
   *
   * @throws InvalidInputException where the commit is not there yet
   * @throws MismatchException where it is of a timeline that the store did not come from
   * @throws NotFoundException where the log no longer reaches back to it
   */
  static Changes after(CommitId commit, Tx tx, Log log) {
    requireOwn(commit, log);
    Changes changes = new Changes();
    long[] next = {commit.lsn() + 1};
    tx.scanFrom(
        Family.LOG,
        Keys.commit(next[0]),
        new byte[0],
        (key, row) -> {
          requireNext(next[0]++, Keys.longAt(key, 0));
          if (next[0] % TICK == 0) {
            Handle.checkInterrupt("read what has changed", next[0] - commit.lsn());
          }
          CommitLayout.decode(key, row).entries().forEach(changes::add);
          return true;
        });
    if (next[0] <= tx.sees().lsn()) {
      throw trimmed(commit.lsn() + 1);
    }
    return changes;
  }

  private static void requireOwn(CommitId commit, Log log) {
    if (log.holds(commit)) {
      return;
    }
    if (commit.timeline() == log.last().timeline()) {
      throw new InvalidInputException("no such commit: commit=" + commit + ", last=" + log.last());
    }
    throw new MismatchException(
        "the commit is of another timeline: commit="
            + commit
            + ", timeline="
            + log.last().timeline()
            + "; export everything once");
  }

  private static void requireNext(long expected, long found) {
    if (found != expected) {
      throw trimmed(expected);
    }
  }

  private static NotFoundException trimmed(long lsn) {
    return new NotFoundException(
        "the log no longer has the commits that are asked for: lsn="
            + lsn
            + "; export everything, or what has changed since an instant");
  }

  private void add(Entry entry) {
    if (entry.kind() != Kind.PUT && entry.kind() != Kind.REFERENCE) {
      return;
    }
    byte[] key = entry.key();
    switch (Family.of(entry.family())) {
      case RECORDS, VECTORS -> records.add(Keys.longAt(key, 0), Keys.intAt(key, Long.BYTES));
      case CONCEPTS -> nodes.add(Keys.intAt(key, 0), Keys.intAt(key, Integer.BYTES));
      case SHORT_TERM, LONG_TERM -> sources.add(Keys.intAt(key, 0), Keys.intAt(key, Integer.BYTES));
      default -> {}
    }
  }

  /**
   * Whether a record was written, or what is known of its use.
   *
   * @param node of the memory; {@link Records#NO_NODE} where it is none
   */
  boolean hasRecord(byte[] recordKey, int node) {
    return records.has(Keys.longAt(recordKey, 0), Keys.intAt(recordKey, Long.BYTES))
        || (node != Records.NO_NODE && nodes.has(Keys.intAt(recordKey, 0), node));
  }

  /** Whether a synapse was written, or another one from the same memory. */
  boolean hasSynapseFrom(byte[] edgeKey) {
    return sources.has(Keys.intAt(edgeKey, 0), Keys.intAt(edgeKey, Integer.BYTES));
  }

  /** Sets of ordinals or nodes, each by what comes before the number in the keys of its rows. */
  private static final class NumberSets {
    private final Map<Long, BitSet> byPrefix = new HashMap<>();

    void add(long prefix, int number) {
      byPrefix.computeIfAbsent(prefix, _ -> new BitSet()).set(number);
    }

    boolean has(long prefix, int number) {
      BitSet numbers = byPrefix.get(prefix);
      return numbers != null && numbers.get(number);
    }
  }
}
