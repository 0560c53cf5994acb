package dev.engram;

import java.util.List;

/**
 * The backups in one target, a directory or an object store elsewhere. What several backups have in
 * common is kept once. Thread-safe; while one process deletes in a target, no other should back up
 * into it.
 */
public interface Backups {
  /** Stands for the id of the newest backup where one is restored or verified. */
  String LATEST = "latest";

  /** As {@link #create(BackupKind, Metadata, Progress)}: a full backup. */
  default BackupInfo create() {
    return create(BackupKind.FULL, Metadata.empty(), Progress.NONE);
  }

  /**
   * Backs the store up, as of some commit not before the last one that was acknowledged before the
   * call. Commits go on meanwhile. Every byte is read back and compared before the backup counts;
   * what the target has already is not sent again, so that a backup that was cut short goes on
   * where it was.
   *
   * <p>One that is not full holds commits: records that changed in place, were added or removed
   * since the backup that it continues. Where this store made none in the target on its timeline,
   * or the log no longer reaches back to the newest one, a full backup is made instead, as the
   * result says. See {@link EngramConfig#backupLogBytes}.
   *
   * @param kind what it should hold
   * @param metadata kept with it
   * @throws UnsupportedFeatureException for a store in memory, and where no store is open: see
   *     {@link Engram#backupsIn}
   * @throws CorruptStoreException where the store is damaged, or the target does not give back what
   *     it was given
   * @throws StorageException where the target fails; try again later
   */
  BackupInfo create(BackupKind kind, Metadata metadata, Progress progress);

  /** All backups, newest first. */
  List<BackupInfo> list();

  /**
   * Reads every byte of a backup, and of those that it continues, and compares it with what was
   * written.
   *
   * @param id of the backup, or {@link #LATEST}
   * @throws NotFoundException where there is no such backup
   */
  BackupReport verify(String id, Progress progress);

  /**
   * Deletes a backup, and what no other one needs.
   *
   * @return whether it was there
   * @throws InvalidInputException where another backup continues it; nothing is deleted
   */
  boolean delete(String id);

  /**
   * Deletes the backups that a policy does not keep and no kept one continues, what no other one
   * needs, and what is left of backups that were cut short; no backup may be under way in the
   * target. Each store's backups are judged by themselves.
   *
   * @return those that were deleted, newest first
   * @throws CorruptStoreException where one is damaged; nothing is deleted, since it may continue
   *     any
   * @throws MismatchException where one is of another version; the same
   */
  List<BackupInfo> retain(Retention policy);
}
