package dev.engram.internal.graph;

import java.util.Arrays;

/**
 * The ways by which nodes were reached, as steps from one node to the next: each knows the step
 * before it, and none is changed once it is made. Not thread-safe.
 */
final class Ways {
  /** Before the first step. */
  static final int NONE = -1;

  private int[] nodes = new int[128];
  private int[] before = new int[128];
  private int size;

  /**
   * Makes one step further.
   *
   * @param step that leads to the node before, or {@link #NONE}
   * @return the step
   */
  int add(int node, int step) {
    if (size == nodes.length) {
      nodes = Arrays.copyOf(nodes, 2 * size);
      before = Arrays.copyOf(before, 2 * size);
    }
    nodes[size] = node;
    before[size] = step;
    return size++;
  }

  /** The nodes of a way, from its beginning to the node of its last step. */
  int[] to(int step) {
    int length = 0;
    for (int at = step; at != NONE; at = before[at]) {
      length++;
    }
    int[] way = new int[length];
    for (int at = step; at != NONE; at = before[at]) {
      way[--length] = nodes[at];
    }
    return way;
  }
}
