package dev.engram.internal.vector;

import dev.engram.Quantization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The centroids of a large codebook in groups of their own, so that the nearest to a vector is
 * found without a look at all: nearly always the nearest, else one that is nearly as near.
 * Immutable and thread-safe.
 */
final class CentroidGroups {
  /** Groups that are looked into. */
  private static final int PROBES = 8;

  /** How far one-bit codes are mistrusted; see {@link CodedQuery#slack}. */
  private static final float UNCERTAINTY = .5f;

  private final Codebook book;
  private final Codebook groups;
  private final Segment coded;
  private final CodeKernels codes = CodeKernels.best();

  CentroidGroups(Codebook book) {
    int wanted = (int) Math.sqrt(book.size());
    SplittableRandom random = new SplittableRandom(Rotation.SEED);
    float[] means = KMeans.centroids(book.centroids, book.padded, wanted, random, 1);
    this.book = book;
    this.groups = new Codebook(-1, book.size(), book.padded, false, means);
    try {
      // Rows are not asked for.
      SegmentWriter writer = new SegmentWriter(groups, false, Quantization.BITS_2, () -> 1);
      this.coded = Objects.requireNonNull(writer.write(new Source(book), SegmentStore.inMemory()));
    } catch (IOException e) {
      throw new UncheckedIOException("memory", e);
    }
  }

  /** Bytes on and off the heap, beside the codebook's own. */
  long bytes() {
    return groups.bytes() + coded.bytes();
  }

  /** The number of the centroid that is nearest to the vector in {@code work.query}. */
  int nearest(Workspace work) {
    groups.route(PROBES, false, work);
    work.nearest.begin(book, coded, work.query.rotated);
    for (int probe = 0; probe < work.probes.size(); probe++) {
      work.query.slack = UNCERTAINTY * work.probes.distance(probe);
      coded.scan(
          codes,
          work.probes.partition(probe),
          work.query,
          work.probes.base(probe),
          0,
          Selection.Every.ORDINAL,
          work.nearest);
    }
    return work.nearest.best();
  }

  /** Compares exactly what a scan finds near enough. A workspace; one thread at a time. */
  static final class Nearest extends ScanSink {
    private Codebook book = Codebook.NONE;
    private @Nullable Segment segment;
    private float[] query = {};
    private int best;

    void begin(Codebook newBook, Segment newSegment, float[] newQuery) {
      book = newBook;
      segment = newSegment;
      query = newQuery;
      best = 0;
      bound = Float.POSITIVE_INFINITY;
    }

    @Override
    void add(float key, long place) {
      int centroid = Objects.requireNonNull(segment).ordinal((int) place);
      float distance = book.squaredDistance(query, centroid);
      if (distance < bound) {
        bound = distance;
        best = centroid;
      }
    }

    int best() {
      return best;
    }
  }

  /** Centroids as vectors, their numbers as ordinals. */
  private record Source(Codebook book) implements SegmentWriter.Source {
    @Override
    public int size() {
      return book.size();
    }

    @Override
    public int ordinal(int i) {
      return i;
    }

    @Override
    public SegmentWriter.Reader reader(int[] some, boolean exactly) {
      return (n, out) ->
          System.arraycopy(book.centroids, some[n] * book.padded, out, 0, book.padded);
    }
  }
}
