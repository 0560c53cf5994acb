package dev.engram.internal.vector;

/**
 * Vectors of one collection by ordinal, searched by similarity.
 *
 * <p>Thread-safety: many searching threads and one writing thread at a time; the caller serialises
 * writers. A search sees every change that returned before it began, and may or may not see later
 * ones.
 *
 * <p>Does not validate: vectors and queries come in checked (see {@link VectorCheck}). Does not
 * return vectors: under cosine it keeps only their direction.
 */
public interface VectorIndex {

  /**
   * Stores a vector under an ordinal and replaces the one that was there. The array is copied.
   *
   * @param ordinal zero or more
   * @param vector exactly as many components as the index has dimensions
   */
  void put(int ordinal, float[] vector);

  /**
   * Forgets the vector of an ordinal.
   *
   * @return whether there was one
   */
  boolean remove(int ordinal);

  /**
   * What is wanted of a search.
   *
   * @param limit most hits, zero or more
   * @param selection tells which ordinals may be hits; asked on the searching thread
   * @param recall the share of the true hits that is to be found, on average; 1 misses nothing
   * @param minScore the least score of a hit; negative infinity for any
   */
  record Request(int limit, Selection selection, double recall, double minScore) {
    /** The best of some, whatever their scores. */
    static Request best(int limit, Selection selection, double recall) {
      return new Request(limit, selection, recall, Double.NEGATIVE_INFINITY);
    }
  }

  /**
   * The best matches among the selected ordinals, with exact scores. The limit is never lowered:
   * fewer hits than wanted come back only when fewer vectors are selected, or have the least score.
   *
   * @param query exactly as many components as the index has dimensions
   * @param trace is told what was done
   */
  Hits search(float[] query, Request request, SearchTrace trace);

  /** As {@link #search(float[], Request, SearchTrace)}, whatever the scores, told to nobody. */
  default Hits search(float[] query, int limit, Selection selection, double recall) {
    return search(query, Request.best(limit, selection, recall), SearchTrace.NONE);
  }

  /** Whether this vector is stored under this ordinal. Called by the writer or beside none. */
  boolean holds(int ordinal, float[] vector);

  /** The number of vectors stored. */
  int size();

  /** The heap and mapped memory that the index holds, in bytes, to a few percent. */
  long bytes();
}
