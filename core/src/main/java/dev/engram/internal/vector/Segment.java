package dev.engram.internal.vector;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * Coded vectors, grouped by partition. Immutable but for the count of its dead, and thread-safe.
 * Lies in a mapped file, or in memory; it is unmapped when nothing refers to it any more, so that a
 * search can go on in one that was replaced. Little-endian:
 *
 * <pre>
 *   header      64 bytes: see {@link Header}
 *   directory   int32 for each partition and one more: its first block
 *   blocks      at a multiple of 64: those of each partition, see {@link CodeLayout}
 *   rows        one for each place of a block
 *   ordinals    int32 each, ascending
 *   places      int32 each: where the vector of the ordinal beside it is
 * </pre>
 */
final class Segment {
  static final int MAGIC = 0x53474E45;
  static final int VERSION = 2;
  static final int HEADER_BYTES = 64;

  /** Vectors that the usual length is taken of. */
  private static final int LENGTHS = 64;

  /** Bytes that are read or written at a time. */
  private static final long STEP_BYTES = 1 << 26;

  private static final long SLOW_STEP_BYTES = 1 << 20;

  /** The last field of the header. */
  static final int CHECKSUM_AT = 60;

  final Codebook book;
  final Header header;

  /** Of its file; empty where it has none. */
  final String name;

  private final CodeLayout layout;
  private final MemorySegment memory;
  private final long rowsAt;
  private final int rowBytes;
  private final int[] firstBlocks;
  private final AtomicInteger dead = new AtomicInteger();

  /** Negative until it is asked for. */
  private volatile float usualLength = -1;

  /**
   * What the header says.
   *
   * @param layout of its codes
   * @param book id of the codebook
   * @param partitions of the codebook
   * @param blocks of all partitions
   * @param count vectors
   */
  record Header(CodeLayout layout, int book, int partitions, int blocks, int count) {
    long blocksAt() {
      return HEADER_BYTES + ((partitions + 1L) * Integer.BYTES + 63 & -64L);
    }

    long rowsAt() {
      return blocksAt() + (long) blocks * layout.blockBytes();
    }

    long ordinalsAt() {
      return rowsAt() + (long) blocks * CodeLayout.LANES * layout.rowBytes();
    }

    /** Where the block of a place begins. */
    long blockOf(int place) {
      long block = place / CodeLayout.LANES;
      return blocksAt() + block * layout.blockBytes();
    }

    /** Where the row of a place begins. */
    long rowOf(int place) {
      return rowsAt() + (long) place * layout.rowBytes();
    }

    long placesAt() {
      return ordinalsAt() + (long) count * Integer.BYTES;
    }

    long bytes() {
      return placesAt() + (long) count * Integer.BYTES;
    }
  }

  /** A segment in memory that was filled or checked. */
  Segment(Codebook book, Header header, MemorySegment memory, String name) {
    this.name = name;
    this.book = book;
    this.header = header;
    this.memory = memory;
    this.layout = header.layout();
    this.rowsAt = header.rowsAt();
    this.rowBytes = layout.rowBytes();
    this.firstBlocks = new int[header.partitions() + 1];
    for (int i = 0; i < firstBlocks.length; i++) {
      firstBlocks[i] = memory.get(CodeLayout.INT, HEADER_BYTES + 4L * i);
    }
  }

  /** Whether the blocks of each partition lie among those that there are. */
  boolean isLaidOut() {
    int last = 0;
    for (int first : firstBlocks) {
      if (first < last || first > header.blocks()) {
        return false;
      }
      last = first;
    }
    return true;
  }

  int count() {
    return header.count();
  }

  /** Vectors that were deleted since. */
  int dead() {
    return dead.get();
  }

  /** One was deleted. */
  void died() {
    int _ = dead.incrementAndGet();
  }

  /** Counts those that were deleted while the segment was made. */
  void countDead(OrdinalMarks deleted) {
    int found = 0;
    for (int i = 0; i < count() && !deleted.isEmpty(); i++) {
      found += deleted.has(listed(i)) ? 1 : 0;
    }
    dead.set(found);
  }

  long bytes() {
    return memory.byteSize();
  }

  /** Bytes that searches touch: all but rows and the list of ordinals. */
  long hotBytes() {
    return header.rowsAt();
  }

  /** Places, empty ones included. */
  int places() {
    return Math.multiplyExact(header.blocks(), CodeLayout.LANES);
  }

  int blocks(int partition) {
    return firstBlocks[partition + 1] - firstBlocks[partition];
  }

  /** A vector and where it is. */
  @FunctionalInterface
  interface Visitor {
    void visit(int place, int ordinal);
  }

  /** Visits the vectors of a partition that are not deleted. */
  void forEach(int partition, OrdinalMarks deleted, Visitor visitor) {
    int end = firstBlocks[partition + 1] * CodeLayout.LANES;
    for (int place = firstBlocks[partition] * CodeLayout.LANES; place < end; place++) {
      int ordinal = ordinal(place);
      if (ordinal >= 0 && !deleted.has(ordinal)) {
        visitor.visit(place, ordinal);
      }
    }
  }

  /** Offers the vectors of a partition, with {@code mark} added to their places. */
  void scan(
      CodeKernels kernels,
      int partition,
      CodedQuery query,
      float base,
      long mark,
      IntPredicate allowed,
      ScanSink out) {
    int first = firstBlocks[partition];
    int blocks = firstBlocks[partition + 1] - first;
    if (blocks > 0) {
      long from = header.blocksAt() + (long) first * layout.blockBytes();
      long place = mark + (long) first * CodeLayout.LANES;
      kernels.scan(memory, layout, from, blocks, query, base, place, allowed, out);
    }
  }

  /** The precise key of a vector, without its partition's base. */
  float key(CodeKernels kernels, int place, CodedQuery query) {
    return kernels.key(memory, layout, row(place), query);
  }

  /**
   * How far the precise key of a vector may be off, for a query at distance 1 from the centroid.
   */
  float greatestError(int place) {
    return memory.get(CodeLayout.FLOAT, row(place) + rowBytes - Float.BYTES);
  }

  private long row(int place) {
    return rowsAt + (long) place * rowBytes;
  }

  /** The sum of the absolute differences of a vector and a query, where rows are whole. */
  float absoluteDistance(CodeKernels kernels, int place, float[] query) {
    return kernels.absoluteDistance(memory, row(place), query);
  }

  /** How far it is off usually, three deviations: errors have any direction. */
  float usualError(int place) {
    return 3f / (float) Math.sqrt(layout.padded()) * greatestError(place);
  }

  /**
   * How far keys differ where nothing is known but the centroid, for a query at distance 1 from it:
   * somewhat more than the length of the residual, or twice that for squared distances.
   */
  float width(int place) {
    return .5f * (float) Math.sqrt(layout.padded()) * Math.abs(scale(place));
  }

  /** The scale of the one-bit code at a place. */
  float scale(int place) {
    int lane = place % CodeLayout.LANES;
    return memory.get(CodeLayout.FLOAT, header.blockOf(place) + layout.scaleOffset() + 4L * lane);
  }

  /** The ordinal at a place; -1 where it is empty. */
  int ordinal(int place) {
    return layout.ordinal(memory, header.blockOf(place), place % CodeLayout.LANES);
  }

  /** The i-th of the ordinals, ascending. */
  int listed(int i) {
    return memory.get(CodeLayout.INT, header.ordinalsAt() + 4L * i);
  }

  /** All of them, ascending. */
  IntStream ordinals() {
    return IntStream.range(0, count()).map(this::listed);
  }

  /** Where the i-th of the ordinals is. */
  int listedPlace(int i) {
    return memory.get(CodeLayout.INT, header.placesAt() + 4L * i);
  }

  /** The place of an ordinal; -1 where it is not here. */
  int place(int ordinal) {
    return placeAt(firstBetween(0, count(), ordinal), ordinal);
  }

  /**
   * The places of those ordinals that are here, ascending: those of a partition one after the
   * other.
   *
   * @param ordinals ascending
   */
  int[] places(int[] ordinals) {
    int[] places = new int[ordinals.length];
    int size = 0;
    int at = 0;
    for (int ordinal : ordinals) {
      at = firstFrom(at, ordinal);
      int place = placeAt(at, ordinal);
      if (place >= 0) {
        places[size++] = place;
      }
    }
    Arrays.sort(places, 0, size);
    return Arrays.copyOf(places, size);
  }

  /** From somewhere in the list on, where an ordinal is, or the next one: it lies near. */
  private int firstFrom(int from, int ordinal) {
    int low = from;
    int high = from;
    for (long step = 1; high < count() && listed(high) < ordinal; step *= 2) {
      low = high + 1;
      high = (int) Math.min(count(), high + step);
    }
    return firstBetween(low, high, ordinal);
  }

  /** Where an ordinal is in a part of the list, or the next one. */
  private int firstBetween(int from, int to, int ordinal) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (listed(middle) < ordinal) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The place of an ordinal that is here in the list or nowhere; -1 then. */
  private int placeAt(int at, int ordinal) {
    return at < count() && listed(at) == ordinal ? listedPlace(at) : -1;
  }

  /** The partition of a place. */
  int partition(int place) {
    int found = Arrays.binarySearch(firstBlocks, place / CodeLayout.LANES);
    if (found < 0) {
      return -found - 2;
    }
    // Empty partitions share their first block with the next one.
    while (found + 1 < firstBlocks.length && firstBlocks[found + 1] == firstBlocks[found]) {
      found++;
    }
    return found;
  }

  /** The rotated vector at a place, as its precise row says; returns nothing of empty places. */
  void decode(int place, boolean inner, float[] out) {
    int centroid = partition(place) * layout.padded();
    layout.decodeRow(memory, header.rowOf(place), book.centroids, centroid, inner, out);
  }

  /** The median length of some vectors, coded for inner products; 0 where there are none. */
  float usualLength() {
    if (usualLength < 0) {
      float[] lengths = new float[Math.min(LENGTHS, count())];
      float[] vector = new float[layout.padded()];
      for (int i = 0; i < lengths.length; i++) {
        decode(listedPlace((int) ((long) i * count() / lengths.length)), true, vector);
        lengths[i] = VectorKernels.best().norm(vector);
      }
      Arrays.sort(lengths);
      usualLength = lengths.length == 0 ? 0 : lengths[lengths.length / 2];
    }
    return usualLength;
  }

  /** Copies the codes of a place into a place of a segment of this layout, being written. */
  void copy(int place, MemorySegment to, Header toHeader, int toPlace) {
    int lane = place % CodeLayout.LANES;
    int toLane = toPlace % CodeLayout.LANES;
    layout.copy(memory, header.blockOf(place), lane, to, toHeader.blockOf(toPlace), toLane);
    MemorySegment.copy(memory, header.rowOf(place), to, toHeader.rowOf(toPlace), layout.rowBytes());
  }

  /** Makes it survive power loss. */
  void force(Disk disk, Path directory) {
    disk.force(directory.resolve(name), memory);
  }

  /** Writes all of it, at the channel's position. */
  void writeTo(FileChannel channel) throws IOException {
    for (long at = 0; at < memory.byteSize(); at += STEP_BYTES) {
      long length = Math.min(STEP_BYTES, memory.byteSize() - at);
      ByteBuffer bytes = memory.asSlice(at, length).asByteBuffer();
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes);
      }
    }
  }

  /** The checksum of everything but itself. */
  static int checksum(MemorySegment memory) {
    return checksum(memory, STEP_BYTES, bytes -> {});
  }

  /** The same, told of the bytes that were read, and in steps that can be slowed down. */
  static int checksum(MemorySegment memory, LongConsumer passed) {
    return checksum(memory, SLOW_STEP_BYTES, passed);
  }

  private static int checksum(MemorySegment memory, long step, LongConsumer passed) {
    CRC32C crc = new CRC32C();
    crc.update(memory.asSlice(0, CHECKSUM_AT).asByteBuffer());
    for (long at = HEADER_BYTES; at < memory.byteSize(); at += step) {
      long length = Math.min(step, memory.byteSize() - at);
      crc.update(memory.asSlice(at, length).asByteBuffer());
      passed.accept(length);
    }
    return (int) crc.getValue();
  }
}
