package dev.engram.internal.vector;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where an index has its segments and its codebook: in files, or in this process's memory.
 * Thread-safe.
 */
public interface SegmentStore {
  /** A store in this process's memory; nothing of it is found again. */
  static SegmentStore inMemory() {
    return new SegmentStore() {
      @Override
      public Space allocate(long bytes) {
        return new Space("", Arena.ofAuto().allocate(bytes, 64));
      }

      @Override
      public void publish(Supplier<Contents> contents) {}

      @Override
      public Contents open(int padded, boolean byProduct) {
        return Contents.NONE;
      }

      @Override
      public boolean mapped() {
        return false;
      }
    };
  }

  /** Memory for a segment, and its name. */
  record Space(String name, MemorySegment memory) {}

  /**
   * What an index is made of, but for its tail.
   *
   * @param origin of its {@link Frame}; null for none
   */
  record Contents(Level fresh, Level partitioned, @Nullable Codebook origin) {
    static final Contents NONE = new Contents(Level.EMPTY, Level.EMPTY, null);

    /** The levels that have a codebook, and the origin as one that has no segments. */
    List<Level> levels() {
      Level first = new Level(origin, List.of(), Probing.UNKNOWN);
      return Stream.of(first, fresh, partitioned)
          .filter(level -> level.codebook() != null)
          .toList();
    }
  }

  /** Memory for a segment of this size; all zero. */
  Space allocate(long bytes) throws IOException;

  /** A segment that was allocated will not be published. */
  default void discard(String name) {}

  /**
   * A segment is let go when what does without it is published, whether it was published or not.
   */
  default void replaced(String name) {}

  /**
   * From now on this is found at opening; what it does not need is let go, but for what was
   * allocated and not published yet.
   *
   * @param contents asked for the newest, in the order of publications
   */
  void publish(Supplier<Contents> contents) throws IOException;

  /**
   * What was published last; nothing where that is damaged, or not of this log.
   *
   * @param padded components of a rotated vector
   * @param byProduct as {@link Codebook} wants it
   */
  Contents open(int padded, boolean byProduct);

  /** Whether segments lie in files. */
  boolean mapped();
}
