package dev.engram.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory for what is needed only meanwhile. Closing it deletes it. */
record Scratch(Path path) implements AutoCloseable {
  /** Where the system has such directories. */
  static Scratch temporary(String name) throws IOException {
    return new Scratch(Files.createTempDirectory(name));
  }

  /** Beside a store, where there is place for another one. */
  static Scratch beside(Path store) throws IOException {
    Path whole = store.toAbsolutePath().normalize();
    return new Scratch(
        Files.createTempDirectory(whole.getParent(), whole.getFileName() + "-restore-"));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
