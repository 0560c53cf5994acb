package dev.engram.internal.vector;

import dev.engram.Quantization;
import dev.engram.internal.parallel.Parallel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes segments of vectors and of other segments' vectors. First every vector is given its
 * partition, then the file has its final size, then the codes are written to their places. Both are
 * shared out among threads. Immutable.
 */
final class SegmentWriter {
  /** Rows that a thread takes at a time where each is little work. */
  static final int ROWS = 1_024;

  /** And rows of which it is decided anew how many threads work on them. */
  private static final int SPELL = 16 * ROWS;

  private final Codebook book;
  private final CodeLayout layout;
  private final boolean inner;
  private final IntSupplier threads;

  /**
   * @param inner whether keys are minus inner products, else squared distances
   * @param rows what the codes of rows are to be
   * @param threads at most; asked again and again
   */
  SegmentWriter(Codebook book, boolean inner, Quantization rows, IntSupplier threads) {
    this.book = book;
    this.layout = new CodeLayout(book.padded, rows);
    this.inner = inner;
    this.threads = threads;
  }

  /** Vectors that have their ordinals. Thread-safe. */
  interface Source {
    int size();

    /** The ordinal of the i-th vector; -1 where it is to be left out. */
    int ordinal(int i);

    /**
     * Reads some vectors.
     *
     * @param exactly whether they are to be coded, else compared
     */
    Reader reader(int[] some, boolean exactly);

    /** The partition of the i-th vector, if it is coded by this codebook already; else -1. */
    default int partition(int i, Codebook book) {
      return -1;
    }

    /** Whether the codes of the i-th vector, which has a partition, are as this layout has them. */
    default boolean isCoded(int i, CodeLayout layout) {
      return false;
    }

    /** Copies the codes of the i-th vector, which is coded. */
    default void copy(int i, MemorySegment to, Segment.Header header, int place) {
      throw new IllegalStateException("not coded: i=" + i);
    }
  }

  /** Some vectors of a source; for one thread. */
  @FunctionalInterface
  interface Reader {
    /** The n-th of them, rotated. */
    void rotated(int n, float[] out);
  }

  /** Where each vector of a source goes; -1 for those left out. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Plan(int[] ordinals, int[] partitions, int[] places, int[] firstBlocks) {
    int count() {
      int count = 0;
      for (int ordinal : ordinals) {
        count += ordinal >= 0 ? 1 : 0;
      }
      return count;
    }
  }

  /**
   * Writes a segment.
   *
   * @param store gives the memory
   * @return the segment, not durable yet; null where no vector is left
   * @throws dev.engram.CancelledException where the calling thread is interrupted
   */
  @Nullable Segment write(Source source, SegmentStore store) throws IOException {
    Plan plan = plan(source);
    int count = plan.count();
    if (count == 0) {
      return null;
    }
    Segment.Header header =
        new Segment.Header(layout, book.id, book.size(), plan.firstBlocks[book.size()], count);
    SegmentStore.Space space = store.allocate(header.bytes());
    try {
      fill(source, plan, header, space.memory());
    } catch (RuntimeException | Error e) {
      store.discard(space.name());
      throw e;
    }
    return new Segment(book, header, space.memory(), space.name());
  }

  private void fill(Source source, Plan plan, Segment.Header header, MemorySegment memory) {
    for (int i = 0; i < plan.firstBlocks.length; i++) {
      memory.set(CodeLayout.INT, Segment.HEADER_BYTES + 4L * i, plan.firstBlocks[i]);
    }
    for (int block = 0; block < header.blocks(); block++) {
      layout.clear(memory, header.blocksAt() + (long) block * layout.blockBytes());
    }
    inSpells(source.size(), (from, to) -> encode(source, plan, from, to, header, memory));
    list(plan, header, memory);
    SegmentFiles.putHeader(memory, header);
  }

  /** Before each spell it is asked how many threads there may be now. */
  private void inSpells(int count, Parallel.Task task) {
    for (int start = 0; start < count; start += SPELL) {
      int begin = start;
      Parallel.each(
          Math.min(SPELL, count - begin),
          ROWS,
          threads.getAsInt(),
          (from, to) -> task.run(begin + from, begin + to));
    }
  }

  private Plan plan(Source source) {
    int[] ordinals = new int[source.size()];
    int[] partitions = new int[source.size()];
    inSpells(source.size(), (from, to) -> assign(source, from, to, ordinals, partitions));
    int[] firstBlocks = directory(ordinals, partitions);
    int[] next = new int[book.size()];
    Arrays.setAll(next, partition -> firstBlocks[partition] * CodeLayout.LANES);
    int[] places = new int[ordinals.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = ordinals[i] < 0 ? -1 : next[partitions[i]]++;
    }
    return new Plan(ordinals, partitions, places, firstBlocks);
  }

  private void assign(Source source, int from, int to, int[] ordinals, int[] partitions) {
    int[] unknown = new int[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      ordinals[i] = source.ordinal(i);
      partitions[i] = book.size() == 1 ? 0 : source.partition(i, book);
      if (ordinals[i] >= 0 && partitions[i] < 0) {
        unknown[size++] = i;
      }
    }
    choose(source, Arrays.copyOf(unknown, size), partitions);
  }

  private void choose(Source source, int[] some, int[] partitions) {
    Workspace work = new Workspace(book.padded);
    Reader reader = source.reader(some, false);
    for (int n = 0; n < some.length; n++) {
      reader.rotated(n, work.query.rotated);
      work.query.quantise();
      partitions[some[n]] = book.nearest(work);
    }
  }

  private int[] directory(int[] ordinals, int[] partitions) {
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

  /** Copies what is coded as it is to be, and codes the others. */
  private void encode(
      Source source, Plan plan, int from, int to, Segment.Header header, MemorySegment memory) {
    int[] others = new int[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      if (plan.ordinals[i] >= 0) {
        if (source.partition(i, book) >= 0 && source.isCoded(i, layout)) {
          source.copy(i, memory, header, plan.places[i]);
        } else {
          others[size++] = i;
        }
      }
    }
    encode(source, plan, Arrays.copyOf(others, size), header, memory);
  }

  private void encode(
      Source source, Plan plan, int[] some, Segment.Header header, MemorySegment memory) {
    Code code = new Code(layout);
    float[] rotated = new float[book.padded];
    Reader reader = source.reader(some, true);
    for (int n = 0; n < some.length; n++) {
      int i = some[n];
      reader.rotated(n, rotated);
      code.encode(rotated, book.centroids, plan.partitions[i] * book.padded, inner);
      put(memory, header, plan.places[i], code, plan.ordinals[i]);
    }
  }

  private void put(MemorySegment memory, Segment.Header header, int place, Code code, int ordinal) {
    layout.put(memory, header.blockOf(place), place % CodeLayout.LANES, code, ordinal);
    layout.putRow(memory, header.rowOf(place), code);
  }

  private static void list(Plan plan, Segment.Header header, MemorySegment memory) {
    long[] listed = new long[header.count()];
    int count = 0;
    for (int i = 0; i < plan.ordinals.length; i++) {
      if (plan.ordinals[i] >= 0) {
        listed[count++] = (long) plan.ordinals[i] << 32 | plan.places[i];
      }
    }
    Arrays.sort(listed);
    for (int i = 0; i < count; i++) {
      memory.set(CodeLayout.INT, header.ordinalsAt() + 4L * i, (int) (listed[i] >>> 32));
      memory.set(CodeLayout.INT, header.placesAt() + 4L * i, (int) listed[i]);
    }
  }
}
