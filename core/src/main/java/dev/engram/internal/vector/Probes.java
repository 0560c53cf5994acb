package dev.engram.internal.vector;

/** The partitions that a search looks into, best first. Not thread-safe. */
final class Probes {
  private float[] ranks = new float[0];
  private int[] partitions = new int[0];
  private float[] bases = new float[0];
  private float[] distances = new float[0];
  private int size;

  /** Forgets all, and makes room. */
  void clear(int capacity) {
    size = 0;
    if (ranks.length < capacity) {
      ranks = new float[capacity];
      partitions = new int[capacity];
      bases = new float[capacity];
      distances = new float[capacity];
    }
  }

  /**
   * @param rank smaller is better
   * @param base what is added to the keys of the partition
   * @param distance from the query to the centroid
   */
  void add(float rank, int partition, float base, float distance) {
    ranks[size] = rank;
    partitions[size] = partition;
    bases[size] = base;
    distances[size++] = distance;
  }

  /** Sorts, and leaves so many. */
  void keepBest(int wanted) {
    sort(0, size - 1);
    size = Math.min(size, wanted);
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

  private void sort(int from, int to) {
    int low = from;
    int high = to;
    while (low < high) {
      float pivot = ranks[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (ranks[i] < pivot) {
          i++;
        }
        while (ranks[j] > pivot) {
          j--;
        }
        if (i <= j) {
          swap(i++, j--);
        }
      }
      if (j - low < high - i) {
        sort(low, j);
        low = i;
      } else {
        sort(i, high);
        high = j;
      }
    }
  }

  private void swap(int i, int j) {
    float rank = ranks[i];
    ranks[i] = ranks[j];
    ranks[j] = rank;
    int partition = partitions[i];
    partitions[i] = partitions[j];
    partitions[j] = partition;
    float base = bases[i];
    bases[i] = bases[j];
    bases[j] = base;
    float distance = distances[i];
    distances[i] = distances[j];
    distances[j] = distance;
  }
}
