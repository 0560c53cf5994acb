package dev.engram.internal.vector;

import dev.engram.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * An approximate index of any size. New vectors stand in an exact tail; {@link #tend} moves them
 * into {@link Segment}s, where each partition of a {@link Codebook} holds the codes of the vectors
 * near one centroid. A search scans the tail and the partitions nearest to the query, ranks the
 * best by their one-bit codes again by their eight-bit codes, the best of these by the vectors
 * themselves, and joins the two. So scores are exact, and only that nothing is missed is not
 * certain.
 *
 * <p>Vectors so long that their squares might overflow are never coded; they stay in the tail.
 *
 * <p>An ordinal never gets another vector. So a deletion is a mark that stays, segments never
 * change, and merging copies codes as they are.
 *
 * <p>Thread-safety: as {@link VectorIndex}; beside searches and the writer one more thread may call
 * {@link #tend}. Searches take one {@link State} and never wait.
 */
public final class PartitionedVectorIndex implements VectorIndex {
  /** Up to so many vectors the tail is all there is. */
  static final int FLAT_LIMIT = 8_192;

  /** The tail is moved into a segment at this size, in bytes of vectors. */
  private static final long TAIL_BYTES = 32L << 20;

  /** More segments than this are merged. */
  private static final int MAX_SEGMENTS = 6;

  /** Segments that are merged at a time. */
  private static final int MERGED = 4;

  /** A codebook is made anew when the index is so many times larger than at its making. */
  private static final int GROWTH = 3;

  /** And when nothing else is to be done. */
  private static final double IDLE_GROWTH = 1.2;

  /** Rows a centroid is trained on. */
  private static final int SAMPLE_PER_CENTROID = 24;

  /** An index is idle after so long without a change. */
  private static final long QUIET_NANOS = 1_000_000_000L;

  /** A segment with more than this share of deleted vectors is written anew. */
  private static final double MAX_DEAD = .2;

  /** Of a selection up to this size each vector is ranked. */
  private static final int EXACT_LIMIT = 10_000;

  /** So many more than wanted are ranked by their vectors. */
  private static final int SPARE = 16;

  /** At most so many are ranked by their vectors; the rest by their codes. */
  private static final int MAX_EXACT = 256;

  private final int dimension;
  private final Metric metric;
  private final boolean inner;
  private final Rotation rotation;
  private final int tailLimit;
  private final SegmentStore store;
  private final Originals originals;
  private final CodeKernels codes = CodeKernels.best();

  /** The rotation is the same in every index. */
  private static final long SEED = 0x656E6772616DL;

  private final OrdinalMarks deleted = new OrdinalMarks();
  private final ConcurrentLinkedQueue<Workspace> spare = new ConcurrentLinkedQueue<>();

  private volatile State state;

  /** Vectors in the tail that are too long to be coded. */
  private volatile int outliers;

  /** What {@link #tend()} saw last. */
  private @Nullable FlatVectorIndex seenTail;

  private int seenSize;
  private long quietSince;

  /** What a search sees. */
  private record State(
      FlatVectorIndex tail,
      @Nullable FlatVectorIndex frozen,
      @Nullable Codebook book,
      List<Segment> segments,
      Probing probing) {
    int coded() {
      return segments.stream().mapToInt(Segment::count).sum();
    }

    State withTail(FlatVectorIndex newTail, @Nullable FlatVectorIndex newFrozen) {
      return new State(newTail, newFrozen, book, segments, probing);
    }
  }

  /** An index of what a store holds, or an empty one. */
  public PartitionedVectorIndex(
      int dimension, Metric metric, SegmentStore store, Originals originals) {
    this.dimension = dimension;
    this.metric = metric;
    this.inner = metric != Metric.EUCLIDEAN;
    this.rotation = new Rotation(dimension, SEED);
    this.store = store;
    this.originals = originals;
    this.tailLimit = Math.clamp(TAIL_BYTES / (4L * dimension), 512, FLAT_LIMIT);
    FlatVectorIndex tail = new FlatVectorIndex(dimension, metric);
    this.state =
        store
            .open()
            .filter(found -> found.book().padded == rotation.padded())
            .map(found -> new State(tail, null, found.book(), found.segments(), found.probing()))
            .orElseGet(() -> new State(tail, null, null, List.of(), Probing.UNKNOWN));
  }

  /**
   * Compares what was found at opening with what there should be.
   *
   * @param present tells whether there is a vector under an ordinal; every other is forgotten
   */
  public synchronized void retain(IntPredicate present) {
    for (Segment segment : state.segments) {
      for (int i = 0; i < segment.count(); i++) {
        if (!present.test(segment.listed(i))) {
          deleted.mark(segment.listed(i));
        }
      }
      segment.countDead(deleted);
    }
  }

  /** Whether there is a vector under an ordinal. */
  public boolean has(int ordinal) {
    return !deleted.has(ordinal)
        && state.segments.stream().anyMatch(segment -> segment.place(ordinal) >= 0);
  }

  @Override
  public synchronized void put(int ordinal, float[] vector) {
    state.tail.put(ordinal, vector);
  }

  @Override
  public synchronized boolean remove(int ordinal) {
    if (state.tail.remove(ordinal)) {
      return true;
    }
    if (deleted.has(ordinal)) {
      return false;
    }
    FlatVectorIndex frozen = state.frozen;
    if (frozen != null && frozen.remove(ordinal)) {
      // It may be on its way into a segment.
      deleted.mark(ordinal);
      return true;
    }
    for (Segment segment : state.segments) {
      if (segment.place(ordinal) >= 0) {
        deleted.mark(ordinal);
        segment.died();
        return true;
      }
    }
    return false;
  }

  @Override
  public Hits search(float[] query, int limit, Selection selection, double recall) {
    State seen = state;
    int capacity = Math.min(limit, seen.tail.size() + sizeOf(seen.frozen) + seen.coded() + 1);
    if (capacity == 0) {
      return Hits.none();
    }
    TopK top = new TopK(capacity);
    if (!seen.segments.isEmpty()) {
      Workspace work = take();
      try {
        new Search(seen, query, capacity, selection, recall, work).into(top);
      } finally {
        spare.add(work);
      }
    }
    // Later than the segments: what was replaced there meanwhile is new in a tail.
    List<@Nullable FlatVectorIndex> tails = new ArrayList<>();
    tails.add(seen.frozen);
    tails.add(seen.tail);
    if (state.tail != seen.tail) {
      tails.add(state.tail);
    }
    for (@Nullable FlatVectorIndex tail : tails) {
      if (tail != null && tail.size() > 0) {
        offerAll(tail.search(query, capacity, selection.allowed()), top);
      }
    }
    return top.drain();
  }

  @Override
  public boolean holds(int ordinal, float[] vector) {
    State seen = state;
    if (deleted.has(ordinal)) {
      return false;
    }
    if (seen.tail.holds(ordinal, vector)
        || (seen.frozen != null && seen.frozen.holds(ordinal, vector))) {
      return true;
    }
    for (Segment segment : seen.segments) {
      int place = segment.place(ordinal);
      if (place >= 0) {
        return isNear(segment, place, vector);
      }
    }
    return false;
  }

  @Override
  public int size() {
    State seen = state;
    int size = seen.tail.size() + sizeOf(seen.frozen);
    for (Segment segment : seen.segments) {
      size += segment.count() - segment.dead();
    }
    return size;
  }

  @Override
  public long bytes() {
    State seen = state;
    long bytes = seen.tail.bytes() + deleted.bytes();
    bytes += seen.frozen == null ? 0 : seen.frozen.bytes();
    bytes += seen.book == null ? 0 : seen.book.bytes();
    return bytes + (store.mapped() ? 0 : seen.segments.stream().mapToLong(Segment::bytes).sum());
  }

  /** Whether {@link #tend} has something to do that cannot wait. */
  public boolean isFull() {
    return state.tail.size() - outliers >= tailLimit;
  }

  /** Whether the writer should wait for {@link #tend}. */
  public boolean isOverfull() {
    return state.tail.size() >= 4 * tailLimit;
  }

  /** What is due, as {@link #tend(boolean)}; idle where nothing came for a while. */
  public void tend() {
    State now = state;
    if (now.tail != seenTail || now.tail.size() != seenSize) {
      seenTail = now.tail;
      seenSize = now.tail.size();
      quietSince = System.nanoTime();
    }
    boolean idle = System.nanoTime() - quietSince > QUIET_NANOS;
    if (idle ? now.book != null || isFull() : isFull()) {
      tend(idle);
    }
  }

  /**
   * Moves the tail into a segment, merges segments, makes the codebook anew: whatever is due.
   * Called by one thread at a time.
   *
   * @param idle whether a small tail may be moved as well
   */
  public void tend(boolean idle) {
    try {
      flush(idle);
      recode(idle ? IDLE_GROWTH : GROWTH);
      merge(idle ? 1 : MAX_SEGMENTS);
      calibrate();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void flush(boolean idle) throws IOException {
    State before = state;
    boolean first = before.book == null;
    int enough = first ? FLAT_LIMIT : idle ? 1 : tailLimit;
    if (before.tail.size() - outliers < enough) {
      return;
    }
    FlatVectorIndex frozen = freeze();
    Codebook book = before.book;
    if (book == null) {
      book = train(rowsOf(frozen), frozen.size(), 0);
    }
    TailSource source = new TailSource(frozen, rotation, deleted);
    Segment segment = write(book, source);
    synchronized (this) {
      outliers = source.putOutliers(state.tail);
      List<Segment> segments = new ArrayList<>(state.segments);
      if (segment != null) {
        segment.countDead(deleted);
        segments.add(segment);
      }
      state = new State(state.tail, null, book, List.copyOf(segments), state.probing);
    }
    publish();
  }

  private void publish() throws IOException {
    State now = state;
    if (now.book != null) {
      store.publish(new SegmentStore.Contents(now.book, now.segments, now.probing));
    }
  }

  /** From now on the writer fills another tail. */
  private synchronized FlatVectorIndex freeze() {
    FlatVectorIndex frozen = state.tail;
    state = state.withTail(new FlatVectorIndex(dimension, metric), frozen);
    return frozen;
  }

  /** Makes a codebook for the size that the index has now, and codes everything by it. */
  private void recode(double growth) throws IOException {
    State seen = state;
    Codebook old = seen.book;
    if (old == null || seen.coded() < growth * old.trainedOn) {
      return;
    }
    Codebook book = train(sample(seen), seen.coded(), old.id + 1);
    List<Segment> recoded = new ArrayList<>();
    for (Segment segment : seen.segments) {
      SegmentSource decoded = new SegmentSource(List.of(segment), deleted, null, inner);
      Segment fresh = write(book, new OriginalSource(decoded, originals, rotation, metric));
      if (fresh != null) {
        recoded.add(fresh);
      }
    }
    replace(seen.segments, recoded, book);
  }

  private void merge(int most) throws IOException {
    State seen = state;
    List<Segment> chosen = chosen(seen, most);
    Codebook book = seen.book;
    if (book == null || chosen.isEmpty()) {
      return;
    }
    Segment merged = write(book, new SegmentSource(chosen, deleted, book, inner));
    replace(chosen, merged == null ? List.of() : List.of(merged), book);
  }

  /** Few large segments are left alone; small ones, and those with many dead, are written anew. */
  private static List<Segment> chosen(State seen, int most) {
    if (seen.segments.size() > most) {
      return seen.segments.stream()
          .sorted(Comparator.comparingInt(Segment::count))
          .limit(most == 1 ? Integer.MAX_VALUE : MERGED)
          .toList();
    }
    return seen.segments.stream().filter(s -> s.dead() > MAX_DEAD * s.count()).limit(1).toList();
  }

  private void replace(List<Segment> old, List<Segment> fresh, Codebook book) throws IOException {
    synchronized (this) {
      List<Segment> segments = new ArrayList<>(state.segments);
      segments.removeAll(old);
      fresh.forEach(segment -> segment.countDead(deleted));
      segments.addAll(fresh);
      state = new State(state.tail, state.frozen, book, List.copyOf(segments), state.probing);
    }
    publish();
  }

  private @Nullable Segment write(Codebook book, SegmentWriter.Source source) throws IOException {
    return new SegmentWriter(book, inner).write(source, store);
  }

  private Codebook train(float[] rows, int vectors, int id) {
    int wanted = Math.max(1, vectors / Codebook.VECTORS_PER_PARTITION);
    SplittableRandom random = new SplittableRandom(SEED + id);
    float[] centroids = KMeans.centroids(rows, rotation.padded(), wanted, random);
    return new Codebook(id, vectors, rotation.padded(), centroids);
  }

  private float[] rowsOf(FlatVectorIndex frozen) {
    TailSource source = new TailSource(frozen, rotation, deleted);
    float[] rows = new float[source.size() * rotation.padded()];
    float[] row = new float[rotation.padded()];
    int taken = 0;
    for (int i = 0; i < source.size(); i++) {
      if (source.ordinal(i) >= 0) {
        source.rotated(i, row);
        System.arraycopy(row, 0, rows, taken++ * row.length, row.length);
      }
    }
    return Arrays.copyOf(rows, taken * row.length);
  }

  /** Rows of the segments, evenly chosen. */
  private float[] sample(State seen) {
    SegmentSource source = new SegmentSource(seen.segments, deleted, null, inner);
    int wanted =
        Math.min(
            source.size(),
            Math.max(1, seen.coded() / Codebook.VECTORS_PER_PARTITION) * SAMPLE_PER_CENTROID);
    float[] row = new float[rotation.padded()];
    float[] rows = new float[Math.multiplyExact(wanted, row.length)];
    int taken = 0;
    double step = (double) source.size() / wanted;
    for (int i = 0; i < wanted; i++) {
      int at = (int) (i * step);
      if (source.ordinal(at) >= 0) {
        source.rotated(at, row);
        System.arraycopy(row, 0, rows, taken++ * row.length, row.length);
      }
    }
    return Arrays.copyOf(rows, taken * row.length);
  }

  private void calibrate() throws IOException {
    State seen = state;
    Codebook book = seen.book;
    if (book == null || seen.probing.isFor(book, seen.coded())) {
      return;
    }
    Probing measured =
        new ProbeMeasure(book, seen.segments, inner, metric == Metric.DOT).measure(seen.coded());
    synchronized (this) {
      if (state.book == book) {
        state = new State(state.tail, state.frozen, book, state.segments, measured);
      }
    }
    publish();
  }

  int partitions() {
    return state.book == null ? 0 : state.book.size();
  }

  int probes(double recall) {
    return state.book == null ? 0 : state.probing.probes(state.book, recall, 1);
  }

  private static int sizeOf(@Nullable FlatVectorIndex index) {
    return index == null ? 0 : index.size();
  }

  private static void offerAll(Hits hits, TopK top) {
    for (int i = 0; i < hits.size(); i++) {
      top.offer(hits.ordinals()[i], hits.scores()[i]);
    }
  }

  private Workspace take() {
    Workspace work = spare.poll();
    return work == null ? new Workspace(rotation.padded()) : work;
  }

  /** Whether a coded vector is the given one, as far as eight bits tell. */
  private boolean isNear(Segment segment, int place, float[] vector) {
    int partition = segment.partition(place);
    float[] stored = new float[rotation.padded()];
    segment.decode(place, partition, inner, stored);
    float[] given =
        rotation.of(metric == Metric.COSINE ? VectorKernels.normalised(vector) : vector);
    VectorKernels kernels = VectorKernels.best();
    int at = partition * rotation.padded();
    float residual =
        kernels.squaredDistance(given, 0, segment.book.centroids, at, rotation.padded());
    float slack = 1e-6f * kernels.dot(given, given);
    return kernels.squaredDistance(stored, given) <= .1f * residual + slack;
  }

  /** One search through the segments. */
  private final class Search {
    private final State seen;
    private final int wanted;
    private final Selection selection;
    private final double recall;
    private final Workspace work;
    private final Codebook book;
    private final float[] asked;

    Search(
        State seen, float[] query, int wanted, Selection selection, double recall, Workspace work) {
      this.seen = seen;
      this.wanted = wanted;
      this.selection = selection;
      this.recall = recall;
      this.work = work;
      this.book = java.util.Objects.requireNonNull(seen.book);
      this.asked = metric == Metric.COSINE ? VectorKernels.normalised(query) : query;
      rotation.of(asked, 0, work.query.rotated);
      work.query.quantise();
    }

    /** Finds somewhat more by codes than is wanted, and ranks them by their vectors. */
    void into(TopK top) {
      TopK coded = new TopK(wanted + SPARE);
      find(coded);
      Hits hits = coded.drain();
      int exact = Math.min(hits.size(), MAX_EXACT);
      List<float @Nullable []> vectors = originals.vectors(Arrays.copyOf(hits.ordinals(), exact));
      for (int i = 0; i < hits.size(); i++) {
        float[] vector = i < exact ? vectors.get(i) : null;
        if (i >= exact) {
          top.offer(hits.ordinals()[i], hits.scores()[i]);
        } else if (vector != null) {
          top.offer(hits.ordinals()[i], exactScore(vector));
        }
      }
    }

    private float exactScore(float[] vector) {
      VectorKernels kernels = VectorKernels.best();
      return switch (metric) {
        case COSINE -> Math.clamp(kernels.dot(asked, vector) / kernels.norm(vector), -1f, 1f);
        case DOT -> kernels.dot(asked, vector);
        case EUCLIDEAN -> 0f - (float) Math.sqrt(kernels.squaredDistance(asked, vector));
      };
    }

    private void find(TopK top) {
      if (selection.size() <= EXACT_LIMIT) {
        rankSelected(top);
        return;
      }
      int probes = seen.probing.probes(book, recall, share());
      int enough = Math.min(wanted + SPARE, seen.coded());
      while (true) {
        scan(probes);
        if (work.found.size() >= enough || probes >= book.size()) {
          break;
        }
        probes = (int) Math.min(book.size(), 4L * probes);
      }
      rankFound(top);
    }

    /** The share of all vectors that may be hits. */
    private double share() {
      return Math.min(1, (double) selection.size() / Math.max(1, seen.coded()));
    }

    private void scan(int probes) {
      IntPredicate allowed =
          selection.isAll() && deleted.isEmpty()
              ? Selection.Every.ORDINAL
              : ordinal -> !deleted.has(ordinal) && selection.test(ordinal);
      book.route(probes, metric == Metric.DOT, inner, work);
      work.found.begin(Math.min(seen.probing.depth(recall, wanted + SPARE), seen.coded()));
      for (int probe = 0; probe < work.probes.size(); probe++) {
        int partition = work.probes.partition(probe);
        for (int i = 0; i < seen.segments.size(); i++) {
          long mark = (long) probe << 48 | (long) i << 32;
          seen.segments
              .get(i)
              .scan(
                  codes, partition, work.query, work.probes.base(probe), mark, allowed, work.found);
        }
      }
      work.found.finish();
    }

    private void rankFound(TopK top) {
      for (int i = 0; i < work.found.size(); i++) {
        long found = work.found.place(i);
        Segment segment = seen.segments.get((int) (found >>> 32) & 0xFFFF);
        float base = work.probes.base((int) (found >>> 48));
        offer(segment, (int) found, base, top);
      }
    }

    /** So few may be hits that each is ranked. */
    private void rankSelected(TopK top) {
      for (int ordinal : selection.ordinals()) {
        if (!deleted.has(ordinal)) {
          for (Segment segment : seen.segments) {
            int place = segment.place(ordinal);
            if (place >= 0) {
              float base = book.base(work.query.rotated, segment.partition(place), inner);
              offer(segment, place, base, top);
              break;
            }
          }
        }
      }
    }

    private void offer(Segment segment, int place, float base, TopK top) {
      float key = segment.key(codes, place, work.query) + base;
      top.offer(segment.ordinal(place), score(key));
    }

    private float score(float key) {
      return switch (metric) {
        case COSINE -> Math.clamp(-key, -1f, 1f);
        case DOT -> -key;
        case EUCLIDEAN -> 0f - (float) Math.sqrt(Math.max(0, key));
      };
    }
  }
}
