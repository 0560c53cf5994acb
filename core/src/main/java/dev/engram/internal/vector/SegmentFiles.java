package dev.engram.internal.vector;

import dev.engram.CorruptStoreException;
import dev.engram.Quantization;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** The header of a segment, and opening its file. Static functions only. */
final class SegmentFiles {
  private SegmentFiles() {}

  /** Completes a segment whose rest is written. */
  static void putHeader(MemorySegment memory, Segment.Header header) {
    int[] fields = {
      Segment.MAGIC,
      Segment.VERSION,
      header.book(),
      header.layout().padded(),
      header.partitions(),
      header.blocks(),
      header.count(),
      header.layout().bits()
    };
    for (int i = 0; i < fields.length; i++) {
      memory.set(CodeLayout.INT, 4L * i, fields[i]);
    }
    memory.set(CodeLayout.INT, Segment.CHECKSUM_AT, Segment.checksum(memory));
  }

  /**
   * Maps a segment's file and reads it once, to compare its checksum.
   *
   * @param resident whether it is read into memory instead
   * @throws CorruptStoreException where it is damaged or of another version
   */
  static Segment open(Path file, Codebook book, boolean resident) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < Segment.HEADER_BYTES) {
        throw damaged(file, "bytes=" + size);
      }
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
      MemorySegment memory = resident ? copy(mapped) : mapped;
      Segment.Header header = header(file, memory);
      if (header.book() != book.id
          || header.layout().padded() != book.padded
          || header.partitions() != book.size()
          || header.blocks() < 0
          || header.count() < 0
          || header.bytes() != size) {
        throw damaged(file, "its header");
      }
      if (memory.get(CodeLayout.INT, Segment.CHECKSUM_AT) != Segment.checksum(memory)) {
        throw damaged(file, "its checksum");
      }
      Segment segment = new Segment(book, header, memory, file.getFileName().toString());
      if (!segment.isLaidOut()) {
        throw damaged(file, "its directory");
      }
      return segment;
    }
  }

  /** Checks the header of a segment or a codebook; with {@code whole} its checksum as well. */
  static void check(Path file, boolean whole, LongConsumer passed) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      long size = channel.size();
      if (size < Segment.HEADER_BYTES) {
        throw damaged(file, "bytes=" + size);
      }
      MemorySegment memory = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      if (size != sizeOf(file, memory)) {
        throw damaged(file, "bytes=" + size + ", written=" + sizeOf(file, memory));
      }
      if (whole
          && memory.get(CodeLayout.INT, Segment.CHECKSUM_AT) != Segment.checksum(memory, passed)) {
        throw damaged(file, "its checksum");
      }
    }
  }

  private static long sizeOf(Path file, MemorySegment memory) {
    if (memory.get(CodeLayout.INT, 0) != SegmentDirectory.BOOK_MAGIC) {
      return header(file, memory).bytes();
    }
    long padded = memory.get(CodeLayout.INT, 16);
    long centroids = memory.get(CodeLayout.INT, 20);
    return SegmentDirectory.BOOK_HEADER_BYTES + Float.BYTES * padded * centroids;
  }

  private static MemorySegment copy(MemorySegment mapped) {
    return Arena.ofAuto().allocate(mapped.byteSize(), 64).copyFrom(mapped);
  }

  private static Segment.Header header(Path file, MemorySegment memory) {
    int version = memory.get(CodeLayout.INT, 4);
    if (memory.get(CodeLayout.INT, 0) != Segment.MAGIC || version != Segment.VERSION) {
      throw damaged(file, "version=" + version + ", known=" + Segment.VERSION);
    }
    int bits = memory.get(CodeLayout.INT, 28);
    Quantization rows =
        Arrays.stream(Quantization.values())
            .filter(known -> known.bits() == bits)
            .findFirst()
            .orElseThrow(() -> damaged(file, "bits=" + bits));
    return new Segment.Header(
        new CodeLayout(memory.get(CodeLayout.INT, 12), rows),
        memory.get(CodeLayout.INT, 8),
        memory.get(CodeLayout.INT, 16),
        memory.get(CodeLayout.INT, 20),
        memory.get(CodeLayout.INT, 24));
  }

  private static CorruptStoreException damaged(Path file, String what) {
    return new CorruptStoreException(
        "unreadable vector segment: file=" + file.getFileName() + ", " + what + "; it is rebuilt");
  }
}
