package dev.engram.internal.graph;

import java.util.Arrays;

/**
 * The most active nodes so far, by which is known what cannot be among them any more. For few only:
 * it looks through all of them. Not thread-safe.
 */
final class Leaders {
  /** Of more than these it knows nothing. */
  static final int MOST = 64;

  private final int[] nodes;
  private final double[] values;
  private final int limit;
  private int size;
  private double bound;

  Leaders(int limit) {
    this.limit = limit <= MOST ? limit : 0;
    this.nodes = new int[this.limit];
    this.values = new double[this.limit];
  }

  /** What is lower is not among the leaders at the end; 0 while that is not known. */
  double bound() {
    return bound;
  }

  /** A node has reached a value. */
  void offer(int node, double value) {
    if (limit == 0 || value <= bound) {
      return;
    }
    int at = find(node);
    if (at < 0) {
      at = size < limit ? size++ : lowest();
      nodes[at] = node;
    }
    values[at] = value;
    if (size == limit) {
      bound = values[lowest()];
    }
  }

  private int find(int node) {
    for (int i = 0; i < size; i++) {
      if (nodes[i] == node) {
        return i;
      }
    }
    return -1;
  }

  private int lowest() {
    int lowest = 0;
    for (int i = 1; i < size; i++) {
      lowest = values[i] < values[lowest] ? i : lowest;
    }
    return lowest;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(values, size));
  }
}
