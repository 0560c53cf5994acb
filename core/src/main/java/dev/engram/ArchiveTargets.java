package dev.engram;

import dev.engram.spi.ObjectStore;
import java.nio.file.Path;

/**
 * Where an open store can be archived. Once commits were shipped to a target, the log keeps what is
 * not there yet, for each of the targets, up to {@link EngramConfig#logLimitBytes}. See {@link
 * EngramConfig#archive} for an archive that is kept up in the background. Thread-safe.
 */
public interface ArchiveTargets {
  /** A directory, which is made with the first file; best on another device. */
  Archive to(Path directory);

  /** An object store; the caller closes it, afterwards. */
  Archive to(ObjectStore target);

  /**
   * From now on the log keeps nothing for any archive, until commits are shipped again.
   *
   * @return whether it did
   */
  boolean release();
}
