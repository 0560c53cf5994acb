package dev.engram.internal.filter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.roaringbitmap.BitSetUtil;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/**
 * Collects ordinals in any order into one bitmap. A few are buffered and sorted; many go to plain
 * bits, which is an order of magnitude faster than adding them to a compressed bitmap one by one.
 * Not thread-safe; good for one result.
 */
final class Gathering {
  private static final int FIRST_BUFFER = 64;
  private static final int MOST_BUFFERED = 4_096;

  private final List<RoaringBitmap> bitmaps = new ArrayList<>();
  private int[] buffer = new int[FIRST_BUFFER];
  private int buffered;
  private long[] bits = {};

  void add(int ordinal) {
    if (buffered == buffer.length) {
      makeRoom();
    }
    buffer[buffered++] = ordinal;
  }

  void addAll(int[] ordinals, int from, int to) {
    if (bits.length == 0 && buffered + to - from <= MOST_BUFFERED) {
      for (int i = from; i < to; i++) {
        add(ordinals[i]);
      }
    } else {
      spread(ordinals, from, to);
    }
  }

  void add(RoaringBitmap bitmap) {
    bitmaps.add(bitmap);
  }

  private void makeRoom() {
    if (buffer.length < MOST_BUFFERED) {
      buffer = Arrays.copyOf(buffer, buffer.length * 4);
    } else {
      spread(buffer, 0, buffered);
      buffered = 0;
    }
  }

  private void spread(int[] ordinals, int from, int to) {
    int highest = 0;
    for (int i = from; i < to; i++) {
      highest = Math.max(highest, ordinals[i]);
    }
    if (highest >> 6 >= bits.length) {
      bits = Arrays.copyOf(bits, (highest >> 6) + 1 + (bits.length >> 1));
    }
    for (int i = from; i < to; i++) {
      bits[ordinals[i] >> 6] |= 1L << ordinals[i];
    }
  }

  /** The union of everything added; nobody else holds it, unless one bitmap was all there was. */
  RoaringBitmap result() {
    if (bits.length > 0) {
      spread(buffer, 0, buffered);
      bitmaps.add(BitSetUtil.bitmapOf(bits));
    } else if (buffered > 0) {
      Arrays.sort(buffer, 0, buffered);
      bitmaps.add(RoaringBitmap.bitmapOf(Arrays.copyOf(buffer, buffered)));
    }
    return switch (bitmaps.size()) {
      case 0 -> new RoaringBitmap();
      case 1 -> bitmaps.getFirst();
      default -> FastAggregation.or(bitmaps.iterator());
    };
  }
}
