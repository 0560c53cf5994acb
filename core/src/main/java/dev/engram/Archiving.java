package dev.engram;

import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how often an open store is archived. Immutable; every method returns a changed copy.
 *
 * @param target where to
 * @param interval a commit is shipped after so long at the latest
 * @param bytes and when about so many bytes of commits wait; also about the size of a file
 * @param synchronous whether a call that commits returns only when its commit is archived
 */
public record Archiving(ObjectStore target, Duration interval, long bytes, boolean synchronous) {
  /** Shortest interval. */
  public static final Duration MIN_INTERVAL = Duration.ofMillis(100);

  /** Longest interval. */
  public static final Duration MAX_INTERVAL = Duration.ofDays(1);

  /** Fewest bytes. */
  public static final long MIN_BYTES = 4 << 10;

  /** Most bytes. */
  public static final long MAX_BYTES = 1L << 30;

  public Archiving {
    if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
      throw new InvalidInputException(
          "invalid archiving: interval="
              + interval
              + ", allowed="
              + MIN_INTERVAL
              + ".."
              + MAX_INTERVAL);
    }
    if (bytes < MIN_BYTES || bytes > MAX_BYTES) {
      throw new InvalidInputException(
          "invalid archiving: bytes=" + bytes + ", allowed=" + MIN_BYTES + ".." + MAX_BYTES);
    }
  }

  /** To an object store, every ten seconds, and every 16 MiB; the caller closes it, afterwards. */
  public static Archiving to(ObjectStore target) {
    return new Archiving(target, Duration.ofSeconds(10), 16 << 20, false);
  }

  /** To a directory, which is made with the first file; best on another device. */
  public static Archiving to(Path directory) {
    return to(new DirectoryObjectStore(directory));
  }

  /** After so long at the latest, from {@link #MIN_INTERVAL} to {@link #MAX_INTERVAL}. */
  public Archiving every(Duration time) {
    return new Archiving(target, time, bytes, synchronous);
  }

  /** When about so many bytes wait, from {@link #MIN_BYTES} to {@link #MAX_BYTES}. */
  public Archiving atBytes(long waiting) {
    return new Archiving(target, interval, waiting, synchronous);
  }

  /**
   * A call that commits returns only when the target has the commit and has given it back as it
   * was. Commits that wait at the same time share a file, so that many writers, or large batches,
   * wait hardly longer than one. Where the target fails, the call throws {@link
   * NotArchivedException}: its commit is in the store.
   */
  public Archiving synchronously() {
    return new Archiving(target, interval, bytes, true);
  }
}
