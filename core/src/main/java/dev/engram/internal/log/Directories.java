package dev.engram.internal.log;

import dev.engram.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Directories and files that only their owner may read: 0700 and 0600, where modes exist. */
public final class Directories {
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private Directories() {}

  /**
   * Makes a directory and its missing parents; the last one is private. Each that was made survives
   * power loss when this returns: its parent is synced, without which the directory could vanish
   * with everything in it that was synced.
   */
  public static void makePrivate(Path directory) {
    try {
      make(directory.toAbsolutePath());
      restrict(directory, DIRECTORY);
    } catch (IOException e) {
      throw new StorageException(
          "cannot make the directory: path=" + directory + "; check its parent's permissions", e);
    }
  }

  /** Makes the entries of a directory, or the bytes of a file, survive power loss. */
  public static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Puts a file in place in one step, readable by its owner only: it is there whole and durable
   * when this returns, and as it was before when it breaks off.
   *
   * @param written is run when the bytes are durable, under another name
   */
  public static void publish(Path file, byte[] bytes, Runnable written) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      restrict(fresh, FILE);
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    written.run();
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(parentOf(file));
  }

  /** The directory that a file lies in. */
  public static Path parentOf(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  /**
   * Gives a file whose bytes never change a second name; copies it where the file system has no
   * links.
   */
  public static void link(Path file, Path name) throws IOException {
    try {
      Files.createLink(name, file);
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.copy(file, name);
    }
  }

  /** Makes everything below a directory survive power loss, and its own entries. */
  public static void syncAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        sync(path);
      }
    }
  }

  private static void make(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (Files.isDirectory(directory) || parent == null) {
      return;
    }
    make(parent);
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    sync(parent);
  }

  /**
   * Takes everyone else's rights from the files below a directory. RocksDB and Lucene make files by
   * the process's mask; the private directory guards them until this is called.
   */
  public static void restrictFiles(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.forEach(Directories::restrictOne);
    } catch (IOException | UncheckedIOException e) {
      // A file may vanish while it is walked: the next call meets its successors.
    }
  }

  /** The names of what lies in a directory, in order; none where there is no directory. */
  public static List<String> names(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new StorageException("cannot list the directory: path=" + directory, e);
    }
  }

  /** Deletes a directory with everything in it; does nothing where there is none. */
  public static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new StorageException("cannot delete the directory: path=" + directory, e);
    }
  }

  /** Bytes of all files below a directory; one that has several names counts once. */
  public static long bytes(Path directory) {
    long[] total = {0};
    Set<Object> seen = new HashSet<>();
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
              Object file = attributes.fileKey();
              if (file == null || seen.add(file)) {
                total[0] += attributes.size();
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new StorageException("cannot measure the directory: path=" + directory, e);
    }
    return total[0];
  }

  private static void restrictOne(Path path) {
    try {
      restrict(path, Files.isDirectory(path) ? DIRECTORY : FILE);
    } catch (NoSuchFileException e) {
      // It was deleted meanwhile.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void restrict(Path path, Set<PosixFilePermission> permissions) throws IOException {
    try {
      if (!Files.getPosixFilePermissions(path).equals(permissions)) {
        Files.setPosixFilePermissions(path, permissions);
      }
    } catch (UnsupportedOperationException e) {
      // A file system without modes, such as Windows'.
    }
  }
}
