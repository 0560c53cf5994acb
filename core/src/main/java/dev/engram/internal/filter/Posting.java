package dev.engram.internal.filter;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * A set of ordinals that costs what it holds: null for none, an {@code Integer} for one, a sorted
 * {@code int[]} for a few, a bitmap for more. Every change returns the set to keep from then on.
 */
final class Posting {
  private static final int FEW = 32;

  private Posting() {}

  static Object add(@Nullable Object posting, int ordinal) {
    return switch (posting) {
      case null -> ordinal;
      case Integer one -> one == ordinal ? one : pair(one, ordinal);
      case int[] few -> addTo(few, ordinal);
      default -> {
        ((RoaringBitmap) posting).add(ordinal);
        yield posting;
      }
    };
  }

  private static int[] pair(int a, int b) {
    return new int[] {Math.min(a, b), Math.max(a, b)};
  }

  private static Object addTo(int[] few, int ordinal) {
    int found = Arrays.binarySearch(few, ordinal);
    if (found >= 0) {
      return few;
    }
    if (few.length == FEW) {
      RoaringBitmap many = RoaringBitmap.bitmapOf(few);
      many.add(ordinal);
      return many;
    }
    int at = -found - 1;
    int[] longer = new int[few.length + 1];
    System.arraycopy(few, 0, longer, 0, at);
    longer[at] = ordinal;
    System.arraycopy(few, at, longer, at + 1, few.length - at);
    return longer;
  }

  static @Nullable Object remove(@Nullable Object posting, int ordinal) {
    return switch (posting) {
      case null -> null;
      case Integer one -> one == ordinal ? null : one;
      case int[] few -> removeFrom(few, ordinal);
      default -> removeFrom((RoaringBitmap) posting, ordinal);
    };
  }

  private static Object removeFrom(int[] few, int ordinal) {
    int at = Arrays.binarySearch(few, ordinal);
    if (at < 0) {
      return few;
    }
    if (few.length == 2) {
      return few[1 - at];
    }
    int[] shorter = Arrays.copyOf(few, few.length - 1);
    System.arraycopy(few, at + 1, shorter, at, shorter.length - at);
    return shorter;
  }

  private static @Nullable Object removeFrom(RoaringBitmap many, int ordinal) {
    many.remove(ordinal);
    if (many.isEmpty()) {
      return null;
    }
    return many.cardinalityExceeds(FEW / 2) ? many : shrunk(many.toArray());
  }

  private static Object shrunk(int[] few) {
    return few.length == 1 ? (Object) few[0] : few;
  }

  /** As a bitmap; the caller must not change it, for it may be the posting itself. */
  static RoaringBitmap bitmap(@Nullable Object posting) {
    return switch (posting) {
      case null -> new RoaringBitmap();
      case Integer one -> RoaringBitmap.bitmapOf(one);
      case int[] few -> RoaringBitmap.bitmapOf(few);
      default -> (RoaringBitmap) posting;
    };
  }

  /** Adds all ordinals to a gathering. */
  static void gather(@Nullable Object posting, Gathering into) {
    switch (posting) {
      case null -> {}
      case Integer one -> into.add(one);
      case int[] few -> into.addAll(few, 0, few.length);
      default -> into.add((RoaringBitmap) posting);
    }
  }
}
