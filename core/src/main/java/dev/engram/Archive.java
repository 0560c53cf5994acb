package dev.engram;

import java.util.List;

/**
 * The commits of stores in a directory or an object store elsewhere, as commit files, from which a
 * store is recovered as of any commit: see {@link Engram#recover}. Backups may lie in the same
 * target, and should: a recovery begins with one. Thread-safe.
 */
public interface Archive {
  /** As {@link #ship(Progress)}. */
  default ArchiveReport ship() {
    return ship(Progress.NONE);
  }

  /**
   * Sends every commit that was acknowledged before the call and is not there yet. Each file is
   * read back and compared before it counts; what was sent before a failure counts.
   *
   * @throws UnsupportedFeatureException for a store in memory, and where no store is open: see
   *     {@link Engram#archiveIn}
   * @throws MismatchException where the archive has commits that the store has not
   * @throws StorageException where the target fails; try again later
   */
  ArchiveReport ship(Progress progress);

  /**
   * Gives the last commit a name, by which it can be recovered, and ships up to it.
   *
   * @param name of at most {@link Limits#MAX_NAME_BYTES}, not blank; the newest commit of a name
   *     counts
   */
  ArchivePoint mark(String name);

  /**
   * What is there, by store, timeline and LSN: each stretch without a gap. So two of one timeline
   * have a gap between them.
   */
  List<ArchiveRange> ranges();

  /** The names that were given, the newest first. */
  List<ArchivePoint> points();

  /**
   * Deletes the commits that a backup in the same target holds already, and the names of earlier
   * ones: no recovery leads before it any more. Needs no store. What the backup needs is read and
   * compared first.
   *
   * @param backupId of the backup, or {@link Backups#LATEST}
   * @return what was deleted
   * @throws NotFoundException where there is no such backup
   * @throws CorruptStoreException where it is damaged; nothing is deleted
   */
  List<ArchiveRange> prune(String backupId, Progress progress);

  /**
   * Reads every byte of every commit file.
   *
   * @return what is missing or altered, or led to by nothing; empty where all is well
   */
  List<String> verify(Progress progress);
}
