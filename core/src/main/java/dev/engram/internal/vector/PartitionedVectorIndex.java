package dev.engram.internal.vector;

import dev.engram.IndexInfo;
import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.SearchPlan.VectorPlan;
import dev.engram.StorageException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
 * <p>What a search finds in a level by one-bit codes it ranks again by rows of more bits, and the
 * best of these by the vectors themselves. So scores are exact, and only that nothing is missed is
 * not certain.
 *
 * <p>Codes do not estimate the Manhattan distance: under it all stays in the fresh level, in rows
 * that hold the vectors themselves, and a {@link WholeSearch} scores each.
 *
 * <p>{@link Outliers} are never coded; they stay beside the tail as they came.
 *
 * <p>An ordinal never gets another vector. So a deletion is a mark that stays, segments never
 * change, and merging copies codes as they are.
 *
 * <p>Thread-safety: as {@link VectorIndex}; beside searches and the writer any thread may call
 * {@link #flush}, {@link #improve} and {@link #stop}. Searches take one {@link IndexState} and
 * never wait.
 */
public final class PartitionedVectorIndex implements VectorIndex {
  /** Up to so many vectors there are no partitions. */
  private static final int FLAT_LIMIT = 16_384;

  /** The share of a residual's squares that a row may be off beside its error. */
  private static final float NEAR = .05f;

  /** An index is idle after so long without a change. */
  private static final long QUIET_NANOS = 1_000_000_000L;

  /** Workspaces that wait for the next search, at most. */
  private static final int SPARES = 32;

  private final Metric metric;
  private final boolean inner;
  private final Frame frame;
  private final SegmentStore store;
  private final Originals originals;
  private final IndexContents contents;
  private final Upkeep upkeep;
  private final ArrayBlockingQueue<Workspace> spare = new ArrayBlockingQueue<>(SPARES);

  /**
   * An index of what a store holds, or an empty one, that codes vectors on so many threads.
   *
   * @param quantization wanted; asked again and again, since it may change
   */
  public PartitionedVectorIndex(
      int dimension,
      Metric metric,
      Supplier<Quantization> quantization,
      SegmentStore store,
      Originals originals,
      int threads) {
    this(dimension, metric, quantization, store, originals, threads, FLAT_LIMIT);
  }

  PartitionedVectorIndex(
      int dimension,
      Metric metric,
      Supplier<Quantization> quantization,
      SegmentStore store,
      Originals originals,
      int threads,
      int flatLimit) {
    this.metric = metric;
    this.inner = metric == Metric.COSINE || metric == Metric.DOT;
    this.store = store;
    this.originals = originals;
    SegmentStore.Contents found = store.open(Rotation.padded(dimension), metric == Metric.DOT);
    this.frame = new Frame(dimension, metric, found.origin());
    this.contents = new IndexContents(dimension, metric, found);
    Decoder decoder = new Decoder(originals, frame, inner);
    boolean whole = metric == Metric.MANHATTAN;
    this.upkeep =
        new Upkeep(
            contents,
            frame,
            dimension,
            metric,
            whole ? () -> Quantization.NONE : quantization,
            store,
            decoder,
            whole ? Integer.MAX_VALUE : flatLimit,
            threads);
  }

  /**
   * Compares what was found at opening with what there should be.
   *
   * @param present tells whether there is a vector under an ordinal; every other is forgotten
   */
  public void retain(IntPredicate present) {
    contents.retain(present);
  }

  /** The ordinals of the coded vectors that are not deleted. */
  public BitSet coded() {
    BitSet ordinals = new BitSet();
    for (Segment segment : contents.state().segments()) {
      for (int i = 0; i < segment.count(); i++) {
        if (!contents.deleted().has(segment.listed(i))) {
          ordinals.set(segment.listed(i));
        }
      }
    }
    return ordinals;
  }

  @Override
  public void put(int ordinal, float[] vector) {
    contents.put(ordinal, vector);
  }

  @Override
  public boolean remove(int ordinal) {
    return contents.remove(ordinal);
  }

  /**
   * {@inheritDoc}
   *
   * @throws StorageException where the device does not give back what is mapped
   */
  @Override
  public Hits search(float[] query, Request request, SearchTrace trace) {
    try {
      return found(query, request, trace);
    } catch (InternalError e) {
      throw new StorageException(
          "a vector index cannot be read: why=" + e + "; check the device", e);
    }
  }

  private Hits found(float[] query, Request request, SearchTrace trace) {
    IndexState seen = contents.state();
    int capacity = Math.min(request.limit(), seen.capacity() + 1);
    if (capacity == 0) {
      return Hits.none();
    }
    TopK top = new TopK(capacity);
    if (seen.coded() > 0) {
      Workspace work = take();
      try {
        rankCoded(seen, query, request, work, top, trace);
      } finally {
        work.forget();
        boolean _ = spare.offer(work);
      }
    }
    // The newest too: what was replaced in the segments meanwhile is new there.
    Set<FlatVectorIndex> uncoded = Collections.newSetFromMap(new IdentityHashMap<>());
    uncoded.addAll(seen.uncoded());
    uncoded.addAll(contents.state().uncoded());
    for (FlatVectorIndex each : uncoded) {
      if (each.size() > 0) {
        offerAll(each.search(query, request, trace), top);
      }
    }
    return top.drain().atLeast(request.minScore());
  }

  /** Scores the best of what is coded. */
  private void rankCoded(
      IndexState seen,
      float[] query,
      Request request,
      Workspace work,
      TopK top,
      SearchTrace trace) {
    Asked asked = Asked.of(metric, query, metric == Metric.DOT ? seen.usualLength() : 0);
    Rescoring rescoring = new Rescoring(asked, metric, originals);
    boolean few = request.recall() >= 1 && request.selection().size() <= LevelSearch.EXACT_LIMIT;
    if (Outliers.contain(metric, query) || (few && metric != Metric.MANHATTAN)) {
      scoreAll(seen, request.selection(), rescoring, top, trace);
      return;
    }
    frame.of(asked.coded(), 0, work.query.rotated);
    if (metric == Metric.MANHATTAN) {
      new WholeSearch(work.query.rotated, contents.deleted(), trace)
          .score(seen.fresh(), request.selection(), top);
      return;
    }
    work.query.quantise();
    List<Level> levels =
        Stream.of(seen.partitioned(), seen.fresh()).filter(level -> !level.isEmpty()).toList();
    int limit = Math.min(request.limit(), seen.coded());
    if (request.recall() >= 1) {
      float ceiling = asked.key(metric, request.minScore());
      CompleteSearch complete = new CompleteSearch(inner, contents.deleted(), work, limit, ceiling);
      rankAll(levels, request.selection(), complete, rescoring, top, trace);
      return;
    }
    Request wanted = new Request(limit, request.selection(), request.recall(), request.minScore());
    new NearSearch(levels, inner, contents.deleted(), work, trace).score(wanted, rescoring, top);
  }

  /** Scores every vector by itself: few, or for queries that codes cannot be asked for. */
  private void scoreAll(
      IndexState seen, Selection selection, Rescoring rescoring, TopK top, SearchTrace trace) {
    boolean few = selection.size() <= LevelSearch.EXACT_LIMIT;
    trace.planned(few ? VectorPlan.MATCHES : VectorPlan.FLAT);
    long began = trace.now();
    IntStream all =
        few
            ? Arrays.stream(selection.ordinals()).filter(o -> seen.segmentOf(o) != null)
            : seen.segments().stream().flatMapToInt(Segment::ordinals).filter(selection::test);
    int[] candidates = all.filter(ordinal -> !contents.deleted().has(ordinal)).toArray();
    trace.rescored(candidates.length);
    rescoring.all(candidates, top);
    trace.spent(SearchTrace.Phase.RESCORE, began);
  }

  private void rankAll(
      List<Level> levels,
      Selection selection,
      CompleteSearch complete,
      Rescoring rescoring,
      TopK top,
      SearchTrace trace) {
    trace.planned(VectorPlan.FLAT);
    long began = trace.now();
    for (Level level : levels) {
      complete.rank(level, selection.allowed());
      trace.scanned(level.count());
    }
    trace.spent(SearchTrace.Phase.RANK, began);
    int[] candidates = complete.candidates();
    trace.rescored(candidates.length);
    long scoring = trace.now();
    rescoring.all(candidates, top);
    trace.spent(SearchTrace.Phase.RESCORE, scoring);
  }

  @Override
  public boolean holds(int ordinal, float[] vector) {
    IndexState seen = contents.state();
    if (contents.deleted().has(ordinal)) {
      return false;
    }
    if (seen.uncoded().stream().anyMatch(each -> each.holds(ordinal, vector))) {
      return true;
    }
    Segment segment = seen.segmentOf(ordinal);
    return segment != null && isNear(segment, segment.place(ordinal), vector);
  }

  @Override
  public int size() {
    return contents.state().live();
  }

  @Override
  public long bytes() {
    IndexState seen = contents.state();
    long tails = seen.uncoded().stream().mapToLong(FlatVectorIndex::bytes).sum();
    long levels = seen.fresh().bytes() + seen.partitioned().bytes();
    long segments = seen.segments().stream().mapToLong(Segment::bytes).sum();
    return tails + contents.deleted().bytes() + levels - (store.mapped() ? segments : 0);
  }

  /**
   * What it is like.
   *
   * @param recallTarget the recall that searches want
   */
  public IndexInfo info(double recallTarget) {
    IndexState seen = contents.state();
    Level fresh = seen.fresh();
    Level partitioned = seen.partitioned();
    double found =
        fresh.count() * fresh.measuredRecall(recallTarget)
            + partitioned.count() * partitioned.measuredRecall(recallTarget);
    long segments = seen.segments().stream().mapToLong(Segment::bytes).sum();
    boolean probed = !partitioned.isEmpty();
    return new IndexInfo(
        upkeep.quantization(),
        upkeep.otherwise().stream().mapToLong(Segment::count).sum(),
        seen.live(),
        seen.tails(),
        fresh.count(),
        partitioned.count(),
        probed ? partitioned.book().size() : 0,
        probed ? partitioned.probing().probes(partitioned.book(), recallTarget, 1) : 0,
        recallTarget,
        seen.coded() == 0 || metric == Metric.MANHATTAN ? 1 : found / seen.coded(),
        bytes(),
        store.mapped() ? segments : 0,
        fresh.hotBytes() + partitioned.hotBytes(),
        !upkeep.isDue());
  }

  /** So many vectors will be put now: they are partitioned once, at {@link #filled}. */
  public void fill(int vectors) {
    upkeep.fill(vectors);
  }

  /** All that were to come are there; partitions them on all threads where none were before. */
  public void filled() {
    upkeep.filled();
  }

  /** Whether {@link #flush} has something to do that cannot wait. */
  public boolean isFull() {
    return upkeep.isFull();
  }

  /** Whether the writer should wait for {@link #flush} and {@link #improve}. */
  public boolean isOverfull() {
    return upkeep.isOverfull();
  }

  /** Whether nothing came for a while. */
  public boolean isIdle() {
    return contents.quietNanos() > QUIET_NANOS;
  }

  /**
   * Moves a full tail into the fresh level.
   *
   * @param idle whether a smaller tail may be moved as well
   */
  public void flush(boolean idle) {
    upkeep.flush(idle);
  }

  /**
   * Partitions what is fresh, splits partitions, merges segments, measures: whatever is due.
   *
   * @param idle whether what is not urgent may be done as well
   */
  public void improve(boolean idle) {
    upkeep.improve(idle);
  }

  /** Nothing new is begun that writes files. */
  public void retire() {
    upkeep.retire();
  }

  /** From the return on nothing is written any more. Waits for what is under way. */
  public void stop() {
    upkeep.stop();
  }

  private static void offerAll(Hits hits, TopK top) {
    for (int i = 0; i < hits.size(); i++) {
      top.offer(hits.ordinals()[i], hits.scores()[i]);
    }
  }

  private Workspace take() {
    Workspace work = spare.poll();
    return work == null ? new Workspace(frame.padded()) : work;
  }

  /** Whether a coded vector is the given one, as far as its row tells. */
  private boolean isNear(Segment segment, int place, float[] vector) {
    int partition = segment.partition(place);
    float[] stored = new float[frame.padded()];
    segment.decode(place, inner, stored);
    float[] given = new float[frame.padded()];
    frame.of(vector, given);
    VectorKernels kernels = VectorKernels.best();
    int at = partition * frame.padded();
    float residual = kernels.squaredDistance(given, 0, segment.book.centroids, at, frame.padded());
    float slack = 1e-6f * kernels.dot(given, given);
    float error = (inner ? 1 : .5f) * segment.greatestError(place);
    return kernels.squaredDistance(stored, given) <= 1.1f * error * error + NEAR * residual + slack;
  }
}
