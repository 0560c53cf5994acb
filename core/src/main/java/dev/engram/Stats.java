package dev.engram;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Figures of an open store.
 *
 * @param lastCommit the last acknowledged commit
 * @param collections collections and spaces
 * @param records live records, memories included
 * @param shortTerm short-term synapses, faded ones that are not pruned yet included
 * @param longTerm long-term synapses, likewise
 * @param commits commits since opening
 * @param groups fsynced groups of commits since opening
 * @param diskBytes bytes of the store's files; 0 in memory
 * @param logBytes bytes of the commit log that is still kept, about
 * @param nativeBytes memory that the storage engine holds outside the heap, about
 * @param compressionRatio bytes of values written to files over bytes of those files; 1 while there
 *     are none
 * @param searches searches of collections and recalls since opening
 * @param synapses the cache of synapses, by memory; see {@link EngramConfig#synapseCacheBytes}
 * @param rows the cache of rows; see {@link EngramConfig#rowCacheBytes}
 * @param archive how far the archive is; empty where the store has none
 * @param follower how far a follower is behind; empty for any other store
 * @param maintenance each task that keeps the store fit
 * @param scrub what reading all files again and again has found
 * @param views each view's state
 * @param families rows of each family of the log, about
 */
public record Stats(
    CommitId lastCommit,
    long collections,
    long records,
    long shortTerm,
    long longTerm,
    long commits,
    long groups,
    long diskBytes,
    long logBytes,
    long nativeBytes,
    double compressionRatio,
    SearchStats searches,
    CacheStats synapses,
    CacheStats rows,
    Optional<ArchiveStats> archive,
    Optional<FollowerLag> follower,
    List<TaskStats> maintenance,
    ScrubStats scrub,
    List<ViewStats> views,
    Map<String, Long> families) {
  /**
   * One view.
   *
   * @param name its name
   * @param state one of opening, rebuilding, current, stale, closed
   * @param applied the last LSN it has applied
   * @param published the last LSN it has made durable
   * @param lag commits it has yet to apply
   * @param failure why it is stale; empty otherwise
   */
  public record ViewStats(
      String name, String state, long applied, long published, long lag, String failure) {}

  /**
   * The archive.
   *
   * @param archived the last LSN that is in it
   * @param lag commits that are not
   * @param lagBytes of these, about
   * @param lost commits that the log gave up before they were archived, and that were in no backup
   *     in the target when it was looked at: a gap
   * @param failure why the last attempt in the background failed; empty otherwise
   */
  public record ArchiveStats(long archived, long lag, long lagBytes, long lost, String failure) {}

  /**
   * Searches of collections and recalls that were answered since opening, and the microseconds that
   * half of them, 95 and 99 percent took at most, to 3 percent. What an embedder takes for the
   * question of a recall is not counted.
   *
   * @param count how many
   * @param cacheHitRatio the share of them that was answered by the cache; 0 while there are none
   * @param p50Micros 0 while there are none, as the others
   * @param p95Micros microseconds
   * @param p99Micros microseconds
   */
  public record SearchStats(
      long count, double cacheHitRatio, double p50Micros, double p95Micros, double p99Micros) {}

  /**
   * A cache.
   *
   * @param entries that are held
   * @param bytes of heap that they take, about
   * @param requests since opening
   * @param hits of these, how many were answered without reading
   */
  public record CacheStats(long entries, long bytes, long requests, long hits) {
    /** The share of the requests that was answered without reading; 0 while there are none. */
    public double hitRatio() {
      return requests == 0 ? 0 : (double) hits / requests;
    }
  }

  /**
   * A task of maintenance.
   *
   * @param task which
   * @param everySeconds how often it is done by itself; 0 for never
   * @param runs since opening
   * @param failures of these, how many did not end well
   * @param last how it ended the last time, also before opening; empty where it never was done
   */
  public record TaskStats(
      MaintenanceTask task,
      long everySeconds,
      long runs,
      long failures,
      Optional<MaintenanceResult> last) {}

  /**
   * How far scrubbing is; see {@link MaintenancePlan#scrub}.
   *
   * @param bytesPerSecond that are read at most; 0 where it is off
   * @param passes how often all files were read, also before opening
   * @param lastPass when the last pass ended; empty before the first
   * @param files that were read since opening
   * @param bytes that were read since opening
   * @param damaged the files that were found damaged and are still there, with what is wrong
   */
  public record ScrubStats(
      long bytesPerSecond,
      long passes,
      Optional<Instant> lastPass,
      long files,
      long bytes,
      Map<String, String> damaged) {
    public ScrubStats {
      damaged = Map.copyOf(damaged);
    }
  }

  public Stats {
    maintenance = List.copyOf(maintenance);
    views = List.copyOf(views);
    families = Map.copyOf(families);
  }
}
