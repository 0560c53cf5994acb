package dev.engram.internal.vector;

import dev.engram.Quantization;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The centroids of a partitioned index, and which of them are near: a scan of their one-bit codes
 * finds candidates, exact distances choose among them. Immutable and thread-safe.
 */
final class Codebook {
  /** How far the one-bit codes of centroids are mistrusted; see {@link CodedQuery#slack}. */
  private static final float UNCERTAINTY = .5f;

  /** Up to so many centroids are looked at to find the nearest. */
  private static final int UNGROUPED = 1_024;

  /** The id of one whose only centroid is the origin of a {@link Frame}. */
  static final int ORIGIN = -2;

  /** The id of the one of the fresh level. */
  static final int FRESH = 0;

  /** A codebook of nothing. */
  static final Codebook NONE = new Codebook(-1, 0, 64, false, new float[0]);

  /** Vectors that a partition holds when its codebook is made. */
  static final int VECTORS_PER_PARTITION = 128;

  final int id;
  final int plannedFor;
  final int padded;

  /** Whether the largest inner product is nearest for searches, else the smallest distance. */
  private final boolean byProduct;

  /** Rotated, one after the other. */
  final float[] centroids;

  /** Of blocks; there are no rows. */
  private final CodeLayout layout;

  private final MemorySegment blocks;

  /** The blocks that rank the centroids as searches want it. */
  private final MemorySegment routed;

  private final float[] mean;
  private final Object grouping = new Object();

  /** Made when vectors are coded first; searches do without. */
  private volatile @Nullable CentroidGroups groups;

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
    this.layout = new CodeLayout(padded, Quantization.BITS_2);
    this.mean = mean();
    this.blocks = encoded(false);
    this.routed = byProduct ? encoded(true) : blocks;
  }

  /** Partitions. */
  int size() {
    return centroids.length / padded;
  }

  /** Bytes on and off the heap. */
  long bytes() {
    CentroidGroups known = groups;
    long coded = blocks.byteSize() + (byProduct ? routed.byteSize() : 0);
    return 4L * centroids.length + coded + (known == null ? 0 : known.bytes());
  }

  /** The nearest partition of the vector in {@code work.query}, by distance; among many nearly. */
  int nearest(Workspace work) {
    return size() <= UNGROUPED ? rank(false, 1, work).ordinals()[0] : groups().nearest(work);
  }

  private CentroidGroups groups() {
    CentroidGroups known = groups;
    if (known == null) {
      synchronized (grouping) {
        known = groups == null ? new CentroidGroups(this) : groups;
        groups = known;
      }
    }
    return known;
  }

  /**
   * The nearest partitions of the query in {@code work.query}, best first, into {@code
   * work.probes}.
   *
   * @param wanted how many, at most
   * @param inner whether the keys' bases are minus inner products, else squared distances
   */
  void route(int wanted, boolean inner, Workspace work) {
    float[] query = work.query.rotated;
    Hits best = rank(byProduct, Math.min(wanted, size()), work);
    work.probes.clear(best.size());
    for (int partition : best.ordinals()) {
      work.probes.add(partition, nearness(query, partition, inner));
    }
  }

  /**
   * How a query stands to a partition.
   *
   * @param base what is added to the keys of the partition's vectors
   * @param distance from the query to the centroid
   */
  record Nearness(float base, float distance) {}

  /**
   * How a query stands to a partition.
   *
   * @param inner whether the base is minus an inner product, else a squared distance
   */
  Nearness nearness(float[] query, int partition, boolean inner) {
    float squares = squaredDistance(query, partition);
    return new Nearness(inner ? -product(query, partition) : squares, (float) Math.sqrt(squares));
  }

  /** The best centroids; the one-bit codes of centroids are relative to their mean. */
  private Hits rank(boolean products, int wanted, Workspace work) {
    float[] query = work.query.rotated;
    float distance = kernels.squaredDistance(query, mean);
    float offset = products ? -kernels.dot(query, mean) : distance;
    work.query.slack = UNCERTAINTY * (float) Math.sqrt(distance);
    work.router.begin(this, query, products, wanted, offset);
    MemorySegment coded = products ? routed : blocks;
    int count = CodeLayout.blocks(size());
    codes.scan(coded, layout, 0, count, work.query, 0, 0, Selection.Every.ORDINAL, work.router);
    return work.router.best();
  }

  /** By what a partition is routed to, the lowest first. */
  float routingKey(float[] query, int partition) {
    return byProduct ? -product(query, partition) : squaredDistance(query, partition);
  }

  float squaredDistance(float[] query, int partition) {
    return kernels.squaredDistance(query, 0, centroids, partition * padded, padded);
  }

  float product(float[] query, int partition) {
    return kernels.dot(query, 0, centroids, partition * padded, padded);
  }

  private float[] mean() {
    double[] sums = new double[padded];
    for (int i = 0; i < centroids.length; i++) {
      sums[i % padded] += centroids[i];
    }
    float[] result = new float[padded];
    for (int i = 0; i < padded; i++) {
      result[i] = (float) (sums[i] / Math.max(1, size()));
    }
    return result;
  }

  private MemorySegment encoded(boolean forProducts) {
    int blockCount = CodeLayout.blocks(size());
    MemorySegment coded = Arena.ofAuto().allocate((long) blockCount * layout.blockBytes(), 64);
    for (int block = 0; block < blockCount; block++) {
      layout.clear(coded, (long) block * layout.blockBytes());
    }
    Code code = new Code(layout);
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
