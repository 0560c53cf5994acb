package dev.engram;

import dev.engram.spi.ObjectStore;
import java.nio.file.Path;

/** Where an open store can be backed up to. Thread-safe. */
public interface BackupTargets {
  /** A directory, which is made with the first backup; best on another device. */
  Backups to(Path directory);

  /**
   * An object store, of your own or by its address ({@link
   * dev.engram.spi.ObjectStoreProvider#load}); the caller closes it, afterwards.
   */
  Backups to(ObjectStore target);
}
