package dev.engram;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.log.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Copies the directory of an open store to which nobody writes. */
final class LiveCopy {
  private static final int ATTEMPTS = 100;

  private LiveCopy() {}

  /** Copies again where the store has put its files in order meanwhile. */
  static void make(Path from, Path to) throws IOException {
    boolean whole = false;
    for (int attempt = 0; !whole && attempt < ATTEMPTS; attempt++) {
      Directories.delete(to);
      whole = attempt(from, to);
      if (!whole) {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
    assertTrue(whole, "the files change all the time");
  }

  private static boolean attempt(Path from, Path to) throws IOException {
    try {
      List<Path> files = files(from);
      for (Path file : files) {
        Path place = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Directories.makePrivate(place);
        } else {
          Files.copy(file, place);
        }
      }
      return files.equals(files(from));
    } catch (NoSuchFileException | UncheckedIOException e) {
      return false;
    }
  }

  private static List<Path> files(Path from) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      return all.sorted().toList();
    }
  }
}
