package dev.engram.internal.vector;

import dev.engram.CorruptStoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The header of a segment, and opening its file. Static functions only. */
final class SegmentFiles {
  private SegmentFiles() {}

  /** Completes a segment whose rest is written. */
  static void putHeader(MemorySegment memory, Segment.Header header) {
    int[] fields = {
      Segment.MAGIC,
      Segment.VERSION,
      header.book(),
      header.padded(),
      header.partitions(),
      header.blocks(),
      header.count()
    };
    for (int i = 0; i < fields.length; i++) {
      memory.set(CodeLayout.INT, 4L * i, fields[i]);
    }
    memory.set(CodeLayout.INT, Segment.CHECKSUM_AT, Segment.checksum(memory));
  }

  /**
   * Maps a segment's file and reads it once, to compare its checksum.
   *
   * @throws CorruptStoreException where it is damaged or of another version
   */
  static Segment open(Path file, Codebook book) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < Segment.HEADER_BYTES) {
        throw damaged(file, "bytes=" + size);
      }
      MemorySegment memory = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
      Segment.Header header =
          new Segment.Header(
              memory.get(CodeLayout.INT, 8),
              memory.get(CodeLayout.INT, 12),
              memory.get(CodeLayout.INT, 16),
              memory.get(CodeLayout.INT, 20),
              memory.get(CodeLayout.INT, 24));
      if (memory.get(CodeLayout.INT, 0) != Segment.MAGIC
          || memory.get(CodeLayout.INT, 4) != Segment.VERSION
          || header.book() != book.id
          || header.padded() != book.padded
          || header.partitions() != book.size()
          || header.blocks() < 0
          || header.count() < 0
          || header.bytes() != size) {
        throw damaged(file, "its header");
      }
      if (memory.get(CodeLayout.INT, Segment.CHECKSUM_AT) != Segment.checksum(memory)) {
        throw damaged(file, "its checksum");
      }
      return new Segment(book, header, memory, file.getFileName().toString());
    }
  }

  private static CorruptStoreException damaged(Path file, String what) {
    return new CorruptStoreException(
        "damaged vector segment: file=" + file.getFileName() + ", " + what + "; it is rebuilt");
  }
}
