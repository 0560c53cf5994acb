package dev.engram.internal.graph;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Patterns of memories: each pair of words is the pattern of the memories that hold both. A synapse
 * belongs to every pattern of which both its ends are a part. Counts how strong the synapses of
 * each pattern are together, in bounded memory: where there are more patterns than are kept, the
 * weak ones are let go, so that a pattern is never taken for stronger than it is. Not thread-safe.
 */
public final class Patterns {
  /** Patterns that are kept at most, unless told: some 16 MiB. */
  public static final int MOST = 500_000;

  /** Of more words than these that two memories share, those with the least hashes count. */
  static final int MOST_SHARED = 16;

  /** What the synapses of a pattern must exceed together. */
  static final double STRONG = 5;

  private static final long PRIME = 0x9E3779B97F4A7C15L;
  private static final long FREE = 0;

  private final int most;
  private long[] keys = new long[1 << 10];
  private double[] sums = new double[1 << 10];
  private int size;

  public Patterns() {
    this(MOST);
  }

  /**
   * For few.
   *
   * @param most patterns that are kept
   */
  Patterns(int most) {
    this.most = most;
  }

  /**
   * Counts a synapse.
   *
   * @param from hashes of the words at one end, ascending
   * @param to and at the other
   */
  public void add(long[] from, long[] to, double strength) {
    long[] shared = shared(from, to);
    for (int i = 0; i < shared.length; i++) {
      for (int j = i + 1; j < shared.length; j++) {
        add(key(shared[i], shared[j]), strength);
      }
    }
  }

  /** Whether a synapse belongs to a pattern that is strong. */
  public boolean isStrong(long[] from, long[] to) {
    long[] shared = shared(from, to);
    for (int i = 0; i < shared.length; i++) {
      for (int j = i + 1; j < shared.length; j++) {
        if (sums[slot(key(shared[i], shared[j]))] > STRONG) {
          return true;
        }
      }
    }
    return false;
  }

  /** How many are strong. */
  public long strong() {
    return strongOnes().length;
  }

  /** The strong ones, as numbers by which {@link #ofStrong} knows them again. */
  public long[] strongOnes() {
    return IntStream.range(0, keys.length)
        .filter(at -> sums[at] > STRONG)
        .mapToLong(at -> keys[at])
        .toArray();
  }

  /** Patterns of which these are strong, and no others. */
  public static Patterns ofStrong(long[] ones) {
    Patterns patterns = new Patterns(Math.max(MOST, ones.length));
    for (long one : ones) {
      patterns.add(one, Double.POSITIVE_INFINITY);
    }
    return patterns;
  }

  /** What both hold, the least first. */
  private static long[] shared(long[] from, long[] to) {
    long[] shared = new long[Math.min(MOST_SHARED, Math.min(from.length, to.length))];
    int found = 0;
    for (int i = 0, j = 0; found < shared.length && i < from.length && j < to.length; ) {
      if (from[i] == to[j]) {
        shared[found++] = from[i++];
      } else if (from[i] < to[j]) {
        i++;
      } else {
        j++;
      }
    }
    return Arrays.copyOf(shared, found);
  }

  private static long key(long first, long second) {
    long mixed = (Long.rotateLeft(first * PRIME, 31) ^ second) * PRIME;
    return mixed == FREE ? 1 : mixed;
  }

  private void add(long key, double strength) {
    int at = slot(key);
    if (keys[at] == FREE) {
      if (size == most) {
        letGoWeak();
        at = slot(key);
      }
      keys[at] = key;
      size++;
    }
    sums[at] += strength;
    if (size > keys.length / 2) {
      rebuild(2 * keys.length, 0);
    }
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    int at = (int) (key >>> 32) & mask;
    while (keys[at] != FREE && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  /** Those that are no stronger than the mean. */
  private void letGoWeak() {
    double mean = Arrays.stream(sums).sum() / size;
    rebuild(keys.length, mean);
  }

  private void rebuild(int capacity, double above) {
    long[] oldKeys = keys;
    double[] oldSums = sums;
    keys = new long[capacity];
    sums = new double[capacity];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE && oldSums[i] > above) {
        int at = slot(oldKeys[i]);
        keys[at] = oldKeys[i];
        sums[at] = oldSums[i];
        size++;
      }
    }
  }
}
