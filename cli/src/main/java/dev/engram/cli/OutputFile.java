package dev.engram.cli;

import dev.engram.InvalidInputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a file that is there as a whole or as it was before. Static functions only. */
final class OutputFile {
  private OutputFile() {}

  /** What writes the content. */
  interface Content {
    void writeTo(Writer writer) throws IOException;
  }

  /** Writes beside the file, readable by its owner only, and puts it in its place at the end. */
  static void write(Path given, Content content) throws IOException {
    Path file = Files.exists(given) ? given.toRealPath() : given;
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new InvalidInputException(
          "cannot write: file=" + given + ", it is not a file; name one, or redirect the output");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(String.valueOf(folder));
    }
    Path draft = Files.createTempFile(folder, ".engram", ".draft");
    try {
      try (BufferedWriter writer = Files.newBufferedWriter(draft)) {
        content.writeTo(writer);
      }
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      boolean _ = Files.deleteIfExists(draft);
    }
  }
}
