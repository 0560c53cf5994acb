package dev.engram;

import java.util.List;

/**
 * How a search was answered; what it found is not in it. The numbers are those of the vector index,
 * and 0 where it was not asked.
 *
 * @param vectors how the vectors were searched
 * @param text whether the words were searched
 * @param recall the share of the nearest vectors that was to be found, on average
 * @param partitions partitions of the index
 * @param partitionsProbed those that were looked into
 * @param vectorsScanned vectors, or codes of vectors, that were compared with the query
 * @param candidatesRanked those that were ranked again by finer codes
 * @param candidatesRescored those that were scored by the vectors themselves after that
 * @param phases where the time went, in order
 * @param hits records found
 * @param cached whether the search would have been answered by the cache; it was made anew for this
 */
public record SearchPlan(
    VectorPlan vectors,
    boolean text,
    double recall,
    int partitions,
    int partitionsProbed,
    long vectorsScanned,
    long candidatesRanked,
    long candidatesRescored,
    List<Phase> phases,
    int hits,
    boolean cached) {
  /** How vectors can be searched. */
  public enum VectorPlan {
    /** Not at all. */
    NONE,
    /** Each vector is scored: nothing is missed. */
    FLAT,
    /** The vectors near the query are, by their codes. */
    PARTITIONED,
    /** Each vector that the filter lets through is. */
    MATCHES
  }

  /**
   * A part of the work.
   *
   * @param name one of wait (for a view that is catching up), filter, route, scan, rank, rescore,
   *     text, diversify, and read (the records that were found, and all else)
   * @param nanos nanoseconds
   */
  public record Phase(String name, long nanos) {}

  public SearchPlan {
    phases = List.copyOf(phases);
  }

  /** Nanoseconds of all phases. */
  public long nanos() {
    return phases.stream().mapToLong(Phase::nanos).sum();
  }
}
