package dev.engram.testing;

import dev.engram.internal.log.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Copies of directories of open stores, as a kill would leave them. Static functions only. */
public final class QuietCopy {
  private QuietCopy() {}

  /** Copies a directory in which nothing is being written; RocksDB may still be compacting. */
  public static void of(Path directory, Path copy) {
    try {
      Map<String, Long> before;
      do {
        Directories.delete(copy);
        Directories.makePrivate(copy);
        LockSupport.parkNanos(20_000_000);
        before = sizes(directory);
        copyOnce(directory, copy);
      } while (!before.equals(sizes(directory)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copyOnce(Path directory, Path copy) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(each -> !each.equals(directory)).toList()) {
        Files.copy(file, copy.resolve(directory.relativize(file).toString()));
      }
    } catch (NoSuchFileException | UncheckedIOException e) {
      // It is deleted in this moment: the copy is made again.
    }
  }

  private static Map<String, Long> sizes(Path directory) throws IOException {
    Map<String, Long> sizes = new HashMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      all.forEach(file -> sizes.put(file.toString(), file.toFile().length()));
    }
    return sizes;
  }
}
