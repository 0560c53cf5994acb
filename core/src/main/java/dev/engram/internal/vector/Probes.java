package dev.engram.internal.vector;

/** The partitions that a search looks into, best first. Not thread-safe. */
final class Probes {
  private int[] partitions = new int[0];
  private float[] ranks = new float[0];
  private int size;

  /** Forgets all, and makes room. */
  void clear(int capacity) {
    size = 0;
    if (partitions.length < capacity) {
      partitions = new int[capacity];
      ranks = new float[capacity];
    }
  }

  /** The next one, with what it is routed to by: see {@link Codebook#routingKey}. */
  void add(int partition, float rank) {
    partitions[size] = partition;
    ranks[size++] = rank;
  }

  int size() {
    return size;
  }

  int partition(int i) {
    return partitions[i];
  }

  float rank(int i) {
    return ranks[i];
  }
}
