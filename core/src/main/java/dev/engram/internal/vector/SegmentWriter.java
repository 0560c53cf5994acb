package dev.engram.internal.vector;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes a segment of vectors and of other segments' vectors. First every vector is given its
 * partition, then the file has its final size, then the codes are written to their places. Not
 * thread-safe; used once.
 */
final class SegmentWriter {
  private final Codebook book;
  private final CodeLayout layout;
  private final boolean inner;

  SegmentWriter(Codebook book, boolean inner) {
    this.book = book;
    this.layout = new CodeLayout(book.padded);
    this.inner = inner;
  }

  /** Vectors that have their ordinals. */
  interface Source {
    int size();

    /** The ordinal of the i-th vector; -1 where it is to be left out. */
    int ordinal(int i);

    /** Rotates or decodes the i-th vector. */
    void rotated(int i, float[] out);

    /** As {@link #rotated}, as precisely as may be: this is what is coded. */
    default void precise(int i, float[] out) {
      rotated(i, out);
    }

    /** The partition of the i-th vector, if it is coded by the same codebook; else -1. */
    int partition(int i);

    /** Copies the codes of the i-th vector, which has a partition. */
    void copy(int i, MemorySegment to, Segment.Header header, int place);
  }

  /**
   * Writes a segment.
   *
   * @param store gives the memory
   * @return the segment, durable but for its directory entry; null where no vector is left
   */
  @Nullable Segment write(Source source, SegmentStore store) throws IOException {
    int[] partitions = new int[source.size()];
    int[] ordinals = new int[source.size()];
    int count = assign(source, partitions, ordinals);
    if (count == 0) {
      return null;
    }
    int[] firstBlocks = directory(partitions, ordinals);
    Segment.Header header =
        new Segment.Header(book.id, book.padded, book.size(), firstBlocks[book.size()], count);
    SegmentStore.Space space = store.allocate(header.bytes());
    MemorySegment memory = space.memory();
    for (int i = 0; i < firstBlocks.length; i++) {
      memory.set(CodeLayout.INT, Segment.HEADER_BYTES + 4L * i, firstBlocks[i]);
    }
    for (int block = 0; block < header.blocks(); block++) {
      layout.clear(memory, header.blocksAt() + (long) block * layout.blockBytes());
    }
    place(source, partitions, ordinals, firstBlocks, header, memory);
    SegmentFiles.putHeader(memory, header, Segment.checksum(memory));
    return new Segment(book, header, memory, space.name());
  }

  private int assign(Source source, int[] partitions, int[] ordinals) {
    Workspace work = new Workspace(book.padded);
    int count = 0;
    for (int i = 0; i < ordinals.length; i++) {
      ordinals[i] = source.ordinal(i);
      if (ordinals[i] >= 0) {
        count++;
        partitions[i] = source.partition(i);
        if (partitions[i] < 0) {
          source.rotated(i, work.query.rotated);
          work.query.quantise();
          partitions[i] = book.nearest(work);
        }
      }
    }
    return count;
  }

  private int[] directory(int[] partitions, int[] ordinals) {
    int[] sizes = new int[book.size()];
    for (int i = 0; i < ordinals.length; i++) {
      if (ordinals[i] >= 0) {
        sizes[partitions[i]]++;
      }
    }
    int[] firstBlocks = new int[book.size() + 1];
    for (int partition = 0; partition < sizes.length; partition++) {
      firstBlocks[partition + 1] = firstBlocks[partition] + CodeLayout.blocks(sizes[partition]);
    }
    return firstBlocks;
  }

  private void place(
      Source source,
      int[] partitions,
      int[] ordinals,
      int[] firstBlocks,
      Segment.Header header,
      MemorySegment memory) {
    int[] next = new int[book.size()];
    Arrays.setAll(next, partition -> firstBlocks[partition] * CodeLayout.LANES);
    long[] listed = new long[header.count()];
    int count = 0;
    Code code = new Code(book.padded);
    float[] rotated = new float[book.padded];
    for (int i = 0; i < ordinals.length; i++) {
      if (ordinals[i] >= 0) {
        int place = next[partitions[i]]++;
        listed[count++] = (long) ordinals[i] << 32 | place;
        if (source.partition(i) >= 0) {
          source.copy(i, memory, header, place);
        } else {
          source.precise(i, rotated);
          code.encode(rotated, book.centroids, partitions[i] * book.padded, inner);
          put(memory, header, place, code, ordinals[i]);
        }
      }
    }
    Arrays.sort(listed);
    for (int i = 0; i < count; i++) {
      memory.set(CodeLayout.INT, header.ordinalsAt() + 4L * i, (int) (listed[i] >>> 32));
      memory.set(CodeLayout.INT, header.placesAt() + 4L * i, (int) listed[i]);
    }
  }

  private void put(MemorySegment memory, Segment.Header header, int place, Code code, int ordinal) {
    long block = header.blocksAt() + (long) (place / CodeLayout.LANES) * layout.blockBytes();
    layout.put(memory, block, place % CodeLayout.LANES, code, ordinal);
    layout.putRow(memory, header.rowsAt() + (long) place * layout.rowBytes(), code);
  }
}
