package dev.engram.internal.log;

import dev.engram.StorageException;
import dev.engram.StoreLockedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a store's directory: a locked file that says which process holds it. The operating
 * system frees it when the process ends, however it ends; what the file says is only for people.
 */
public final class StoreLock implements AutoCloseable {
  /** The file's name in the store's directory. */
  public static final String FILE = "engram.lock";

  private static final int MAX_OWNER_BYTES = 256;

  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Locks a directory that is there.
   *
   * @throws StoreLockedException where another process or this one holds it; names it
   */
  public static StoreLock take(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new StoreLockedException(
            "the store is open already: path="
                + directory
                + ", holder="
                + holder(file)
                + "; close it there, or open another directory");
      }
      write(channel);
      return new StoreLock(channel);
    } catch (IOException e) {
      throw new StorageException("cannot lock the store: path=" + directory, e);
    }
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
    String owner = "pid " + ProcessHandle.current().pid();
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)), 0);
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
    } catch (IOException e) {
      throw new StorageException("cannot unlock the store", e);
    }
  }
}
