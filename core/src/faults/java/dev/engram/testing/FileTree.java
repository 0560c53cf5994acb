package dev.engram.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A directory with all that lies in it, to be copied, listed and deleted. */
public final class FileTree {
  private static final long PAUSE_NANOS = 20_000_000;

  private FileTree() {}

  /**
   * Copies a directory that a program may have open, as a kill would leave it; nothing but
   * housekeeping may change it meanwhile. What is at the copy's place is deleted first.
   */
  public static void copy(Path from, Path to) throws IOException {
    Map<Path, Long> before;
    do {
      delete(to);
      LockSupport.parkNanos(PAUSE_NANOS);
      before = sizes(from);
      copyOnce(from, to);
    } while (!before.equals(sizes(from)));
  }

  private static void copyOnce(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (NoSuchFileException | UncheckedIOException e) {
      // It is deleted in this moment: the copy is made again.
    }
  }

  private static Map<Path, Long> sizes(Path directory) throws IOException {
    Map<Path, Long> sizes = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      all.forEach(file -> sizes.put(file, file.toFile().length()));
    } catch (UncheckedIOException e) {
      // A file vanished: what was seen differs from what is seen next.
    }
    return sizes;
  }

  /** The regular files below a directory, sorted. */
  public static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Deletes a directory and everything in it; does nothing where there is none. */
  public static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
