package dev.engram.internal.engine;

import dev.engram.ExistsException;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.internal.log.StoreLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What lies in a store's directory. */
final class StoreFiles {
  /** The directory of the log. */
  static final String LOG = "log";

  /** The directory of the views, one directory each. */
  static final String VIEWS = "views";

  private StoreFiles() {}

  /** Whether there is a store in the directory. */
  static boolean isStore(Path directory) {
    return Files.exists(directory.resolve(LOG).resolve("CURRENT"));
  }

  /**
   * Checks that a store can be opened or made here.
   *
   * @throws NotFoundException where there is none and none is to be made
   * @throws MismatchException where the directory holds something else
   */
  static void require(Path directory, boolean create) {
    if (isStore(directory)) {
      return;
    }
    if (!create) {
      throw new NotFoundException(
          "there is no store here: path=" + directory + "; make one, or name another directory");
    }
    if (Files.exists(directory.resolve(LOG))) {
      // A store whose making was cut short, or whose log lost its first file: RocksDB tells.
      return;
    }
    if (!strangers(directory).isEmpty()) {
      throw new MismatchException(
          "the directory holds something else: path="
              + directory
              + "; name a store, or a new or empty directory");
    }
  }

  static void requireNewOrEmpty(Path directory) {
    if (Files.exists(directory.resolve(LOG)) || !strangers(directory).isEmpty()) {
      throw new ExistsException(
          "the directory is not empty: path=" + directory + "; name a new or empty one");
    }
  }

  private static List<Path> strangers(Path directory) {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> !f.getFileName().toString().equals(StoreLock.FILE)).toList();
    } catch (IOException e) {
      throw new StorageException(
          "cannot read the directory: path=" + directory + "; check that it is one and may be read",
          e);
    }
  }
}
