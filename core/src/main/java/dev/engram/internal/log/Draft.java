package dev.engram.internal.log;

import dev.engram.CommitOptions;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.internal.format.ByteWriter;
import dev.engram.internal.format.CommitLayout;
import dev.engram.spi.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A commit that has no LSN yet: its rows, encoded by the caller outside the queue; the claims that
 * must not have been written since the caller's snapshot; and its changes as views see them. Made
 * by {@link Log#draft}; committed at most once; not thread-safe.
 */
public final class Draft {
  private final long snapshotLsn;
  private final WriteBatchBytes rows;
  private final ByteWriter entries = new ByteWriter(256);
  private final List<Change> changes = new ArrayList<>();
  private final List<CounterStep> counterSteps = new ArrayList<>();
  private final Claims claims = new Claims();
  private final Claims reads = new Claims();
  private final Claims extensions = new Claims();
  private int entryCount;
  private boolean spoilt;
  private boolean repeated;
  private CommitOptions options = CommitOptions.NONE;
  private @Nullable AuditNote note;

  /** By the codes of families, as the other one. */
  private final int[] puts = new int[Family.count() + 1];

  private final int[] deletes = new int[Family.count() + 1];

  Draft(long snapshotLsn, WriteBatchBytes rows) {
    this.snapshotLsn = snapshotLsn;
    this.rows = rows;
  }

  /** A step of a counter, taken when the commit gets its LSN. */
  record CounterStep(int collection, int which, long number, boolean raise) {}

  public void put(Family family, byte[] key, byte[] value) {
    rows.put(family, key, value);
    if (family.referenced()) {
      CommitLayout.reference(entries, family.code(), key, value);
    } else {
      CommitLayout.put(entries, family.code(), key, value);
    }
    puts[family.code()]++;
    counted();
  }

  public void delete(Family family, byte[] key) {
    if (family.referenced()) {
      throw new IllegalArgumentException(
          "rows of " + family.title() + " go when the log is trimmed");
    }
    rows.delete(family, key);
    CommitLayout.delete(entries, family.code(), key);
    deletes[family.code()]++;
    counted();
  }

  /** Deletes every row whose key begins with the prefix. */
  public void deletePrefix(Family family, byte[] prefix) {
    rows.deletePrefix(family, prefix);
    CommitLayout.deletePrefix(entries, family.code(), prefix);
    deletes[family.code()]++;
    counted();
  }

  /** Adds to a counter. */
  public void adjust(int collection, int which, long delta) {
    counterSteps.add(new CounterStep(collection, which, delta, false));
  }

  /** Makes a counter at least this large. */
  public void raise(int collection, int which, long value) {
    counterSteps.add(new CounterStep(collection, which, value, true));
  }

  /** The commit writes this: it fails where another one did so since the snapshot. */
  public void claim(Family family, byte[] key) {
    claims.add(family.hash(key));
  }

  /** The commit relies on this: it fails where another one wrote it since the snapshot. */
  public void rely(Family family, byte[] key) {
    reads.add(family.hash(key));
  }

  /**
   * The commit adds to this: others that {@link #rely} on it fail, but not those that add to it
   * too.
   */
  public void extend(Family family, byte[] key) {
    extensions.add(family.hash(key));
  }

  /** What views are told. */
  public void tell(Change change) {
    changes.add(change);
    if (changes.size() > Limits.MAX_TRANSACTION_CHANGES) {
      throw tooLarge("changes", changes.size(), Limits.MAX_TRANSACTION_CHANGES);
    }
  }

  public void options(CommitOptions newOptions) {
    options = newOptions;
  }

  /** What the audit log is to say of it, instead of what its changes show. */
  public void note(AuditNote said) {
    note = said;
  }

  @Nullable AuditNote note() {
    return note;
  }

  /** How many rows of which families it puts and deletes. */
  String summary() {
    StringJoiner text = new StringJoiner(" ");
    for (Family family : Family.values()) {
      int put = puts[family.code()];
      int deleted = deletes[family.code()];
      if (put + deleted > 0) {
        text.add(family.title() + "=+" + put + "-" + deleted);
      }
    }
    return text.toString();
  }

  public boolean isEmpty() {
    return rows.isEmpty() && note == null;
  }

  /** Whether it takes no part in conflict detection. */
  public boolean claimsNothing() {
    return claims.size == 0;
  }

  /** Changes so far. */
  public int size() {
    return entryCount;
  }

  /** Bytes so far, about. */
  public long bytes() {
    return (long) rows.bytes() + entries.size();
  }

  long snapshotLsn() {
    return snapshotLsn;
  }

  WriteBatchBytes rows() {
    return rows;
  }

  ByteWriter entries() {
    return entries;
  }

  int entryCount() {
    return entryCount;
  }

  /** Writes a row that only the leader can make, such as a counter. */
  void putLate(Family family, byte[] key, byte[] value) {
    rows.put(family, key, value);
    CommitLayout.put(entries, family.code(), key, value);
    entryCount++;
  }

  List<CounterStep> counterSteps() {
    return counterSteps;
  }

  List<Change> changes() {
    return changes;
  }

  CommitOptions options() {
    return options;
  }

  boolean conflicts(ClaimTable table) {
    return claims.conflict(table, snapshotLsn) || reads.conflict(table, snapshotLsn);
  }

  void enterInto(ClaimTable table, long lsn) {
    claims.enterInto(table, lsn);
    extensions.enterInto(table, lsn);
  }

  /** Part of a change that failed is in it: it must not be committed any more. */
  public void spoil() {
    spoilt = true;
  }

  /** Refuses to be committed where a change in it failed half-way. */
  void requireWhole() {
    if (spoilt) {
      throw new InvalidInputException(
          "the transaction holds part of a change that failed; nothing was written, begin again");
    }
  }

  /** Its idempotency key was used before. */
  void repeat() {
    repeated = true;
  }

  /** Whether its idempotency key was used before, so that nothing of it was written. */
  public boolean repeated() {
    return repeated;
  }

  private void counted() {
    entryCount++;
    if (bytes() > Limits.MAX_TRANSACTION_BYTES) {
      throw tooLarge("bytes", bytes(), Limits.MAX_TRANSACTION_BYTES);
    }
  }

  private InvalidInputException tooLarge(String what, long is, long limit) {
    spoil();
    return new InvalidInputException(
        "the transaction is too large: "
            + what
            + "="
            + is
            + ", limit="
            + limit
            + "; commit in smaller parts");
  }

  /** Hashes of keys; some more than once. */
  private static final class Claims {
    private long[] hashes = new long[8];
    private int size;

    void add(long hash) {
      if (size > 0 && hashes[size - 1] == hash) {
        return;
      }
      if (size == hashes.length) {
        hashes = Arrays.copyOf(hashes, size * 2);
      }
      hashes[size++] = hash;
    }

    boolean conflict(ClaimTable table, long snapshotLsn) {
      return Arrays.stream(hashes, 0, size).anyMatch(hash -> table.writtenAfter(hash, snapshotLsn));
    }

    void enterInto(ClaimTable table, long lsn) {
      Arrays.stream(hashes, 0, size).forEach(hash -> table.write(hash, lsn));
    }
  }
}
