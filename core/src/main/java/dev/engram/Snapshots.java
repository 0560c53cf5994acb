package dev.engram;

import java.util.List;

/**
 * The snapshots of an open store: states of it under a name, in its own directory. They are made at
 * once, while commits go on, since they share the store's files by links; so they guard against
 * mistakes and not against a lost or damaged disk. See {@link Engram#restoreSnapshot(java.nio.file.
 * Path, String)} for the way back. Thread-safe. A store in memory has none: {@link
 * UnsupportedFeatureException}.
 */
public interface Snapshots {
  /** As {@link #create(String, Metadata, Progress)}. */
  default SnapshotInfo create(String name) {
    return create(name, Metadata.empty(), Progress.NONE);
  }

  /**
   * Makes a snapshot that holds every commit that was acknowledged before the call. It is durable
   * when this returns. Where the store then has more than {@link EngramConfig#snapshotLimit}, the
   * oldest ones are deleted.
   *
   * @param name of at most {@link Limits#MAX_NAME_BYTES}, not blank
   * @param metadata kept with it
   * @throws ExistsException where the store has a snapshot of this name
   */
  SnapshotInfo create(String name, Metadata metadata, Progress progress);

  /** All snapshots that can be read, newest first. */
  List<SnapshotInfo> list();

  /**
   * Deletes a snapshot.
   *
   * @return whether there was one of this name
   */
  boolean delete(String name);

  /**
   * Deletes all but the newest snapshots.
   *
   * @param newest how many are kept, from 0 to {@link Limits#MAX_SNAPSHOTS}
   * @return those that were deleted, newest first
   */
  List<SnapshotInfo> keep(int newest);
}
