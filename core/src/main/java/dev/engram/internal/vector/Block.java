package dev.engram.internal.vector;

/**
 * Some rows of a {@link FlatVectorIndex}: vectors side by side in one array, and the ordinal of
 * each. A row is written once, by appending; later it may only die, at some version of the index.
 *
 * <p>Thread-safety: one writer. Readers learn from the index's snapshot how many rows they may
 * read; those stay as they are, and alive for snapshots of earlier versions than that of their
 * death.
 */
final class Block {
  final float[] vectors;
  final int[] ordinals;

  /** The version at which a row died; 0 while it lives. */
  private final long[] deaths;

  private final int dimension;
  private int rows;
  private int live;

  Block(int dimension, int capacity) {
    this.dimension = dimension;
    this.vectors = new float[Math.multiplyExact(dimension, capacity)];
    this.ordinals = new int[capacity];
    this.deaths = new long[capacity];
  }

  int capacity() {
    return ordinals.length;
  }

  /** The rows written, dead ones included. */
  int rows() {
    return rows;
  }

  int live() {
    return live;
  }

  /** Appends a row, which must fit, and returns its number. */
  int append(int ordinal, float[] from, int offset) {
    int row = rows++;
    System.arraycopy(from, offset, vectors, row * dimension, dimension);
    ordinals[row] = ordinal;
    live++;
    return row;
  }

  /** Lets a live row die. */
  void kill(int row, long version) {
    deaths[row] = version;
    live--;
  }

  /** Whether a row lives in a version. */
  boolean lives(int row, long version) {
    long death = deaths[row];
    return death == 0 || death > version;
  }

  /** A block with the live rows of this one, in order. */
  Block packed(int capacity) {
    Block packed = new Block(dimension, capacity);
    for (int row = 0; row < rows; row++) {
      if (deaths[row] == 0) {
        packed.append(ordinals[row], vectors, row * dimension);
      }
    }
    return packed;
  }

  /** A block with the same rows, one of them with another vector. */
  Block replacing(int row, float[] vector) {
    Block copy = new Block(dimension, capacity());
    System.arraycopy(vectors, 0, copy.vectors, 0, vectors.length);
    System.arraycopy(vector, 0, copy.vectors, row * dimension, dimension);
    System.arraycopy(ordinals, 0, copy.ordinals, 0, ordinals.length);
    System.arraycopy(deaths, 0, copy.deaths, 0, deaths.length);
    copy.live = live;
    copy.rows = rows;
    return copy;
  }

  long bytes() {
    return 4L * vectors.length + 12L * ordinals.length + 80;
  }
}
