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

  /**
   * Within the directory of a store that the caller has open, which has it alone; what a process
   * that was killed left there goes first.
   */
  static Scratch within(Path store) throws IOException {
    Scratch scratch = new Scratch(store.resolve("engram-only"));
    scratch.close();
    return scratch;
  }

  @Override
  public void close() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
