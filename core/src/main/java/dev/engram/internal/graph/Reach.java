package dev.engram.internal.graph;

import java.util.Arrays;

/**
 * The nodes that were reached, each with the best value that it was reached with and by which step.
 * An open hash table. Not thread-safe.
 */
final class Reach {
  private static final int FREE = -1;
  private static final int INITIAL = 128;

  private int[] nodes = new int[INITIAL];
  private double[] values = new double[INITIAL];

  /** The last step of the way by which a node has its value. */
  private int[] steps = new int[INITIAL];

  /** With which value a node was last taken; 0 where it was not. */
  private double[] taken = new double[INITIAL];

  private int size;

  Reach() {
    Arrays.fill(nodes, FREE);
  }

  int size() {
    return size;
  }

  /** The best value of a node; 0 where it was not reached. */
  double value(int node) {
    int at = slot(node);
    return nodes[at] == FREE ? 0 : values[at];
  }

  /** The step by which a node that was reached has its value. */
  int step(int node) {
    return steps[slot(node)];
  }

  /**
   * A node is reached.
   *
   * @return whether it had a lower value before, or none
   */
  boolean improve(int node, double value, int step) {
    int at = slot(node);
    if (nodes[at] == FREE) {
      nodes[at] = node;
      size++;
    } else if (values[at] >= value) {
      return false;
    }
    values[at] = value;
    steps[at] = step;
    if (size > nodes.length / 2) {
      grow();
    }
    return true;
  }

  /** Takes a node with its value; false where it was taken with that already. */
  boolean take(int node) {
    int at = slot(node);
    if (nodes[at] == FREE || taken[at] >= values[at]) {
      return false;
    }
    taken[at] = values[at];
    return true;
  }

  /** A node that was reached. */
  interface Visitor {
    void visit(int node, double value);
  }

  /** Visits all nodes, in no order. */
  void forEach(Visitor visitor) {
    for (int at = 0; at < nodes.length; at++) {
      if (nodes[at] != FREE) {
        visitor.visit(nodes[at], values[at]);
      }
    }
  }

  private int slot(int node) {
    int mask = nodes.length - 1;
    int at = (node * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(mask);
    while (nodes[at] != FREE && nodes[at] != node) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] oldNodes = nodes;
    double[] oldValues = values;
    int[] oldSteps = steps;
    double[] oldTaken = taken;
    nodes = new int[2 * oldNodes.length];
    values = new double[nodes.length];
    steps = new int[nodes.length];
    taken = new double[nodes.length];
    Arrays.fill(nodes, FREE);
    for (int i = 0; i < oldNodes.length; i++) {
      if (oldNodes[i] != FREE) {
        int at = slot(oldNodes[i]);
        nodes[at] = oldNodes[i];
        values[at] = oldValues[i];
        steps[at] = oldSteps[i];
        taken[at] = oldTaken[i];
      }
    }
  }
}
