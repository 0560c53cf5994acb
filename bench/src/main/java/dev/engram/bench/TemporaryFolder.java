package dev.engram.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A new folder that is deleted in the end, with all that lies in it. */
record TemporaryFolder(Path path) implements AutoCloseable {
  static TemporaryFolder make(String name) throws IOException {
    return new TemporaryFolder(Files.createTempDirectory("engram-bench-" + name));
  }

  /** Bytes of all files. */
  long bytes() throws IOException {
    long bytes = 0;
    for (Path file : all()) {
      bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    for (Path file : all().reversed()) {
      Files.deleteIfExists(file);
    }
  }

  private List<Path> all() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files.sorted(Comparator.naturalOrder()).toList();
    }
  }
}
