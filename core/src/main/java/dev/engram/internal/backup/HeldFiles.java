package dev.engram.internal.backup;

import dev.engram.CancelledException;
import dev.engram.StorageException;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.ManifestLayout.Entry;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.LogCopy;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a directory holds of a log, in the store that is there and in its snapshots, and what a
 * restore into it so need not fetch. Thread-safe, while nobody else writes there.
 *
 * @param directories each with a directory of a log
 */
record HeldFiles(List<Path> directories) {
  private static final System.Logger LOG = System.getLogger(HeldFiles.class.getName());

  HeldFiles {
    directories = List.copyOf(directories);
  }

  /** Of a store, or of a directory that will be one and holds nothing. */
  static HeldFiles of(Path store) {
    List<Path> directories = new ArrayList<>(List.of(store));
    try {
      new SnapshotFiles(store, CrashPoints.NONE)
          .list()
          .forEach(snapshot -> directories.add(snapshot.directory()));
    } catch (StorageException e) {
      LOG.log(System.Logger.Level.WARNING, "no snapshot is of use: why=" + e.getMessage());
    }
    return new HeldFiles(directories);
  }

  /**
   * Gives a file a second place, if it is there byte by byte.
   *
   * @return whether it was
   */
  boolean share(Entry file, Path place) throws IOException {
    for (Path directory : directories) {
      Path held = directory.resolve(file.path());
      if (isWhole(held, file)) {
        LogCopy.share(held, place);
        return true;
      }
    }
    return false;
  }

  /** What cannot be read is fetched, as what is damaged. */
  private static boolean isWhole(Path held, Entry file) {
    try {
      return Files.isRegularFile(held, LinkOption.NOFOLLOW_LINKS)
          && Files.size(held) == file.bytes()
          && Digest.hex(held).equals(file.digest());
    } catch (ClosedByInterruptException e) {
      throw new CancelledException("interrupted: reading " + held, e);
    } catch (IOException e) {
      return false;
    }
  }
}
