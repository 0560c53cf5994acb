package dev.engram.internal.transfer;

import dev.engram.InvalidInputException;
import dev.engram.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;

/** Writes a file that is there as a whole or as it was before, also after a power cut. */
final class DraftFile {
  private DraftFile() {}

  /** Writes beside the file, readable by its owner only, and puts it in its place at the end. */
  static <T> T write(Path given, Function<OutputStream, T> content) {
    try {
      Path file = Files.exists(given) ? given.toRealPath() : given.toAbsolutePath();
      Path folder = file.getParent();
      boolean there = folder != null && Files.isDirectory(folder);
      if (folder == null || !there || (Files.exists(file) && !Files.isRegularFile(file))) {
        throw new InvalidInputException(
            "cannot write: file=" + given + "; name a file in a folder that is there");
      }
      return write(folder, file, content);
    } catch (IOException e) {
      throw new StorageException("cannot write: file=" + given + ": " + e.getMessage(), e);
    }
  }

  private static <T> T write(Path folder, Path file, Function<OutputStream, T> content)
      throws IOException {
    Path draft = Files.createTempFile(folder, ".engram", ".draft");
    try {
      T result;
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        result = content.apply(Channels.newOutputStream(channel));
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
      return result;
    } finally {
      boolean _ = Files.deleteIfExists(draft);
    }
  }
}
