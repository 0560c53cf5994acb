package dev.engram.internal.filter;

import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * The 64-bit keys of one field with their ordinals, sorted by key and then ordinal, in blocks: a B+
 * tree of two levels. Twelve bytes an entry and at most half a block of room, no object per value;
 * adding and removing move at most a block, a range is a walk over arrays. Not thread-safe.
 */
final class NumberColumn {
  private static final int BLOCK = 512;
  private static final int FIRST_BLOCK = 4;

  private Block[] blocks = new Block[0];
  private long[] firstKeys = {};
  private int[] firstOrdinals = {};
  private int blockCount;

  /** Sorted entries; never empty while in the column. */
  private static final class Block {
    private long[] keys;
    private int[] ordinals;
    private int size;

    Block(int capacity) {
      keys = new long[capacity];
      ordinals = new int[capacity];
    }

    /** The place of an entry, or {@code -place - 1} where it belongs. */
    int find(long key, int ordinal) {
      int low = 0;
      int high = size - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int order = order(keys[middle], ordinals[middle], key, ordinal);
        if (order == 0) {
          return middle;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle - 1;
      }
      return -low - 1;
    }

    void insert(int at, long key, int ordinal) {
      if (size == keys.length) {
        int capacity = Math.min(BLOCK, size + Math.max(FIRST_BLOCK, size >> 1));
        keys = Arrays.copyOf(keys, capacity);
        ordinals = Arrays.copyOf(ordinals, capacity);
      }
      System.arraycopy(keys, at, keys, at + 1, size - at);
      System.arraycopy(ordinals, at, ordinals, at + 1, size - at);
      keys[at] = key;
      ordinals[at] = ordinal;
      size++;
    }

    void delete(int at) {
      size--;
      System.arraycopy(keys, at + 1, keys, at, size - at);
      System.arraycopy(ordinals, at + 1, ordinals, at, size - at);
    }

    /** Moves the entries from {@code at} on to a new block. */
    Block split(int at) {
      Block upper = new Block(BLOCK);
      upper.size = size - at;
      System.arraycopy(keys, at, upper.keys, 0, upper.size);
      System.arraycopy(ordinals, at, upper.ordinals, 0, upper.size);
      size = at;
      return upper;
    }

    int firstWhere(LongPredicate holds) {
      int low = 0;
      int high = size;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (holds.test(keys[middle])) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }
  }

  private static int order(long keyA, int ordinalA, long keyB, int ordinalB) {
    return keyA != keyB ? Long.compare(keyA, keyB) : Integer.compare(ordinalA, ordinalB);
  }

  boolean isEmpty() {
    return blockCount == 0;
  }

  /** Adds an entry; one that is there already stays once. */
  void add(long key, int ordinal) {
    if (blockCount == 0) {
      insertBlock(0, new Block(FIRST_BLOCK), key, ordinal);
      return;
    }
    int index = Math.max(0, blockOf(key, ordinal));
    Block block = blocks[index];
    int at = block.find(key, ordinal);
    if (at >= 0) {
      return;
    }
    at = -at - 1;
    if (block.size < BLOCK) {
      insert(index, at, key, ordinal);
    } else if (index == blockCount - 1 && at == BLOCK) {
      insertBlock(blockCount, new Block(FIRST_BLOCK), key, ordinal);
    } else {
      split(index);
      add(key, ordinal);
    }
  }

  private void insert(int index, int at, long key, int ordinal) {
    blocks[index].insert(at, key, ordinal);
    if (at == 0) {
      noteFirst(index);
    }
  }

  private void split(int index) {
    Block upper = blocks[index].split(BLOCK / 2);
    openGap(index + 1);
    blocks[index + 1] = upper;
    noteFirst(index + 1);
  }

  private void insertBlock(int index, Block block, long key, int ordinal) {
    openGap(index);
    blocks[index] = block;
    insert(index, 0, key, ordinal);
  }

  private void openGap(int index) {
    if (blockCount == blocks.length) {
      int capacity = blockCount + 1 + (blockCount >> 1);
      blocks = Arrays.copyOf(blocks, capacity);
      firstKeys = Arrays.copyOf(firstKeys, capacity);
      firstOrdinals = Arrays.copyOf(firstOrdinals, capacity);
    }
    move(index, index + 1, blockCount - index);
    blockCount++;
  }

  private void move(int from, int to, int count) {
    System.arraycopy(blocks, from, blocks, to, count);
    System.arraycopy(firstKeys, from, firstKeys, to, count);
    System.arraycopy(firstOrdinals, from, firstOrdinals, to, count);
  }

  private void noteFirst(int index) {
    firstKeys[index] = blocks[index].keys[0];
    firstOrdinals[index] = blocks[index].ordinals[0];
  }

  /** Removes an entry, if it is there. */
  void remove(long key, int ordinal) {
    int index = blockOf(key, ordinal);
    int at = index < 0 ? -1 : blocks[index].find(key, ordinal);
    if (at < 0) {
      return;
    }
    blocks[index].delete(at);
    if (blocks[index].size == 0) {
      blockCount--;
      move(index + 1, index, blockCount - index);
    } else if (at == 0) {
      noteFirst(index);
    }
  }

  /** The last block that begins at or before an entry; -1 when none does. */
  private int blockOf(long key, int ordinal) {
    int low = 0;
    int high = blockCount - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (order(firstKeys[middle], firstOrdinals[middle], key, ordinal) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  /**
   * Gathers the ordinals from the first key for which {@code reached} holds to just before the
   * first for which {@code passed} does; both hold for every key above one for which they hold.
   */
  void gather(LongPredicate reached, LongPredicate passed, Gathering into) {
    int from = firstBlock(reached);
    int to = firstBlock(passed);
    for (int index = Math.max(0, from - 1); index < to; index++) {
      Block block = blocks[index];
      int start = index < from ? block.firstWhere(reached) : 0;
      int end = index == to - 1 ? block.firstWhere(passed) : block.size;
      if (start < end) {
        into.addAll(block.ordinals, start, end);
      }
    }
  }

  private int firstBlock(LongPredicate holds) {
    int low = 0;
    int high = blockCount;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (holds.test(firstKeys[middle])) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
