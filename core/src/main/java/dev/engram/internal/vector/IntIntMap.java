package dev.engram.internal.vector;

import java.util.Arrays;

/**
 * A map from int keys, zero or more, to ints. Open addressing with linear probing, at most two
 * thirds full; removal shifts entries back, so there are no tombstones. Not thread-safe.
 */
final class IntIntMap {
  private static final int EMPTY = -1;
  private static final int FIRST_CAPACITY = 8;
  private static final int GOLDEN = 0x9E3779B9;

  private int[] keys = emptyKeys(FIRST_CAPACITY);
  private int[] values = new int[FIRST_CAPACITY];
  private int size;

  /** The value of a key, or -1. */
  int get(int key) {
    int at = find(key);
    return keys[at] == key ? values[at] : -1;
  }

  void put(int key, int value) {
    assert key >= 0 && value >= 0 : "key=" + key + ", value=" + value;
    int at = find(key);
    if (keys[at] != key) {
      if (3L * (size + 1) > 2L * keys.length) {
        grow();
        at = find(key);
      }
      keys[at] = key;
      size++;
    }
    values[at] = value;
  }

  /** Removes a key and returns its value, or -1 if it is absent. */
  int remove(int key) {
    int hole = find(key);
    if (keys[hole] != key) {
      return -1;
    }
    final int value = values[hole];
    int mask = keys.length - 1;
    for (int at = (hole + 1) & mask; keys[at] != EMPTY; at = (at + 1) & mask) {
      if (((at - home(keys[at])) & mask) >= ((at - hole) & mask)) {
        keys[hole] = keys[at];
        values[hole] = values[at];
        hole = at;
      }
    }
    keys[hole] = EMPTY;
    size--;
    return value;
  }

  int size() {
    return size;
  }

  long bytes() {
    return 8L * keys.length;
  }

  /** Where the key is, or the empty place where it would go. */
  private int find(int key) {
    int mask = keys.length - 1;
    int at = home(key);
    while (keys[at] != key && keys[at] != EMPTY) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private int home(int key) {
    return (key * GOLDEN) >>> (Integer.numberOfLeadingZeros(keys.length) + 1);
  }

  private void grow() {
    int[] oldKeys = keys;
    int[] oldValues = values;
    keys = emptyKeys(2 * oldKeys.length);
    values = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != EMPTY) {
        int at = find(oldKeys[i]);
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }

  private static int[] emptyKeys(int capacity) {
    int[] keys = new int[capacity];
    Arrays.fill(keys, EMPTY);
    return keys;
  }
}
