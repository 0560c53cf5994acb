package dev.engram.internal.log;

import dev.engram.StorageException;
import dev.engram.StoreLockedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a store's directory: a locked file that says which process holds it. The operating
 * system frees it when the process ends, however it ends; what the file says is only for people.
 */
public final class StoreLock implements AutoCloseable {
  /** The file's name in the store's directory. */
  public static final String FILE = "engram.lock";

  private static final int MAX_OWNER_BYTES = 256;

  /**
   * What this process holds. Asked before the file is opened: to close any descriptor of a file
   * frees the process's lock on it (POSIX).
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private StoreLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Locks a directory that is there.
   *
   * @throws StoreLockedException where another process or this one holds it; names it
   */
  public static StoreLock take(Path directory) {
    try {
      Path real = directory.toRealPath();
      if (!HELD.add(real)) {
        throw refused(directory, owner());
      }
      boolean held = false;
      try {
        StoreLock lock = takeFile(real);
        held = true;
        return lock;
      } finally {
        if (!held) {
          HELD.remove(real);
        }
      }
    } catch (IOException e) {
      throw new StorageException("cannot lock the store: path=" + directory, e);
    }
  }

  private static StoreLock takeFile(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!locked(channel)) {
      channel.close();
      throw refused(directory, holder(file));
    }
    write(channel);
    return new StoreLock(directory, channel);
  }

  private static StoreLockedException refused(Path directory, String holder) {
    return new StoreLockedException(
        "the store is open already: path="
            + directory
            + ", holder="
            + holder
            + "; close it there, or open another directory");
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void write(FileChannel channel) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(owner().getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static String owner() {
    return "pid " + ProcessHandle.current().pid();
  }

  private static String holder(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int length = Math.min(bytes.length, MAX_OWNER_BYTES);
    return length == 0 ? "unknown" : new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      channel.truncate(0);
      channel.close();
    } catch (ClosedByInterruptException e) {
      // The file is closed, which is what frees the lock.
    } catch (IOException e) {
      throw new StorageException("cannot unlock the store", e);
    } finally {
      HELD.remove(directory);
    }
  }
}
