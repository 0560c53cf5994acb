package dev.engram.internal.log;

/**
 * Remembers at which LSN each claim was last written, for as many writes as matter to the
 * transactions that are still open. Two generations of an open-addressing table of 64-bit hashes:
 * when the young one is full it becomes the old one, and a transaction older than the old one's
 * first LSN counts as conflicting. A collision of hashes is a false conflict, never a missed one.
 * Used by the leader of the group commit only; not thread-safe.
 */
final class ClaimTable {
  private final int capacity;
  private Generation young;
  private Generation old;

  /**
   * @param capacity claims a generation holds; a power of two
   * @param lsn the last LSN before the first claim
   */
  ClaimTable(int capacity, long lsn) {
    this.capacity = capacity;
    this.young = new Generation(capacity, lsn);
    this.old = new Generation(1, lsn);
  }

  /** Whether someone wrote the claim after this LSN, or might have. */
  boolean writtenAfter(long claim, long lsn) {
    if (lsn < old.floor) {
      return true;
    }
    return young.last(claim) > lsn || old.last(claim) > lsn;
  }

  /** Notes that the claim is written by the commit of this LSN. */
  void write(long claim, long lsn) {
    if (young.full()) {
      old = young;
      // Not lsn - 1: the commit may have claims in the old generation already.
      young = new Generation(capacity, lsn);
    }
    young.put(claim, lsn);
  }

  /** The claims of a commit from elsewhere are not known: who has not seen it conflicts. */
  void unknownUpTo(long lsn) {
    old = new Generation(1, lsn);
  }

  private static final class Generation {
    /** Transactions that saw less than this cannot be judged. */
    private final long floor;

    private final long[] claims;
    private final long[] lsns;
    private int size;

    Generation(int capacity, long floor) {
      this.floor = floor;
      this.claims = new long[capacity * 2];
      this.lsns = new long[capacity * 2];
    }

    boolean full() {
      return size * 2 >= claims.length;
    }

    long last(long claim) {
      return lsns[slot(claim)];
    }

    void put(long claim, long lsn) {
      int slot = slot(claim);
      if (lsns[slot] == 0) {
        size++;
      }
      claims[slot] = claim;
      lsns[slot] = lsn;
    }

    /** The claim's slot, or the free one where it would go; an LSN of 0 marks a free slot. */
    private int slot(long claim) {
      int mask = claims.length - 1;
      int slot = (int) (claim ^ (claim >>> 32)) & mask;
      while (lsns[slot] != 0 && claims[slot] != claim) {
        slot = (slot + 1) & mask;
      }
      return slot;
    }
  }
}
