package dev.engram.internal.vector;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The operations on files whose order decides what survives power loss. An interface, so that a
 * test can stand in between and know what a disk may have lost. Thread-safe.
 */
interface Disk {
  /** Makes a file, or empties the one there is, to write and to map. */
  FileChannel create(Path file) throws IOException;

  /** What was written into a mapped file survives. */
  void force(Path file, MemorySegment mapped);

  /** What was written into a file survives. */
  void force(Path file, FileChannel channel) throws IOException;

  /** Gives a file another name, in one step; it replaces what had that name. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file if it is there. */
  void delete(Path file) throws IOException;

  /** What was made, renamed and deleted in a directory stays so. */
  void sync(Path directory) throws IOException;

  /** The disk itself. */
  enum Real implements Disk {
    DISK;

    @Override
    public FileChannel create(Path file) throws IOException {
      return FileChannel.open(
          file,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE);
    }

    @Override
    public void force(Path file, MemorySegment mapped) {
      mapped.force();
    }

    @Override
    public void force(Path file, FileChannel channel) throws IOException {
      channel.force(true);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path file) throws IOException {
      Files.deleteIfExists(file);
    }

    @Override
    public void sync(Path directory) throws IOException {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
