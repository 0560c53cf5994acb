package dev.engram.internal.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The centroids of a partitioned index, and which of them are near: a scan of their one-bit codes
 * finds candidates, exact distances choose among them. Immutable and thread-safe.
 */
final class Codebook {
  /** Candidates of the scan for the one nearest centroid. */
  private static final int NEAREST_CANDIDATES = 16;

  /** Vectors that a partition holds when its codebook is made. */
  static final int VECTORS_PER_PARTITION = 128;

  final int id;
  final int plannedFor;
  final int padded;

  /** Whether the largest inner product is nearest for searches, else the smallest distance. */
  private final boolean byProduct;

  /** Rotated, one after the other. */
  final float[] centroids;

  private final float[] squares;
  private final CodeLayout layout;
  private final MemorySegment blocks;

  /** The blocks that rank the centroids as searches want it. */
  private final MemorySegment routed;

  private final float[] mean;
  private final VectorKernels kernels = VectorKernels.best();
  private final CodeKernels codes = CodeKernels.best();

  /**
   * @param id tells codebooks of one index apart
   * @param plannedFor vectors for which it has enough partitions
   * @param byProduct whether {@link #route} will be asked for the largest inner products
   * @param centroids rotated, one after the other
   */
  Codebook(int id, int plannedFor, int padded, boolean byProduct, float[] centroids) {
    this.id = id;
    this.plannedFor = plannedFor;
    this.padded = padded;
    this.byProduct = byProduct;
    this.centroids = centroids;
    this.layout = new CodeLayout(padded);
    this.mean = mean();
    this.squares = new float[size()];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = kernels.dot(centroids, i * padded, centroids, i * padded, padded);
    }
    this.blocks = encoded(false);
    this.routed = byProduct ? encoded(true) : blocks;
  }

  /** Partitions. */
  int size() {
    return centroids.length / padded;
  }

  /** Bytes on and off the heap. */
  long bytes() {
    return 4L * centroids.length + 4L * squares.length + blocks.byteSize();
  }

  /** The nearest partition of a rotated vector, by distance. */
  int nearest(Workspace work) {
    rank(blocks, NEAREST_CANDIDATES, work);
    int best = 0;
    float least = Float.POSITIVE_INFINITY;
    for (int i = 0; i < work.routing.size(); i++) {
      int partition = (int) work.routing.place(i);
      float distance = squares[partition] - 2 * product(work.query.rotated, partition);
      if (distance < least) {
        least = distance;
        best = partition;
      }
    }
    return best;
  }

  /**
   * The nearest partitions of the query in {@code work.query}, best first, into {@code
   * work.probes}.
   *
   * @param wanted how many, at most
   * @param inner whether the keys' bases are minus inner products, else squared distances
   */
  void route(int wanted, boolean inner, Workspace work) {
    float querySquare = kernels.dot(work.query.rotated, work.query.rotated);
    if (wanted >= size()) {
      work.routing.begin(size());
      for (int partition = 0; partition < size(); partition++) {
        work.routing.add(0, partition);
      }
    } else {
      rank(routed, 2 * wanted + 16, work);
    }
    work.probes.clear(work.routing.size());
    for (int i = 0; i < work.routing.size(); i++) {
      int partition = (int) work.routing.place(i);
      float product = product(work.query.rotated, partition);
      float distance = querySquare - 2 * product + squares[partition];
      float base = inner ? -product : distance;
      work.probes.add(
          byProduct ? -product : distance,
          partition,
          base,
          (float) Math.sqrt(Math.max(0, distance)));
    }
    work.probes.keepBest(wanted);
  }

  /** What is added to the keys of a partition's vectors. */
  float base(float[] query, int partition, boolean inner) {
    float product = product(query, partition);
    return inner ? -product : kernels.dot(query, query) - 2 * product + squares[partition];
  }

  /** From the query to a partition's centroid. */
  float distance(float[] query, int partition) {
    return (float)
        Math.sqrt(kernels.squaredDistance(query, 0, centroids, partition * padded, padded));
  }

  private void rank(MemorySegment coded, int candidates, Workspace work) {
    work.routing.begin(Math.min(candidates, size()));
    work.query.slack = 0;
    codes.scan(
        coded,
        layout,
        0,
        CodeLayout.blocks(size()),
        work.query,
        0,
        0,
        Selection.Every.ORDINAL,
        work.routing);
    work.routing.finish();
  }

  private float product(float[] query, int partition) {
    return kernels.dot(query, 0, centroids, partition * padded, padded);
  }

  private float[] mean() {
    double[] sums = new double[padded];
    for (int i = 0; i < centroids.length; i++) {
      sums[i % padded] += centroids[i];
    }
    float[] result = new float[padded];
    for (int i = 0; i < padded; i++) {
      result[i] = (float) (sums[i] / size());
    }
    return result;
  }

  private MemorySegment encoded(boolean forProducts) {
    int blockCount = CodeLayout.blocks(size());
    MemorySegment coded = Arena.ofAuto().allocate((long) blockCount * layout.blockBytes(), 64);
    for (int block = 0; block < blockCount; block++) {
      layout.clear(coded, (long) block * layout.blockBytes());
    }
    Code code = new Code(padded);
    float[] centroid = new float[padded];
    for (int i = 0; i < size(); i++) {
      System.arraycopy(centroids, i * padded, centroid, 0, padded);
      code.encode(centroid, mean, 0, forProducts);
      long block = (long) (i / CodeLayout.LANES) * layout.blockBytes();
      layout.put(coded, block, i % CodeLayout.LANES, code, i);
    }
    return coded;
  }
}
