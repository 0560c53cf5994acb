package dev.engram.internal.engine;

import dev.engram.CorruptStoreException;
import dev.engram.Progress;
import dev.engram.internal.backup.Snapshot;
import dev.engram.internal.backup.SnapshotFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.KeysInUse;
import dev.engram.internal.log.StoreKeys;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes data keys that nothing needs any more. The caller keeps snapshots and backups from being
 * made meanwhile: they are copies of a log that need the file of keys as it was.
 */
final class KeyRemoval {
  private final OpenStore store;
  private final StoreKeys keys;
  private final Path directory;

  KeyRemoval(OpenStore store, StoreKeys keys, Path directory) {
    this.store = store;
    this.keys = keys;
    this.directory = directory;
  }

  /** The ids of the keys that were removed. */
  List<Integer> run(Progress progress) {
    if (keys.removable().isEmpty()) {
      return List.of();
    }
    Set<Integer> needed = new HashSet<>(store.log().keysInUse(progress));
    needed.addAll(ofSnapshots());
    List<Integer> removed = keys.remove(needed);
    if (!removed.isEmpty()) {
      store.auditLog().did("keys prune", "dataKeys=" + removed);
    }
    return removed;
  }

  private Set<Integer> ofSnapshots() {
    SnapshotFiles files = new SnapshotFiles(directory, CrashPoints.NONE);
    if (!files.unreadable().isEmpty()) {
      throw new CorruptStoreException(
          "it cannot be told which keys the snapshots need: why="
              + files.unreadable()
              + "; delete its directory");
    }
    Set<Integer> needed = new HashSet<>();
    for (Snapshot snapshot : files.list()) {
      needed.addAll(KeysInUse.of(snapshot.directory().resolve(SnapshotFiles.LOG)));
    }
    return needed;
  }
}
