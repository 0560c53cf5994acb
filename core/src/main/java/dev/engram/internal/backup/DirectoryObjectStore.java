package dev.engram.internal.backup;

import dev.engram.CancelledException;
import dev.engram.EngramException;
import dev.engram.ExistsException;
import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.internal.log.Directories;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectNames;
import dev.engram.spi.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Objects as files below a directory, which is made with the first of them. Each is written under a
 * hidden name, synced, and moved to its place. Thread-safe.
 */
public final class DirectoryObjectStore implements ObjectStore {
  private static final String FRESH = ".put";
  private static final String FRESH_END = ".tmp";

  private final Path root;

  public DirectoryObjectStore(Path root) {
    this.root = root;
  }

  @Override
  public String place() {
    return root.toAbsolutePath().normalize().toString();
  }

  @Override
  public void put(String name, InputStream bytes, long length) {
    store(name, bytes, length, true);
  }

  @Override
  public void create(String name, InputStream bytes, long length) {
    if (Files.exists(file(name))) {
      throw exists(name);
    }
    store(name, bytes, length, false);
  }

  private void store(String name, InputStream bytes, long length, boolean replace) {
    Path file = file(name);
    Path directory = Directories.parentOf(file);
    try {
      Directories.makePrivate(directory);
      // Its mode is private: that is how temporary files are made.
      Path fresh = Files.createTempFile(directory, FRESH, FRESH_END);
      try {
        write(fresh, bytes, length, name);
        if (replace) {
          Files.move(
              fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
          publish(fresh, file);
        }
      } finally {
        boolean _ = Files.deleteIfExists(fresh);
      }
      Directories.sync(directory);
    } catch (FileAlreadyExistsException e) {
      throw exists(name);
    } catch (IOException e) {
      throw failed("stored", file, e);
    }
  }

  /** Gives a file its place where none is there: in one step, if the file system has links. */
  private static void publish(Path fresh, Path file) throws IOException {
    try {
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.move(fresh, file);
    }
  }

  private static ExistsException exists(String name) {
    return new ExistsException("there is such an object: name=" + name + "; it was left as it is");
  }

  private static void write(Path file, InputStream bytes, long length, String name)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      OutputStream out = Channels.newOutputStream(channel);
      long written = bytes.transferTo(out);
      if (written != length) {
        throw new InvalidInputException(
            "an object has another length: name=" + name + ", said=" + length + ", is=" + written);
      }
      channel.force(true);
    }
  }

  @Override
  public InputStream get(String name) {
    Path file = file(name);
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new NotFoundException("there is no such object: path=" + file, e);
    } catch (IOException e) {
      throw failed("read", file, e);
    }
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    String directory = prefix.substring(0, Math.max(0, prefix.lastIndexOf('/')));
    if (!directory.isEmpty() && !ObjectNames.isName(directory)) {
      return List.of();
    }
    List<ObjectInfo> found = new ArrayList<>();
    walk(
        root.resolve(directory),
        (file, bytes) -> {
          String name = nameOf(file);
          if (name.startsWith(prefix) && ObjectNames.isName(name)) {
            found.add(new ObjectInfo(name, bytes));
          }
        });
    found.sort(Comparator.comparing(ObjectInfo::name));
    return found;
  }

  @Override
  public void discardUnfinished(Instant before) {
    FileTime then = FileTime.from(before);
    List<Path> found = new ArrayList<>();
    walk(
        root,
        (file, _) -> {
          if (isFresh(file)) {
            found.add(file);
          }
        });
    for (Path file : found) {
      try {
        if (Files.getLastModifiedTime(file).compareTo(then) < 0) {
          Files.delete(file);
        }
      } catch (NoSuchFileException e) {
        // It was moved to its place meanwhile.
      } catch (IOException e) {
        throw failed("discarded", file, e);
      }
    }
  }

  private static boolean isFresh(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(FRESH) && name.endsWith(FRESH_END);
  }

  /** Shows all files below a directory, each once, and their sizes; not those that vanish. */
  private static void walk(Path directory, ObjLongConsumer<Path> use) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try {
      Path _ =
          Files.walkFileTree(
              directory,
              EnumSet.of(FileVisitOption.FOLLOW_LINKS),
              Integer.MAX_VALUE,
              new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                  if (attributes.isRegularFile()) {
                    use.accept(file, attributes.size());
                  }
                  return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e)
                    throws IOException {
                  return unlessGone(e);
                }

                @Override
                public FileVisitResult postVisitDirectory(Path file, @Nullable IOException e)
                    throws IOException {
                  return unlessGone(e);
                }
              });
    } catch (IOException e) {
      throw failed("listed", directory, e);
    }
  }

  private static FileVisitResult unlessGone(@Nullable IOException e) throws IOException {
    if (e == null || e instanceof NoSuchFileException || e instanceof FileSystemLoopException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }

  @Override
  public void delete(String name) {
    Path file = file(name);
    Path directory = Directories.parentOf(file);
    try {
      if (Files.deleteIfExists(file)) {
        Directories.sync(directory);
      }
    } catch (IOException e) {
      throw failed("deleted", file, e);
    }
  }

  private static EngramException failed(String what, Path file, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return new CancelledException("interrupted while an object was " + what, e);
    }
    return new StorageException("an object cannot be " + what + ": path=" + file + ", why=" + e, e);
  }

  private String nameOf(Path file) {
    return root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
  }

  private Path file(String name) {
    return root.resolve(ObjectNames.require(name));
  }
}
