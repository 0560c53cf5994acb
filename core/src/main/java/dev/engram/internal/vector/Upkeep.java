package dev.engram.internal.vector;

import dev.engram.Metric;
import dev.engram.Quantization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Keeps an index fit: moves vectors from the tail into the fresh level and from there into
 * partitions, splits partitions, merges segments, measures. All of it beside searches and the
 * writer; each of {@link #flush} and {@link #improve} on one thread at a time. Thread-safe.
 */
final class Upkeep {
  /** Up to so many vectors the tail is all there is. */
  private static final int TAIL_LIMIT = 8_192;

  /** The tail is flushed at this size, in bytes of vectors. */
  private static final long TAIL_BYTES = 32L << 20;

  /** When nothing else is to be done, the tail is flushed from this size on. */
  private static final int IDLE_TAIL = 512;

  /** And the fresh level is partitioned from this size on. */
  private static final int IDLE_FRESH = 4_096;

  /** The fresh level is partitioned when it has so many vectors for each partition. */
  private static final int FRESH_PER_PARTITION = 16;

  /** The writer waits when there are so many times more, in the tail or the fresh level. */
  private static final int PATIENCE = 4;

  /** But not for a fresh level whose scan reads no more bytes than these: it takes .3 ms. */
  private static final int PATIENT_BYTES = 16 << 20;

  private static final int MAX_FRESH_SEGMENTS = 24;
  private static final int MAX_SEGMENTS = 6;

  /** A segment with more than this share of deleted vectors is written anew. */
  private static final double MAX_DEAD = .2;

  /** When nothing else is to be done, segments are merged where the largest has less than this. */
  private static final double IDLE_LARGEST = .9;

  /** A codebook is made for so many times the vectors that there are. */
  private static final int AHEAD = 2;

  /** A codebook is made anew when there are so many times more vectors than it was made for. */
  private static final double OUTGROWN = 4;

  /** Centroids are trained on at most so many bytes of rows. */
  private static final long SAMPLE_BYTES =
      Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8);

  /** It is looked whether partitions are to be split when this share of all came since. */
  private static final double NEWS = .2;

  /** Partitions are measured again when so many times the vectors of the last time came since. */
  private static final double GROWTH = 1;

  /** And when nothing else is to be done. */
  private static final double IDLE_GROWTH = .1;

  /** The writer rests when it did not change anything for so long. */
  private static final long REST_NANOS = 100_000_000;

  /** Rows a centroid is trained on. */
  private static final int SAMPLE_PER_CENTROID = 24;

  private final IndexContents contents;
  private final Frame frame;
  private final Metric metric;
  private final boolean inner;
  private final SegmentStore store;
  private final Supplier<Quantization> quantization;
  private final Decoder decoder;
  private final int tailLimit;
  private final int flatLimit;
  private final int threads;
  private final ReentrantLock flushing = new ReentrantLock();
  private final ReentrantLock improving = new ReentrantLock();
  private volatile boolean stopped;

  /** So many vectors are being loaded: they are partitioned when all are there. */
  private volatile int expected;

  /** Whether there was nothing before the load. */
  private volatile boolean anew;

  private volatile boolean filling;

  /** What {@link #improve} is at could wait. */
  private volatile boolean tidying;

  /** Vectors that came into partitions since it was looked whether any are to be split. */
  private int unsplit;

  /** And since these were measured. */
  private int unmeasured;

  /**
   * @param dimension components of a vector
   * @param quantization of rows; asked again and again
   * @param flatLimit up to so many vectors there are no partitions
   * @param threads at most, to code vectors
   */
  Upkeep(
      IndexContents contents,
      Frame frame,
      int dimension,
      Metric metric,
      Supplier<Quantization> quantization,
      SegmentStore store,
      Decoder decoder,
      int flatLimit,
      int threads) {
    this.contents = contents;
    this.frame = frame;
    this.metric = metric;
    this.inner = metric == Metric.COSINE || metric == Metric.DOT;
    this.store = store;
    this.quantization = quantization;
    this.decoder = decoder;
    this.tailLimit = Math.clamp(TAIL_BYTES / (4L * dimension), 512, TAIL_LIMIT);
    this.flatLimit = flatLimit;
    this.threads = threads;
  }

  /** So many vectors will be put now: they are partitioned once, at {@link #filled}. */
  void fill(int vectors) {
    expected = vectors;
    anew = contents.state().coded() == 0;
  }

  /** All that were to come are there; partitions them on all threads where none were before. */
  void filled() {
    expected = 0;
    if (anew && isDue()) {
      filling = true;
      try {
        flush(true);
        improve(true);
      } finally {
        filling = false;
      }
    }
  }

  /** Whether {@link #flush} has something to do that cannot wait. */
  boolean isFull() {
    return contents.flushable() >= tailLimit;
  }

  /** Whether the writer should wait. */
  boolean isOverfull() {
    IndexState seen = contents.state();
    return contents.flushable() >= PATIENCE * tailLimit
        || (expected == 0
            && seen.fresh().count() > (long) PATIENCE * enoughFresh(seen)
            && seen.fresh().hotBytes() > PATIENT_BYTES);
  }

  /** Whether anything is under way, or is to be done, that cannot wait. */
  boolean isDue() {
    return flushing.isLocked()
        || (improving.isLocked() && !tidying)
        || isUrgent()
        || !otherwise().isEmpty();
  }

  /** How rows are to be coded. */
  Quantization quantization() {
    return quantization.get();
  }

  /** Segments whose rows are coded otherwise. */
  List<Segment> otherwise() {
    Quantization wanted = quantization.get();
    return contents.state().segments().stream()
        .filter(segment -> segment.header.layout().rows() != wanted)
        .toList();
  }

  private boolean isUrgent() {
    IndexState seen = contents.state();
    return isFull()
        || seen.frozen() != null
        || (seen.coded() > flatLimit && seen.fresh().count() >= enoughFresh(seen));
  }

  /** Nothing new is begun that writes files. */
  void retire() {
    stopped = true;
  }

  /** From the return on nothing is written any more. Waits for what is under way. */
  void stop() {
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
  void flush(boolean idle) {
    run(flushing, () -> flushNow(idle));
  }

  /**
   * Partitions what is fresh, splits partitions, merges segments, measures, codes a segment as it
   * is to be: whatever is due.
   *
   * @param idle whether what is not urgent may be done as well
   */
  void improve(boolean idle) {
    run(
        improving,
        () -> {
          tidying = idle && !isUrgent();
          partition(idle);
          split(idle);
          merge(mergeable(contents.state().fresh(), MAX_FRESH_SEGMENTS, false));
          merge(mergeable(contents.state().partitioned(), MAX_SEGMENTS, idle));
          merge(otherwise().stream().limit(1).toList());
          measure(idle);
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
    IndexState before = contents.state();
    boolean few = idle && before.coded() > 0 && contents.flushable() >= IDLE_TAIL;
    if (!few && !isFull() && before.frozen() == null) {
      return;
    }
    FlatVectorIndex.Rows rows = contents.freeze().rows();
    TailSource source = new TailSource(rows, frame, contents.deleted());
    Codebook around = before.fresh().codebook();
    if (around == null && rows.size() > 0) {
      frame.settle(rows);
      around = book(Codebook.FRESH, source.size(), centroid(source));
    }
    contents.flushed(around == null ? null : writer(around).write(source, store), around);
    publish();
  }

  /** What rows hold the differences to; under the Manhattan metric they hold the vectors. */
  private float[] centroid(TailSource source) {
    return metric == Metric.MANHATTAN
        ? new float[frame.padded()]
        : Samples.mean(source, frame.padded());
  }

  /** Moves the fresh vectors into partitions, and all where the codebook is outgrown. */
  private void partition(boolean idle) throws IOException {
    IndexState seen = contents.state();
    int total = seen.coded();
    int fresh = seen.fresh().count();
    if (fresh == 0 || total <= flatLimit || total < expected) {
      return;
    }
    Codebook book = seen.partitioned().codebook();
    Probing known = seen.partitioned().probing();
    if (book == null || total > OUTGROWN * book.plannedFor) {
      int planned = idle ? total : AHEAD * total;
      Codebook next = train(seen, planned, book == null ? 1 : book.id + 1);
      Probing estimate = book == null ? known : known.afterTraining(book, next);
      code(seen.segments(), source(seen.segments()), next, estimate);
      unsplit = total;
    } else if (fresh >= (idle ? IDLE_FRESH : enoughFresh(seen))) {
      code(seen.fresh().segments(), source(seen.fresh().segments()), book, known);
      unsplit += fresh;
      unmeasured += fresh;
    }
  }

  private int enoughFresh(IndexState seen) {
    Codebook book = seen.partitioned().codebook();
    return Math.max(flatLimit, book == null ? 0 : FRESH_PER_PARTITION * book.size());
  }

  /** Replaces partitions that the vectors which came since do not fit. */
  private void split(boolean idle) throws IOException {
    Level level = contents.state().partitioned();
    if (level.isEmpty() || unsplit < (idle ? 1 : NEWS * level.count())) {
      return;
    }
    Codebook book = level.book();
    Split split = Split.of(level, contents.deleted(), decoder, random(-book.id));
    if (!split.isEmpty()) {
      SegmentSource source =
          new SegmentSource(level.segments(), contents.deleted(), decoder, split);
      Codebook next = book(book.id + 1, book.plannedFor, split.centroids());
      code(level.segments(), source, next, level.probing().afterSplit(book, next));
      // When nothing else is to be done, what was estimated is measured.
      int enough = (int) Math.ceil(IDLE_GROWTH * level.probing().vectors());
      unmeasured = Math.max(unmeasured, enough);
    }
    unsplit = 0;
  }

  private void code(List<Segment> old, SegmentSource source, Codebook book, Probing known)
      throws IOException {
    contents.partitioned(old, writer(book).write(source, store), book, known);
    old.forEach(segment -> store.replaced(segment.name));
    publish();
  }

  private Codebook train(IndexState seen, int planned, int id) {
    int wanted = Math.max(1, planned / Codebook.VECTORS_PER_PARTITION);
    int padded = frame.padded();
    int most = (int) Math.min(SAMPLE_BYTES / (4L * padded), (long) wanted * SAMPLE_PER_CENTROID);
    float[] sample = Samples.rows(source(seen.segments()), padded, most);
    // All that were chosen may be deleted.
    float[] rows = sample.length == 0 ? new float[padded] : sample;
    return book(id, planned, KMeans.centroids(rows, padded, wanted, random(id), workers()));
  }

  /** What has become many, or has many dead. */
  private static List<Segment> mergeable(Level level, int most, boolean idle) {
    List<Segment> ascending =
        level.segments().stream().sorted(Comparator.comparingInt(Segment::count)).toList();
    if (ascending.size() > most) {
      return ascending.subList(0, most / 2 + 1);
    }
    boolean several = ascending.size() > 1;
    if (idle && several && ascending.getLast().count() < IDLE_LARGEST * level.count()) {
      return ascending;
    }
    return ascending.stream().filter(s -> s.dead() > MAX_DEAD * s.count()).limit(1).toList();
  }

  private void merge(List<Segment> old) throws IOException {
    if (!old.isEmpty()) {
      contents.merged(old, writer(old.getFirst().book).write(source(old), store));
      old.forEach(segment -> store.replaced(segment.name));
      publish();
    }
  }

  private void measure(boolean idle) throws IOException {
    IndexState seen = contents.state();
    Level fresh = seen.fresh();
    Level partitioned = seen.partitioned();
    // All of a fresh level is scanned; how far its codes are off does not change with its size.
    double more = idle ? IDLE_GROWTH : Double.POSITIVE_INFINITY;
    boolean first = isOutdated(fresh, 0, more);
    boolean second = isOutdated(partitioned, unmeasured, idle ? IDLE_GROWTH : GROWTH);
    if (first || second) {
      contents.measured(
          first ? new ProbeMeasure(fresh, inner, decoder).measure() : fresh.probing(),
          second ? new ProbeMeasure(partitioned, inner, decoder).measure() : partitioned.probing());
      unmeasured = second ? 0 : unmeasured;
      publish();
    }
  }

  /**
   * Whether a level is to be measured.
   *
   * @param came vectors since the last time, at least
   * @param growth the share of those of the last time that is enough
   */
  private boolean isOutdated(Level level, int came, double growth) {
    if (level.isEmpty()
        || level.segments().size() > ProbeMeasure.MAX_SEGMENTS
        || metric == Metric.MANHATTAN) {
      return false;
    }
    Probing known = level.probing();
    int more = Math.max(came, level.count() - known.vectors());
    return !known.isFor(level.book()) || more >= growth * known.vectors();
  }

  private void publish() throws IOException {
    store.publish(() -> {
      IndexState now = contents.state();
      return new SegmentStore.Contents(now.fresh(), now.partitioned(), frame.origin());
    });
  }

  private SegmentSource source(List<Segment> segments) {
    return new SegmentSource(segments, contents.deleted(), decoder);
  }

  private SegmentWriter writer(Codebook book) {
    return new SegmentWriter(book, inner, quantization.get(), this::workers);
  }

  private Codebook book(int id, int planned, float[] centroids) {
    return new Codebook(id, planned, frame.padded(), metric == Metric.DOT, centroids);
  }

  /** The same codebook comes out for the same vectors. */
  private static SplittableRandom random(int salt) {
    return new SplittableRandom(Rotation.SEED + salt);
  }

  /**
   * All while the writer waits, or rests and there is something that cannot wait; else whoever
   * searches and writes needs the others.
   */
  private int workers() {
    boolean resting = contents.quietNanos() > REST_NANOS && !tidying;
    return filling || isOverfull() || resting ? threads : Math.max(1, threads / 2);
  }
}
