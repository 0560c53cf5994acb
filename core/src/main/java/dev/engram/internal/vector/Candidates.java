package dev.engram.internal.vector;

/**
 * Collects what a scan finds, and keeps about the best {@code wanted}: what is worse than the bound
 * is not offered, and the bound sinks each time the buffer is full. Smaller keys are better. A
 * workspace; one thread at a time.
 */
final class Candidates extends ScanSink {
  private float[] kept = new float[0];
  private long[] places = new long[0];
  private int size;
  private int wanted;

  /** Starts anew. */
  void begin(int newWanted) {
    wanted = newWanted;
    size = 0;
    bound = Float.POSITIVE_INFINITY;
    int capacity = Math.max(2 * wanted, 64);
    if (kept.length < capacity) {
      kept = new float[capacity];
      places = new long[capacity];
    }
  }

  @Override
  void add(float key, long place) {
    kept[size] = key;
    places[size++] = place;
    if (size == kept.length) {
      shrink();
    }
  }

  /** Leaves the wanted ones, in no order. */
  void finish() {
    if (size > wanted) {
      shrink();
    }
  }

  int size() {
    return size;
  }

  float key(int i) {
    return kept[i];
  }

  long place(int i) {
    return places[i];
  }

  private void shrink() {
    select(0, size - 1, wanted - 1);
    size = wanted;
    float worst = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      worst = Math.max(worst, kept[i]);
    }
    bound = worst;
  }

  /** Hoare's selection: the smallest {@code rank + 1} kept come first. */
  private void select(int from, int to, int rank) {
    int low = from;
    int high = to;
    while (low < high) {
      float pivot = middle(kept[low], kept[(low + high) >>> 1], kept[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (kept[i] < pivot) {
          i++;
        }
        while (kept[j] > pivot) {
          j--;
        }
        if (i <= j) {
          swap(i++, j--);
        }
      }
      if (rank <= j) {
        high = j;
      } else if (rank >= i) {
        low = i;
      } else {
        return;
      }
    }
  }

  private static float middle(float a, float b, float c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private void swap(int i, int j) {
    float key = kept[i];
    kept[i] = kept[j];
    kept[j] = key;
    long place = places[i];
    places[i] = places[j];
    places[j] = place;
  }
}
