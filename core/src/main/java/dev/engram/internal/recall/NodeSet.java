package dev.engram.internal.recall;

import java.util.Arrays;

/** Node numbers, each once: an open hash table. Not thread-safe. */
public final class NodeSet {
  private int[] slots = new int[64];
  private int size;

  public NodeSet() {
    Arrays.fill(slots, Chronicle.NONE);
  }

  /** Adds a node, from 0; {@link Chronicle#NONE} is left out. */
  public void add(int node) {
    if (node == Chronicle.NONE) {
      return;
    }
    int at = slot(slots, node);
    if (slots[at] == node) {
      return;
    }
    slots[at] = node;
    size++;
    if (2 * size > slots.length) {
      grow();
    }
  }

  /** Adds what was said before and after a node in its session. */
  public void addNeighbours(Chronicle chronicle, int node, int back, int ahead) {
    int at = node;
    for (int i = 0; i < back && at != Chronicle.NONE; i++) {
      at = chronicle.before(at);
      add(at);
    }
    at = node;
    for (int i = 0; i < ahead && at != Chronicle.NONE; i++) {
      at = chronicle.after(at);
      add(at);
    }
  }

  public int size() {
    return size;
  }

  /** The nodes, ascending. */
  public int[] toArray() {
    int[] all = new int[size];
    int count = 0;
    for (int node : slots) {
      if (node != Chronicle.NONE) {
        all[count++] = node;
      }
    }
    Arrays.sort(all);
    return all;
  }

  private void grow() {
    int[] larger = new int[2 * slots.length];
    Arrays.fill(larger, Chronicle.NONE);
    for (int node : slots) {
      if (node != Chronicle.NONE) {
        larger[slot(larger, node)] = node;
      }
    }
    slots = larger;
  }

  /** The slot that holds a node, or the free one where it belongs. */
  private static int slot(int[] slots, int node) {
    int at = (node * 0x9E3779B9) >>> (Integer.numberOfLeadingZeros(slots.length) + 1);
    while (slots[at] != Chronicle.NONE && slots[at] != node) {
      at = (at + 1) & (slots.length - 1);
    }
    return at;
  }
}
