package dev.engram.internal.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The centroids of a partitioned index, and which of them are near: a scan of their one-bit codes
 * finds candidates, exact distances choose among them. Immutable and thread-safe.
 */
final class Codebook {
  /** Candidates of the scan for the one nearest centroid. */
  private static final int NEAREST_CANDIDATES = 12;

  /** Vectors that a partition holds when its codebook is made. */
  static final int VECTORS_PER_PARTITION = 128;

  final int id;
  final int trainedOn;
  final int padded;

  /** Rotated, one after the other. */
  final float[] centroids;

  private final float[] squares;
  private final CodeLayout layout;
  private final MemorySegment blocks;
  private final float[] mean;
  private final VectorKernels kernels = VectorKernels.best();
  private final CodeKernels codes = CodeKernels.best();

  /**
   * @param id tells codebooks of one index apart
   * @param trainedOn vectors in the index when this was made
   * @param centroids rotated, one after the other
   */
  Codebook(int id, int trainedOn, int padded, float[] centroids) {
    this.id = id;
    this.trainedOn = trainedOn;
    this.padded = padded;
    this.centroids = centroids;
    this.layout = new CodeLayout(padded);
    this.mean = mean();
    this.squares = new float[size()];
    int blockCount = CodeLayout.blocks(size());
    this.blocks = Arena.ofAuto().allocate((long) blockCount * layout.blockBytes(), 64);
    encode(blockCount);
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
    rank(NEAREST_CANDIDATES, work);
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
   * @param byProduct whether the largest inner product is nearest, else the smallest distance
   * @param inner whether the keys' bases are minus inner products, else squared distances
   */
  void route(int wanted, boolean byProduct, boolean inner, Workspace work) {
    float querySquare = kernels.dot(work.query.rotated, work.query.rotated);
    if (byProduct || wanted >= size()) {
      work.routing.begin(size());
      for (int partition = 0; partition < size(); partition++) {
        work.routing.add(0, partition);
      }
    } else {
      rank(2 * wanted + 16, work);
    }
    work.probes.clear(work.routing.size());
    for (int i = 0; i < work.routing.size(); i++) {
      int partition = (int) work.routing.place(i);
      float product = product(work.query.rotated, partition);
      float distance = querySquare - 2 * product + squares[partition];
      float base = inner ? -product : distance;
      work.probes.add(byProduct ? -product : distance, partition, base);
    }
    work.probes.keepBest(wanted);
  }

  /** What is added to the keys of a partition's vectors. */
  float base(float[] query, int partition, boolean inner) {
    float product = product(query, partition);
    return inner ? -product : kernels.dot(query, query) - 2 * product + squares[partition];
  }

  private void rank(int candidates, Workspace work) {
    work.routing.begin(Math.min(candidates, size()));
    codes.scan(
        blocks,
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

  private void encode(int blockCount) {
    for (int block = 0; block < blockCount; block++) {
      layout.clear(blocks, (long) block * layout.blockBytes());
    }
    Code code = new Code(padded);
    float[] centroid = new float[padded];
    for (int i = 0; i < size(); i++) {
      System.arraycopy(centroids, i * padded, centroid, 0, padded);
      squares[i] = kernels.dot(centroid, centroid);
      code.encode(centroid, mean, 0, false);
      long block = (long) (i / CodeLayout.LANES) * layout.blockBytes();
      layout.put(blocks, block, i % CodeLayout.LANES, code, i);
    }
  }
}
