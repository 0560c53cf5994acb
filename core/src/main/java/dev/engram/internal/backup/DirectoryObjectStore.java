package dev.engram.internal.backup;

import dev.engram.CancelledException;
import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.internal.log.Directories;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Objects as files below a directory, which is made with the first of them. Each is written under a
 * hidden name, synced, and moved to its place. Thread-safe.
 */
public final class DirectoryObjectStore implements ObjectStore {
  private static final String PART = "[a-z0-9_-](?:[a-z0-9._-]*[a-z0-9_-])?";
  private static final Pattern NAME = Pattern.compile(PART + "(?:/" + PART + ")*");

  private final Path root;

  public DirectoryObjectStore(Path root) {
    this.root = root;
  }

  @Override
  public void put(String name, InputStream bytes, long length) {
    Path file = file(name);
    Path directory = Directories.parentOf(file);
    try {
      Directories.makePrivate(directory);
      // Its mode is private: that is how temporary files are made.
      Path fresh = Files.createTempFile(directory, ".put", null);
      try {
        write(fresh, bytes, length, name);
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        boolean _ = Files.deleteIfExists(fresh);
      }
      Directories.sync(directory);
    } catch (IOException e) {
      throw failed("stored", file, e);
    }
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
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> new ObjectInfo(nameOf(file), file.toFile().length()))
          .filter(each -> each.name().startsWith(prefix) && NAME.matcher(each.name()).matches())
          .sorted(Comparator.comparing(ObjectInfo::name))
          .toList();
    } catch (IOException e) {
      throw failed("listed", root, e);
    } catch (UncheckedIOException e) {
      throw failed("listed", root, new IOException(e));
    }
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
    if (name.length() > MAX_NAME || !NAME.matcher(name).matches() || name.contains("..")) {
      throw new InvalidInputException(
          "invalid name of an object: name="
              + name.substring(0, Math.min(name.length(), MAX_NAME))
              + ", allowed=[a-z0-9._/-], at most "
              + MAX_NAME
              + " characters");
    }
    return root.resolve(name);
  }
}
