package dev.engram.internal.vector;

/**
 * Ranks centroids exactly, those that a scan of their one-bit codes finds near enough: then the
 * bound is the worst of the best so far. A workspace; one thread at a time.
 */
final class Router extends ScanSink {
  private Codebook book = Codebook.NONE;
  private float[] query = {};
  private TopK top = new TopK(1);
  private float offset;
  private boolean byProduct;

  /**
   * Starts anew.
   *
   * @param newByProduct whether the largest inner product is the best, else the smallest distance
   * @param newOffset the rank of a centroid is its key and this
   */
  void begin(
      Codebook newBook, float[] newQuery, boolean newByProduct, int wanted, float newOffset) {
    book = newBook;
    query = newQuery;
    byProduct = newByProduct;
    offset = newOffset;
    top = new TopK(wanted);
    bound = Float.POSITIVE_INFINITY;
  }

  /** Refers to nothing any more, until it starts anew. */
  void forget() {
    book = Codebook.NONE;
    query = new float[0];
    top = new TopK(1);
  }

  @Override
  void add(float key, long place) {
    int partition = (int) place;
    float rank =
        byProduct ? -book.product(query, partition) : book.squaredDistance(query, partition);
    top.offer(partition, -rank);
    bound = -top.worst() - offset;
  }

  /** The best, and minus their ranks; best first. */
  Hits best() {
    return top.drain();
  }
}
