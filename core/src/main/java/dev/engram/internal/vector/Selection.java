package dev.engram.internal.vector;

import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * Which ordinals may be hits. Thread-safe if what it is made of is.
 *
 * @param allowed the test, also asked of ordinals that the index does not hold
 * @param size how many may be, at most; {@link Integer#MAX_VALUE} where nobody has counted
 * @param listing all of them, ascending; asked for only where the size is known
 */
public record Selection(IntPredicate allowed, int size, Supplier<int[]> listing) {
  /** Every ordinal. */
  public static final Selection ALL = where(Every.ORDINAL);

  /** The test that every ordinal passes. */
  enum Every implements IntPredicate {
    ORDINAL;

    @Override
    public boolean test(int ordinal) {
      return true;
    }
  }

  /** Ordinals that pass a test; nobody knows how many. */
  public static Selection where(IntPredicate allowed) {
    return new Selection(allowed, Integer.MAX_VALUE, () -> new int[0]);
  }

  boolean isAll() {
    return allowed instanceof Every;
  }

  boolean test(int ordinal) {
    return allowed.test(ordinal);
  }

  int[] ordinals() {
    return listing.get();
  }
}
