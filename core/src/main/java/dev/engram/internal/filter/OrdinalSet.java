package dev.engram.internal.filter;

import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * An immutable set of ordinals, compressed; thread-safe. What a filter evaluates to, and what
 * searches take as their predicate.
 */
public final class OrdinalSet implements IntPredicate {
  private static final OrdinalSet EMPTY = new OrdinalSet(new RoaringBitmap());

  private final RoaringBitmap bitmap;
  private final int size;

  /** Takes the bitmap over: nobody may change it afterwards. */
  OrdinalSet(RoaringBitmap bitmap) {
    this.bitmap = bitmap;
    this.size = bitmap.getCardinality();
  }

  /** The set without an element. */
  public static OrdinalSet empty() {
    return EMPTY;
  }

  /** The set of these ordinals, given in any order and as often as one likes. */
  public static OrdinalSet of(int... ordinals) {
    return new OrdinalSet(RoaringBitmap.bitmapOfUnordered(ordinals));
  }

  /** The ordinals from {@code from} to just below {@code to}. */
  public static OrdinalSet range(int from, int to) {
    return new OrdinalSet(RoaringBitmap.bitmapOfRange(from, to));
  }

  /** Whether the ordinal is in the set. */
  public boolean contains(int ordinal) {
    return bitmap.contains(ordinal);
  }

  @Override
  public boolean test(int ordinal) {
    return bitmap.contains(ordinal);
  }

  /** How many ordinals there are. */
  public int size() {
    return size;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Gives each ordinal, in ascending order. */
  public void forEach(IntConsumer action) {
    bitmap.forEach((org.roaringbitmap.IntConsumer) action::accept);
  }

  /** All ordinals, in ascending order. */
  public int[] toArray() {
    return bitmap.toArray();
  }

  /** What is in both. */
  public OrdinalSet and(OrdinalSet other) {
    return new OrdinalSet(RoaringBitmap.and(bitmap, other.bitmap));
  }

  /** What is here but not in the other. */
  public OrdinalSet andNot(OrdinalSet other) {
    return new OrdinalSet(RoaringBitmap.andNot(bitmap, other.bitmap));
  }

  /** What is in either. */
  public OrdinalSet or(OrdinalSet other) {
    return new OrdinalSet(RoaringBitmap.or(bitmap, other.bitmap));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OrdinalSet that && bitmap.equals(that.bitmap);
  }

  @Override
  public int hashCode() {
    return bitmap.hashCode();
  }

  /** The number of ordinals. */
  @Override
  public String toString() {
    return "OrdinalSet[" + size + "]";
  }
}
