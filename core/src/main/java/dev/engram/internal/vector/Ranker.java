package dev.engram.internal.vector;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Ranks what a scan finds by rows, after each partition: then the bound is the worst of the best so
 * far, and the scan finds less and less. A workspace; one thread at a time.
 */
final class Ranker extends ScanSink {
  private final CodeKernels codes = CodeKernels.best();
  private @Nullable TopK top;
  private @Nullable Segment segment;
  private @Nullable CodedQuery query;
  private float base;
  private float distance;
  private float uncertainty;
  private int ranked;

  /** Keys, in an order of integers, and the places that they are of. */
  private long[] added = new long[64];

  private int size;

  /**
   * Starts anew.
   *
   * @param newTop takes the ordinals, with minus their keys as scores
   */
  void begin(TopK newTop, CodedQuery newQuery) {
    top = newTop;
    query = newQuery;
    uncertainty = 0;
    ranked = 0;
    bound = Float.POSITIVE_INFINITY;
  }

  /** Refers to nothing any more, until it starts anew. */
  void forget() {
    top = null;
    segment = null;
    query = null;
    size = 0;
  }

  /** What comes next is of a partition of this segment. */
  void at(Segment newSegment, float newBase, float newDistance) {
    segment = newSegment;
    base = newBase;
    distance = newDistance;
  }

  /** Is ranked at {@link #rankAdded}. */
  @Override
  void add(float key, long place) {
    if (size == added.length) {
      added = Arrays.copyOf(added, 2 * size);
    }
    int bits = Float.floatToRawIntBits(key);
    int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
    added[size++] = (long) ascending << 32 | place;
  }

  /** Ranks what was added, best first, as far as it may be among the best. */
  void rankAdded() {
    if (size > 1) {
      Arrays.sort(added, 0, size);
    }
    for (int i = 0; i < size; i++) {
      int ascending = (int) (added[i] >> 32);
      float key = Float.intBitsToFloat(ascending ^ (ascending >> 31 & Integer.MAX_VALUE));
      if (key >= bound) {
        break;
      }
      rank((int) added[i]);
    }
    size = 0;
  }

  void rank(int place) {
    TopK best = java.util.Objects.requireNonNull(top);
    Segment from = java.util.Objects.requireNonNull(segment);
    CodedQuery asked = java.util.Objects.requireNonNull(query);
    float key = from.key(codes, place, asked) + base;
    ranked++;
    if (key < bound) {
      best.offer(from.ordinal(place), -key);
      bound = -best.worst();
      uncertainty = Math.max(uncertainty, from.usualError(place) * distance);
    }
  }

  /** How far the key of any of the best may be off. */
  float uncertainty() {
    return uncertainty;
  }

  /** How many were ranked. */
  int ranked() {
    return ranked;
  }
}
