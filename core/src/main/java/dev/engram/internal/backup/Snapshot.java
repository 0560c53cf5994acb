package dev.engram.internal.backup;

import dev.engram.CorruptStoreException;
import dev.engram.StorageException;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.ManifestLayout.Entry;
import dev.engram.internal.format.ManifestLayout.Manifest;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.LogCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * A snapshot that was found: its directory, and the manifest that was in it.
 *
 * @param number of its directory; later ones have larger numbers
 * @param directory where its files are
 * @param manifest what it says of them
 */
public record Snapshot(long number, Path directory, Manifest manifest) {
  /**
   * Gives the files of the log a second place, and compares what does not check itself.
   *
   * @throws CorruptStoreException where a file is missing or altered
   */
  public void copyLog(Path target) {
    for (Entry file : manifest.files()) {
      if (file.path().startsWith(SnapshotFiles.LOG + "/")) {
        try {
          check(file);
          LogCopy.share(directory.resolve(file.path()), placeOf(file, target));
        } catch (IOException e) {
          throw new StorageException(
              "a file of the snapshot cannot be copied: path=" + file.path() + ", why=" + e, e);
        }
      }
    }
  }

  /**
   * Gives the files of the views a second place. A view that lacks a file is left out, since the
   * store rebuilds it.
   */
  public void copyViews(Path target) {
    Set<Path> left = new HashSet<>();
    for (Entry file : manifest.files()) {
      if (file.path().startsWith(SnapshotFiles.VIEWS + "/")) {
        Path view = Directories.parentOf(target.resolve(file.path()));
        try {
          if (!left.contains(view)) {
            check(file);
            Directories.link(directory.resolve(file.path()), placeOf(file, target));
          }
        } catch (CorruptStoreException | IOException e) {
          left.add(view);
          Directories.delete(view);
        }
      }
    }
  }

  private static Path placeOf(Entry file, Path target) {
    Path place = target.resolve(file.path());
    Directories.makePrivate(Directories.parentOf(place));
    return place;
  }

  private void check(Entry file) throws IOException {
    Path path = directory.resolve(file.path());
    if (!Files.isRegularFile(path)) {
      throw damaged(file, "it is missing");
    }
    long bytes = Files.size(path);
    if (bytes != file.bytes()) {
      throw damaged(file, "bytes=" + bytes + ", written=" + file.bytes());
    }
    if (!file.digest().isEmpty() && !file.digest().equals(Digest.hex(path))) {
      throw damaged(file, "its digest is wrong");
    }
  }

  private CorruptStoreException damaged(Entry file, String why) {
    return new CorruptStoreException(
        "the snapshot is damaged: path=" + directory + ", file=" + file.path() + ", why=" + why);
  }
}
