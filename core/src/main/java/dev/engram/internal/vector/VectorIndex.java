package dev.engram.internal.vector;

import java.util.function.IntPredicate;

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
   * The best matches among the allowed ordinals. The limit is never lowered: fewer hits than {@code
   * limit} come back only when fewer vectors are allowed (approximate indexes document their
   * recall).
   *
   * @param query exactly as many components as the index has dimensions
   * @param limit most hits wanted, zero or more
   * @param allowed tells which ordinals may be hits; called from the searching thread, possibly for
   *     ordinals that are not in the index
   */
  Hits search(float[] query, int limit, IntPredicate allowed);

  /** Whether this vector is stored under this ordinal. Called by the writer or beside none. */
  boolean holds(int ordinal, float[] vector);

  /** The number of vectors stored. */
  int size();

  /** The heap and mapped memory that the index holds, in bytes, to a few percent. */
  long bytes();
}
