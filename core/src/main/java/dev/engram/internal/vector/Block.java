package dev.engram.internal.vector;

/**
 * Some rows of a {@link FlatVectorIndex}: vectors side by side in one array, and the ordinal of
 * each. A row is written once, by appending; later it may only die.
 *
 * <p>Thread-safety: one writer. Readers learn from the index's snapshot how many rows they may
 * read; those stay as they are but for dying.
 */
final class Block {
  /** The ordinal of a row whose vector was removed. */
  static final int DEAD = -1;

  final float[] vectors;
  final int[] ordinals;

  private final int dimension;
  private int rows;
  private int live;

  Block(int dimension, int capacity) {
    this.dimension = dimension;
    this.vectors = new float[Math.multiplyExact(dimension, capacity)];
    this.ordinals = new int[capacity];
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

  /** Marks a live row dead. */
  void kill(int row) {
    ordinals[row] = DEAD;
    live--;
  }

  /** A block with the live rows of this one, in order. */
  Block packed(int capacity) {
    Block packed = new Block(dimension, capacity);
    for (int row = 0; row < rows; row++) {
      if (ordinals[row] != DEAD) {
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
    copy.live = live;
    copy.rows = rows;
    return copy;
  }

  long bytes() {
    return 4L * vectors.length + 4L * ordinals.length + 64;
  }
}
