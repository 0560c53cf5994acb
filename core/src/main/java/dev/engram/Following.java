package dev.engram;

import dev.engram.internal.backup.DirectoryObjectStore;
import dev.engram.spi.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * What a follower follows, and how often it looks. Immutable; every method returns a changed copy.
 *
 * @param target where the archive is, and the backups
 * @param interval the archive is looked at after so long, also where the last look failed
 * @param storeId which store; empty for the one that it follows already, or the only one there
 */
public record Following(ObjectStore target, Duration interval, Optional<UUID> storeId) {
  /** Shortest interval. */
  public static final Duration MIN_INTERVAL = Duration.ofMillis(100);

  /** Longest interval. */
  public static final Duration MAX_INTERVAL = Duration.ofDays(1);

  public Following {
    if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
      throw new InvalidInputException(
          "invalid following: interval="
              + interval
              + ", allowed="
              + MIN_INTERVAL
              + ".."
              + MAX_INTERVAL);
    }
  }

  /** An archive in an object store, every two seconds; the caller closes it, afterwards. */
  public static Following from(ObjectStore target) {
    return new Following(target, Duration.ofSeconds(2), Optional.empty());
  }

  /** An archive in a directory, which may be one that several machines share. */
  public static Following from(Path directory) {
    return from(new DirectoryObjectStore(directory));
  }

  /** After so long, from {@link #MIN_INTERVAL} to {@link #MAX_INTERVAL}. */
  public Following every(Duration time) {
    return new Following(target, time, storeId);
  }

  /**
   * This store. A follower goes over to another one where that began with what the follower has,
   * such as another follower that was promoted.
   */
  public Following ofStore(UUID id) {
    return new Following(target, interval, Optional.of(id));
  }
}
