package dev.engram.internal.vector;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Where an index has its segments and its codebook: in files, or in this process's memory. Used by
 * one thread at a time.
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
      public void publish(Contents contents) {}

      @Override
      public Optional<Contents> open() {
        return Optional.empty();
      }

      @Override
      public boolean mapped() {
        return false;
      }
    };
  }

  /** Memory for a segment, and its name. */
  record Space(String name, MemorySegment memory) {}

  /** What an index is made of, but for its tail. */
  record Contents(Codebook book, List<Segment> segments, Probing probing) {}

  /** Memory for a segment of this size; all zero. */
  Space allocate(long bytes) throws IOException;

  /** From now on this is found at opening; what it does not need is let go. */
  void publish(Contents contents) throws IOException;

  /** What was published last; empty where that is nothing, damaged, or not of this log. */
  Optional<Contents> open();

  /** Whether segments lie in files. */
  boolean mapped();
}
