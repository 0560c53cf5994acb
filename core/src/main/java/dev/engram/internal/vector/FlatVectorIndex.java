package dev.engram.internal.vector;

import dev.engram.Metric;
import dev.engram.SearchPlan.VectorPlan;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * An exact index: a search scores every allowed vector. Lives on the heap only, and is filled anew
 * from the stored vectors after opening.
 *
 * <p>Implementation. Rows stand in blocks of about half a mebibyte. The writer appends to the open
 * block, which starts small and doubles, so that a collection of a few records stays small. A
 * removed row is marked dead; a block that is half dead is replaced by a packed copy, so dead rows
 * never outnumber live ones. Every change ends by publishing a {@link Snapshot}. Readers take it
 * once and never wait; whatever they may be reading is copied before it changes, but for rows that
 * die, which earlier snapshots do not see. Hence a search sees exactly the vectors of one moment.
 *
 * <p>Under cosine, unit vectors are stored and the score is clamped to [-1, 1]. Under the other
 * metrics components may be so large that a sum overflows; such a score is infinite, and NaN counts
 * as the lowest.
 */
public final class FlatVectorIndex implements VectorIndex {
  private static final int BLOCK_BYTES = 512 * 1024;
  private static final int MAX_BLOCK_ROWS = 1024;
  private static final int FIRST_ROWS = 8;
  private static final int NO_BLOCK = -1;

  private final int dimension;
  private final Metric metric;
  private final VectorKernels kernels;
  private final int blockRows;

  private final IntIntMap slots = new IntIntMap();
  private final ArrayDeque<Integer> freeBlocks = new ArrayDeque<>();
  private Block[] blocks = {};
  private int open = NO_BLOCK;
  private long blockBytes;
  private long version = 1;

  private volatile Snapshot snapshot = new Snapshot(blocks, open, 0, 0, version, 0);

  /** An empty index with the fastest kernels of this machine. */
  public FlatVectorIndex(int dimension, Metric metric) {
    this(dimension, metric, VectorKernels.best());
  }

  /** An empty index. */
  public FlatVectorIndex(int dimension, Metric metric, VectorKernels kernels) {
    VectorCheck.checkDimension(dimension);
    this.dimension = dimension;
    this.metric = metric;
    this.kernels = kernels;
    this.blockRows =
        Math.clamp(Integer.highestOneBit(BLOCK_BYTES / (4 * dimension)), 1, MAX_BLOCK_ROWS);
  }

  @Override
  public void put(int ordinal, float[] vector) {
    if (ordinal < 0 || vector.length != dimension) {
      throw new IllegalArgumentException(
          "put: ordinal=" + ordinal + ", dimension=" + vector.length + ", expected=" + dimension);
    }
    float[] row = VectorKernels.compared(metric, vector);
    int slot = slots.get(ordinal);
    if (slot >= 0) {
      int number = slot / blockRows;
      replace(number, blocks[number].replacing(slot % blockRows, row));
    } else {
      Block block = openBlock();
      slots.put(ordinal, open * blockRows + block.append(ordinal, row, 0));
    }
    publish();
  }

  @Override
  public boolean remove(int ordinal) {
    int slot = slots.remove(ordinal);
    if (slot < 0) {
      return false;
    }
    int number = slot / blockRows;
    Block block = blocks[number];
    block.kill(slot % blockRows, version + 1);
    if (block.live() == 0) {
      free(number);
    } else if (2 * block.live() <= block.rows()) {
      pack(number, block.live());
    }
    publish();
    return true;
  }

  @Override
  public Hits search(float[] query, Request request, SearchTrace trace) {
    int limit = request.limit();
    if (limit < 0 || query.length != dimension) {
      throw new IllegalArgumentException(
          "search: limit=" + limit + ", dimension=" + query.length + ", expected=" + dimension);
    }
    trace.planned(VectorPlan.FLAT);
    long began = trace.now();
    Snapshot seen = snapshot;
    int capacity = Math.min(limit, seen.size);
    if (capacity == 0) {
      return Hits.none();
    }
    float[] asked = VectorKernels.compared(metric, query);
    TopK top = new TopK(capacity);
    for (int number = 0; number < seen.blocks.length; number++) {
      trace.scanned(scan(seen, number, asked, request, top));
    }
    Hits hits = top.drain();
    trace.spent(SearchTrace.Phase.SCAN, began);
    return hits;
  }

  @Override
  public boolean holds(int ordinal, float[] vector) {
    int slot = slots.get(ordinal);
    if (slot < 0 || vector.length != dimension) {
      return false;
    }
    int from = slot % blockRows * dimension;
    float[] rows = blocks[slot / blockRows].vectors;
    float[] row = VectorKernels.compared(metric, vector);
    return Arrays.equals(rows, from, from + dimension, row, 0, dimension);
  }

  @Override
  public int size() {
    return snapshot.size;
  }

  @Override
  public long bytes() {
    return snapshot.bytes;
  }

  /** Scores the rows of a block; returns how many. */
  private int scan(Snapshot seen, int number, float[] query, Request request, TopK top) {
    IntPredicate allowed = request.selection().allowed();
    Block block = seen.blocks[number];
    int rows = seen.rows(number);
    int scored = 0;
    for (int row = 0; row < rows; row++) {
      int ordinal = block.ordinals[row];
      if (block.lives(row, seen.version) && allowed.test(ordinal)) {
        float score = score(query, block.vectors, row * dimension);
        scored++;
        if (!(score < request.minScore())) {
          top.offer(ordinal, score);
        }
      }
    }
    return scored;
  }

  private float score(float[] query, float[] vectors, int offset) {
    return switch (metric) {
      case COSINE -> Math.clamp(kernels.dot(query, 0, vectors, offset, dimension), -1f, 1f);
      case DOT -> kernels.dot(query, 0, vectors, offset, dimension);
      case EUCLIDEAN ->
          0f - (float) Math.sqrt(kernels.squaredDistance(query, 0, vectors, offset, dimension));
      case MANHATTAN -> 0f - kernels.absoluteDistance(query, 0, vectors, offset, dimension);
    };
  }

  /** The open block, with room for at least one row. */
  private Block openBlock() {
    if (open == NO_BLOCK) {
      open = freeBlocks.isEmpty() ? blocks.length : freeBlocks.removeFirst();
      replace(open, new Block(dimension, firstCapacity()));
    } else if (blocks[open].rows() == blockRows) {
      open = NO_BLOCK;
      return openBlock();
    } else if (blocks[open].rows() == blocks[open].capacity()) {
      pack(open, Math.min(blockRows, 2 * blocks[open].capacity()));
    }
    return blocks[open];
  }

  /** Small for the first block of a small collection; whole blocks once there is one. */
  private int firstCapacity() {
    return slots.size() < blockRows ? Math.min(FIRST_ROWS, blockRows) : blockRows;
  }

  private void pack(int number, int capacity) {
    Block packed = blocks[number].packed(capacity);
    for (int row = 0; row < packed.rows(); row++) {
      slots.put(packed.ordinals[row], number * blockRows + row);
    }
    replace(number, packed);
  }

  private void free(int number) {
    replace(number, new Block(dimension, 0));
    freeBlocks.addLast(number);
    if (open == number) {
      open = NO_BLOCK;
    }
  }

  /** Sets a block in a new array, since readers hold the old one. */
  private void replace(int number, Block block) {
    Block[] changed = Arrays.copyOf(blocks, Math.max(blocks.length, number + 1));
    blockBytes += block.bytes() - (number < blocks.length ? blocks[number].bytes() : 0);
    changed[number] = block;
    blocks = changed;
  }

  private void publish() {
    int openRows = open == NO_BLOCK ? 0 : blocks[open].rows();
    long bytes = blockBytes + slots.bytes() + 8L * blocks.length;
    version++;
    snapshot = new Snapshot(blocks, open, openRows, slots.size(), version, bytes);
  }

  /** The live rows as they are now, for a reader that no writer disturbs. */
  Rows rows() {
    Snapshot seen = snapshot;
    int[] places = new int[seen.size];
    int size = 0;
    for (int number = 0; number < seen.blocks.length; number++) {
      for (int row = 0; row < seen.rows(number) && size < places.length; row++) {
        if (seen.blocks[number].lives(row, seen.version)) {
          places[size++] = number * blockRows + row;
        }
      }
    }
    return new Rows(seen.blocks, Arrays.copyOf(places, size), blockRows, dimension);
  }

  /** Some rows, each with its ordinal. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  record Rows(Block[] blocks, int[] places, int blockRows, int dimension) {
    int size() {
      return places.length;
    }

    int ordinal(int i) {
      return blocks[places[i] / blockRows].ordinals[places[i] % blockRows];
    }

    float[] array(int i) {
      return blocks[places[i] / blockRows].vectors;
    }

    int offset(int i) {
      return places[i] % blockRows * dimension;
    }
  }

  /** What searches see. Only the open block may grow meanwhile, so its rows are counted here. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record Snapshot(
      Block[] blocks, int open, int openRows, int size, long version, long bytes) {
    int rows(int number) {
      return number == open ? openRows : blocks[number].rows();
    }
  }
}
