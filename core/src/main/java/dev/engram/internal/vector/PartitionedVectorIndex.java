package dev.engram.internal.vector;

import dev.engram.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An approximate index of any size. A vector is in one of three places:
 *
 * <ul>
 *   <li>the <b>tail</b> holds what came last, as it came; a search scores each of it exactly;
 *   <li>the <b>fresh</b> level holds what {@link #flush} moved out of the tail, coded around one
 *       centroid; a search scans all of its codes;
 *   <li>the <b>partitioned</b> level holds what {@link #improve} moved out of the fresh one, once
 *       that was worth it: each partition of its {@link Codebook} holds the codes of the vectors
 *       near one centroid, and a search looks into the partitions nearest to the query.
 * </ul>
 *
 * <p>What a search finds in a level by one-bit codes it ranks again by eight-bit codes, and the
 * best of these by the vectors themselves. So scores are exact, and only that nothing is missed is
 * not certain.
 *
 * <p>Vectors so long that their squares might overflow are never coded; they stay in the tail.
 *
 * <p>An ordinal never gets another vector. So a deletion is a mark that stays, segments never
 * change, and merging copies codes as they are.
 *
 * <p>Thread-safety: as {@link VectorIndex}; beside searches and the writer any thread may call
 * {@link #flush}, {@link #improve} and {@link #stop}. Searches take one {@link State} and never
 * wait.
 */
public final class PartitionedVectorIndex implements VectorIndex {
  /** Up to so many vectors the tail is all there is. */
  static final int TAIL_LIMIT = 8_192;

  /** Up to so many there are no partitions. */
  static final int FLAT_LIMIT = 16_384;

  /** The tail is flushed at this size, in bytes of vectors. */
  private static final long TAIL_BYTES = 32L << 20;

  /** When nothing else is to be done, the tail is flushed from this size on. */
  private static final int IDLE_TAIL = 512;

  /** And the fresh level is partitioned from this size on. */
  private static final int IDLE_FRESH = 4_096;

  /** The fresh level is partitioned when it has so many vectors for each partition. */
  private static final int FRESH_PER_PARTITION = 16;

  /** The writer waits when there are so many times more. */
  private static final int PATIENCE = 4;

  private static final int MAX_FRESH_SEGMENTS = 24;
  private static final int MAX_SEGMENTS = 6;

  /** A segment with more than this share of deleted vectors is written anew. */
  private static final double MAX_DEAD = .2;

  /** When nothing else is to be done, segments are merged where the largest has less than this. */
  private static final double IDLE_LARGEST = .9;

  /** A codebook is made for so many times the vectors that there are. */
  private static final int AHEAD = 2;

  /** A codebook is made anew when there are so many times more vectors than it was made for. */
  private static final double OUTGROWN = 2;

  /** And when nothing else is to be done. */
  private static final double IDLE_OUTGROWN = 1.5;

  /** Rows a centroid is trained on. */
  private static final int SAMPLE_PER_CENTROID = 24;

  /** An index is idle after so long without a change. */
  private static final long QUIET_NANOS = 1_000_000_000L;

  /** So many more than wanted are ranked by their vectors. */
  private static final int SPARE = 2;

  /** At most so many are ranked by their vectors; the rest by their codes. */
  private static final int MAX_EXACT = 256;

  /** The rotation is the same in every index. */
  private static final long SEED = 0x656E6772616DL;

  private final int dimension;
  private final Metric metric;
  private final boolean inner;
  private final Rotation rotation;
  private final int tailLimit;
  private final int flatLimit;
  private final int threads;
  private final SegmentStore store;
  private final Originals originals;

  private final OrdinalMarks deleted = new OrdinalMarks();
  private final ConcurrentLinkedQueue<Workspace> spare = new ConcurrentLinkedQueue<>();
  private final ReentrantLock flushing = new ReentrantLock();
  private final ReentrantLock improving = new ReentrantLock();

  private volatile State state;
  private volatile boolean stopped;

  /** So many vectors are being loaded: they are partitioned when all are there. */
  private volatile int expected;

  private volatile boolean filling;

  /** Vectors in the tail that are too long to be coded. */
  private volatile int outliers;

  /** Segments in which there is nothing to split. */
  private List<Segment> unsplit = List.of();

  /** What {@link #isIdle} saw last. */
  private int seenSize;

  private volatile long changedAt = System.nanoTime();

  /**
   * What a search sees.
   *
   * @param frozen a tail that is being flushed
   */
  private record State(
      FlatVectorIndex tail, @Nullable FlatVectorIndex frozen, Level fresh, Level partitioned) {
    int coded() {
      return fresh.count() + partitioned.count();
    }

    List<Segment> segments() {
      List<Segment> all = new ArrayList<>(partitioned.segments());
      all.addAll(fresh.segments());
      return all;
    }

    /** Most hits that a search can have. */
    int capacity() {
      return Math.addExact(tail.size() + (frozen == null ? 0 : frozen.size()), coded());
    }
  }

  /** An index of what a store holds, or an empty one, that codes vectors on so many threads. */
  public PartitionedVectorIndex(
      int dimension, Metric metric, SegmentStore store, Originals originals, int threads) {
    this(dimension, metric, store, originals, threads, FLAT_LIMIT);
  }

  PartitionedVectorIndex(
      int dimension,
      Metric metric,
      SegmentStore store,
      Originals originals,
      int threads,
      int flatLimit) {
    this.dimension = dimension;
    this.metric = metric;
    this.inner = metric != Metric.EUCLIDEAN;
    this.rotation = new Rotation(dimension, SEED);
    this.store = store;
    this.originals = originals;
    this.threads = threads;
    this.flatLimit = flatLimit;
    this.tailLimit = Math.clamp(TAIL_BYTES / (4L * dimension), 512, TAIL_LIMIT);
    SegmentStore.Contents found = store.open(rotation.padded(), metric == Metric.DOT);
    this.state =
        new State(new FlatVectorIndex(dimension, metric), null, found.fresh(), found.partitioned());
  }

  /**
   * Compares what was found at opening with what there should be.
   *
   * @param present tells whether there is a vector under an ordinal; every other is forgotten
   */
  public synchronized void retain(IntPredicate present) {
    for (Segment segment : state.segments()) {
      for (int i = 0; i < segment.count(); i++) {
        if (!present.test(segment.listed(i))) {
          deleted.mark(segment.listed(i));
        }
      }
      segment.countDead(deleted);
    }
  }

  /** Whether there is a coded vector under an ordinal. */
  public boolean has(int ordinal) {
    return !deleted.has(ordinal) && placed(state, ordinal) != null;
  }

  private static @Nullable Segment placed(State seen, int ordinal) {
    for (Segment segment : seen.segments()) {
      if (segment.place(ordinal) >= 0) {
        return segment;
      }
    }
    return null;
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
    Segment segment = placed(state, ordinal);
    if (segment == null) {
      return false;
    }
    deleted.mark(ordinal);
    segment.died();
    return true;
  }

  @Override
  public Hits search(float[] query, int limit, Selection selection, double recall) {
    State seen = state;
    int capacity = Math.min(limit, seen.capacity() + 1);
    if (capacity == 0) {
      return Hits.none();
    }
    TopK top = new TopK(capacity);
    if (seen.coded() > 0) {
      Workspace work = take();
      try {
        rankCoded(seen, query, capacity, selection, recall, work, top);
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

  /** Finds somewhat more by codes than is wanted, and ranks them by their vectors. */
  private void rankCoded(
      State seen,
      float[] query,
      int wanted,
      Selection selection,
      double recall,
      Workspace work,
      TopK top) {
    float[] asked = metric == Metric.COSINE ? VectorKernels.normalised(query) : query;
    rotation.of(asked, 0, work.query.rotated);
    work.query.quantise();
    Rescoring rescoring = new Rescoring(asked, metric, originals);
    List<Level> levels =
        Stream.of(seen.partitioned, seen.fresh).filter(level -> !level.isEmpty()).toList();
    if (recall >= 1) {
      CompleteSearch complete = new CompleteSearch(inner, deleted, work, wanted);
      levels.forEach(level -> complete.rank(level, selection.allowed()));
      rescoring.all(complete.candidates(), top);
      return;
    }
    TopK coded = new TopK(wanted + wanted / 4 + SPARE);
    work.ranker.begin(coded, work.query);
    for (Level level : levels) {
      new LevelSearch(level, inner, deleted, work).rank(wanted, selection, recall);
    }
    rescoring.best(coded.drain(), wanted, work.ranker.uncertainty(), MAX_EXACT, top);
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
    Segment segment = placed(seen, ordinal);
    return segment != null && isNear(segment, segment.place(ordinal), vector);
  }

  @Override
  public int size() {
    State seen = state;
    int tails = seen.tail.size() + (seen.frozen == null ? 0 : seen.frozen.size());
    return tails + seen.fresh.live() + seen.partitioned.live();
  }

  @Override
  public long bytes() {
    State seen = state;
    long bytes = seen.tail.bytes() + deleted.bytes();
    bytes += seen.frozen == null ? 0 : seen.frozen.bytes();
    long levels = seen.fresh.bytes() + seen.partitioned.bytes();
    long segments = seen.segments().stream().mapToLong(Segment::bytes).sum();
    return bytes + levels - (store.mapped() ? segments : 0);
  }

  /** Whether {@link #flush} has something to do that cannot wait. */
  public boolean isFull() {
    return state.tail.size() - outliers >= tailLimit;
  }

  /** Whether the writer should wait for {@link #flush} and {@link #improve}. */
  public boolean isOverfull() {
    State seen = state;
    return seen.tail.size() - outliers >= PATIENCE * tailLimit
        || (expected == 0 && seen.fresh.count() > PATIENCE * enoughFresh(seen));
  }

  /** Whether nothing came for a while. */
  public boolean isIdle() {
    int size = size();
    long now = System.nanoTime();
    if (size != seenSize) {
      seenSize = size;
      changedAt = now;
    }
    return now - changedAt > QUIET_NANOS;
  }

  /** So many vectors will be put now: they are partitioned once, at {@link #filled}. */
  public void fill(int vectors) {
    expected = vectors;
  }

  /** All that were to come are there; partitions them on all threads. */
  public void filled() {
    expected = 0;
    filling = true;
    try {
      flush(true);
      improve(true);
    } finally {
      filling = false;
    }
  }

  /** Whoever searches and writes meanwhile needs the others. */
  private int workers() {
    return filling ? threads : Math.max(1, threads / 2);
  }

  /** Nothing new is begun that writes files. */
  public void retire() {
    stopped = true;
  }

  /** From the return on nothing is written any more. Waits for what is under way. */
  public void stop() {
    retire();
    await(flushing);
    await(improving);
  }

  private static void await(ReentrantLock lock) {
    lock.lock();
    try {
      assert lock.isHeldByCurrentThread() : "whatever was under way has ended";
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves a full tail into the fresh level. One that was moved half-way comes first.
   *
   * @param idle whether a smaller tail may be moved as well
   */
  public void flush(boolean idle) {
    run(flushing, () -> flushNow(idle));
  }

  /**
   * Partitions what is fresh, merges segments, makes the codebook anew, measures: whatever is due.
   *
   * @param idle whether what is not urgent may be done as well
   */
  public void improve(boolean idle) {
    run(
        improving,
        () -> {
          partition(idle);
          split();
          tidy(idle);
          calibrate();
        });
  }

  /** Something that writes files. */
  private interface Job {
    void run() throws IOException;
  }

  private void run(ReentrantLock lock, Job job) {
    lock.lock();
    try {
      if (!stopped) {
        job.run();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  private void flushNow(boolean idle) throws IOException {
    State before = state;
    int size = before.tail.size() - outliers;
    boolean due = size >= tailLimit || (idle && size >= IDLE_TAIL && before.coded() > 0);
    if (!due && before.frozen == null) {
      return;
    }
    FlatVectorIndex frozen = freeze();
    TailSource source = new TailSource(frozen, rotation, deleted);
    Codebook around = before.fresh.codebook();
    if (around == null) {
      around = book(0, source.size(), Samples.mean(source, rotation.padded()));
    }
    Segment segment = new SegmentWriter(around, inner, workers()).write(source, store);
    synchronized (this) {
      outliers = source.putOutliers(state.tail);
      List<Segment> fresh = segment == null ? List.of() : List.of(segment);
      fresh.forEach(each -> each.countDead(deleted));
      state =
          new State(
              state.tail, null, state.fresh.replacing(List.of(), fresh, around), state.partitioned);
    }
    publish();
  }

  /**
   * From now on the writer fills another tail. A tail that was frozen before and could not be
   * written comes first.
   */
  private synchronized FlatVectorIndex freeze() {
    FlatVectorIndex frozen = state.frozen;
    if (frozen == null) {
      frozen = state.tail;
      FlatVectorIndex next = new FlatVectorIndex(dimension, metric);
      state = new State(next, frozen, state.fresh, state.partitioned);
    }
    return frozen;
  }

  private void publish() throws IOException {
    store.publish(() -> {
      State now = state;
      return new SegmentStore.Contents(now.fresh, now.partitioned);
    });
  }

  /** Moves the fresh vectors into partitions, and all where the codebook is outgrown. */
  private void partition(boolean idle) throws IOException {
    State seen = state;
    int total = seen.coded();
    int fresh = seen.fresh.count();
    if (fresh == 0 || total <= flatLimit || total < expected) {
      return;
    }
    Codebook book = seen.partitioned.codebook();
    if (book == null || total > (idle ? IDLE_OUTGROWN : OUTGROWN) * book.plannedFor) {
      int planned = idle ? total : AHEAD * total;
      Codebook next = train(seen, planned, book == null ? 1 : book.id + 1);
      move(seen, next, new SegmentSource(seen.segments(), deleted, inner), seen.segments());
    } else if (fresh >= (idle ? IDLE_FRESH : enoughFresh(seen))) {
      List<Segment> old = seen.fresh.segments();
      move(seen, book, new SegmentSource(old, deleted, inner), old);
    }
  }

  /** Replaces partitions that the vectors which came since do not fit. */
  private void split() throws IOException {
    State seen = state;
    if (seen.partitioned.isEmpty() || seen.partitioned.segments().equals(unsplit)) {
      return;
    }
    Codebook book = seen.partitioned.book();
    SplittableRandom random = new SplittableRandom(SEED - book.id);
    Split split = Split.of(seen.partitioned, deleted, inner, random);
    if (!split.isEmpty()) {
      List<Segment> old = seen.partitioned.segments();
      Codebook next = book(book.id + 1, book.plannedFor, split.centroids());
      move(seen, next, new SegmentSource(old, deleted, inner, split), old);
    }
    unsplit = state.partitioned.segments();
  }

  private int enoughFresh(State seen) {
    Codebook book = seen.partitioned.codebook();
    return Math.max(flatLimit, book == null ? 0 : FRESH_PER_PARTITION * book.size());
  }

  private void move(State seen, Codebook book, SegmentSource coded, List<Segment> old)
      throws IOException {
    PreciseSource source = new PreciseSource(coded, originals, rotation, metric);
    Segment segment = new SegmentWriter(book, inner, workers()).write(source, store);
    List<Segment> moved = segment == null ? List.of() : List.of(segment);
    synchronized (this) {
      moved.forEach(each -> each.countDead(deleted));
      Level fresh = state.fresh.replacing(old, List.of(), seen.fresh.codebook());
      Level partitioned = state.partitioned.replacing(old, moved, book);
      state = new State(state.tail, state.frozen, fresh, partitioned);
    }
    publish();
  }

  private Codebook train(State seen, int planned, int id) {
    int wanted = Math.max(1, planned / Codebook.VECTORS_PER_PARTITION);
    SegmentSource source = new SegmentSource(seen.segments(), deleted, inner);
    float[] rows = Samples.rows(source, rotation.padded(), wanted * SAMPLE_PER_CENTROID);
    SplittableRandom random = new SplittableRandom(SEED + id);
    float[] centroids = KMeans.centroids(rows, rotation.padded(), wanted, random, workers());
    return book(id, planned, centroids);
  }

  private Codebook book(int id, int planned, float[] centroids) {
    return new Codebook(id, planned, rotation.padded(), metric == Metric.DOT, centroids);
  }

  /** Merges what has become many, and writes anew what has many dead. */
  private void tidy(boolean idle) throws IOException {
    merge(chosen(state.fresh, MAX_FRESH_SEGMENTS, false));
    merge(chosen(state.partitioned, MAX_SEGMENTS, idle));
  }

  private static List<Segment> chosen(Level level, int most, boolean idle) {
    List<Segment> ascending =
        level.segments().stream().sorted(Comparator.comparingInt(Segment::count)).toList();
    if (ascending.size() > most) {
      return ascending.subList(0, most / 2 + 1);
    }
    if (idle
        && ascending.size() > 1
        && ascending.getLast().count() < IDLE_LARGEST * level.count()) {
      return ascending;
    }
    return ascending.stream().filter(s -> s.dead() > MAX_DEAD * s.count()).limit(1).toList();
  }

  private void merge(List<Segment> old) throws IOException {
    if (old.isEmpty()) {
      return;
    }
    Codebook book = old.getFirst().book;
    SegmentSource source = new SegmentSource(old, deleted, inner);
    Segment segment = new SegmentWriter(book, inner, workers()).write(source, store);
    List<Segment> merged = segment == null ? List.of() : List.of(segment);
    synchronized (this) {
      merged.forEach(each -> each.countDead(deleted));
      boolean isFresh = state.fresh.segments().contains(old.getFirst());
      Level fresh = isFresh ? state.fresh.replacing(old, merged, book) : state.fresh;
      Level other = isFresh ? state.partitioned : state.partitioned.replacing(old, merged, book);
      state = new State(state.tail, state.frozen, fresh, other);
    }
    publish();
  }

  private void calibrate() throws IOException {
    State seen = state;
    if (isMeasured(seen.fresh) && isMeasured(seen.partitioned)) {
      return;
    }
    Probing fresh = measured(seen.fresh);
    Probing partitioned = measured(seen.partitioned);
    synchronized (this) {
      state =
          new State(
              state.tail,
              state.frozen,
              state.fresh.with(fresh),
              state.partitioned.with(partitioned));
    }
    publish();
  }

  private static boolean isMeasured(Level level) {
    return level.isEmpty() || level.probing().isFor(level.book(), level.count());
  }

  private Probing measured(Level level) {
    return isMeasured(level) ? level.probing() : new ProbeMeasure(level, inner).measure();
  }

  int partitions() {
    Codebook book = state.partitioned.codebook();
    return book == null ? 0 : book.size();
  }

  float slack(double recall) {
    return state.partitioned.probing().slack(recall);
  }

  int probes(double recall) {
    Level level = state.partitioned;
    return level.isEmpty() ? 0 : level.probing().probes(level.book(), recall, 1);
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
}
