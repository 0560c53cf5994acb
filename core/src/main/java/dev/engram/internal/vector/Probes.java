package dev.engram.internal.vector;

/** The partitions that a search looks into, best first. Not thread-safe. */
final class Probes {
  private int[] partitions = new int[0];
  private float[] bases = new float[0];
  private float[] distances = new float[0];
  private int size;

  /** Forgets all, and makes room. */
  void clear(int capacity) {
    size = 0;
    if (partitions.length < capacity) {
      partitions = new int[capacity];
      bases = new float[capacity];
      distances = new float[capacity];
    }
  }

  void add(int partition, Codebook.Nearness near) {
    partitions[size] = partition;
    bases[size] = near.base();
    distances[size++] = near.distance();
  }

  int size() {
    return size;
  }

  int partition(int i) {
    return partitions[i];
  }

  float base(int i) {
    return bases[i];
  }

  float distance(int i) {
    return distances[i];
  }
}
