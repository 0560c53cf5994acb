package dev.engram.bench;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.SearchHit;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Vectors in a durable store, through the public interface alone: durable ingest by one writer
 * until the index has caught up, queries beside a steady stream of inserts, reopening, memory. The
 * vectors come from a mapped file, so that the process's memory is the store's.
 */
final class StoredVectorsBench {
  private static final int DIMENSION = 384;
  private static final int QUERIES = 1_000;
  private static final int CHECKED_QUERIES = 200;
  private static final int BATCH = 1_000;

  /** Batches between two looks whether what was acknowledged is found. */
  private static final int LOOK = 10;

  private static final int WARM_UP = 250_000;
  private static final int STREAM_PER_SECOND = 15_000;
  private static final int STREAM_BATCH = 150;
  private static final double MIB = 1 << 20;
  private static final long POLL_NANOS = 20_000_000;

  private final int count;
  private final int streamSeconds;
  private final Report report = new Report();

  /** Sampled vectors that a search right after their acknowledgement was to find. */
  private int looked;

  private int found;

  /**
   * @param streamSeconds how long queries are asked beside inserts
   */
  StoredVectorsBench(int count, int streamSeconds) {
    this.count = count;
    this.streamSeconds = streamSeconds;
  }

  Report run() throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.make("store")) {
      Supplier<float[]> source = GeneratedVectors.endless(DIMENSION, 1);
      float[][] queries = new float[QUERIES][];
      for (int i = 0; i < QUERIES; i++) {
        queries[i] = source.get();
      }
      System.err.println("store: making vectors");
      int all = count + streamSeconds * STREAM_PER_SECOND;
      try (MappedRows rows =
          MappedRows.write(folder.path().resolve("rows"), all, DIMENSION, source)) {
        Path store = folder.path().resolve("store");
        ingest(folder.path(), rows);
        mixed(store, rows, queries);
        reopen(store, queries);
      }
    }
    return report;
  }

  /** Vectors a second until they were acknowledged, and until the index had caught up. */
  private record Ingest(double acknowledged, double caughtUp) {}

  private void ingest(Path folder, MappedRows rows) {
    System.err.println("store: ingest");
    // Unmeasured, so that what is measured finds a compiled program.
    Ingest unused = ingest(folder.resolve("warm"), rows, Math.min(count, WARM_UP));
    assert unused != null;
    Ingest ingest = ingest(folder.resolve("store"), rows, count);
    add("durable upserts in batches of 1,000, acknowledged", "vectors/s", ingest.acknowledged);
    add("durable upserts, until the index has caught up", "vectors/s", ingest.caughtUp);
    report.atLeast("durable upserts/s, caught up (for 1M)", 30_000, 60_000, ingest.caughtUp);
    report.atLeast("found right after the acknowledgement, share", 1, 1, (double) found / looked);
  }

  private Ingest ingest(Path store, MappedRows rows, int vectors) {
    long started = System.nanoTime();
    double acknowledged;
    Engram engram = Engram.open(store);
    try (engram) {
      VectorCollection collection =
          engram.collection("vectors", CollectionConfig.ofDimension(DIMENSION));
      for (int i = 0, batch = 0; i < vectors; i += BATCH, batch++) {
        int to = Math.min(vectors, i + BATCH);
        collection.upsert(records(rows, i, to));
        if (batch % LOOK == 0) {
          look(collection, rows, to - 1);
        }
      }
      acknowledged = vectors / Measured.seconds(started);
      awaitCaughtUp(engram, collection);
    }
    return new Ingest(acknowledged, vectors / Measured.seconds(started));
  }

  /** Waits until the views have everything and the index has nothing urgent left to do. */
  private static void awaitCaughtUp(Engram engram, VectorCollection collection) {
    if (!engram.awaitViews(engram.lastCommit(), Duration.ofMinutes(10))) {
      throw new IllegalStateException("the views lag");
    }
    while (!collection.index().settled()) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private void look(VectorCollection collection, MappedRows rows, int row) {
    List<SearchHit> hits = collection.search(Search.nearest(rows.row(row)).limit(1));
    looked++;
    found += !hits.isEmpty() && hits.getFirst().id().equals(RecordId.of(row)) ? 1 : 0;
  }

  private void mixed(Path store, MappedRows rows, float[][] queries) throws IOException {
    System.err.println("store: queries beside inserts");
    try (Engram engram = Engram.open(store)) {
      VectorCollection collection = engram.collection("vectors");
      ask("queries, nothing else", collection, queries, new AtomicBoolean(true), 3);
      AtomicBoolean streaming = new AtomicBoolean(true);
      CompletableFuture<Double> writer =
          CompletableFuture.supplyAsync(() -> stream(collection, rows, streaming));
      double p99 = ask("queries beside inserts", collection, queries, streaming, 1_000);
      add("inserts beside queries", "vectors/s", written(writer));
      report.atMost("p99 of queries beside 15,000 inserts/s, ms (for 1M)", 10, 4, p99);
      recall(collection, rows, queries);
      double hot = (double) collection.index().hotBytes() / collection.count();
      report.atMost("hot bytes per vector of 384 components", 80, 64, hot);
      memory("process after inserts and queries");
    }
  }

  private static double written(CompletableFuture<Double> writer) {
    try {
      return writer.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("the inserts failed", e.getCause());
    }
  }

  /** Inserts what is left of the rows at a steady pace; returns how many a second. */
  private double stream(VectorCollection collection, MappedRows rows, AtomicBoolean streaming) {
    long started = System.nanoTime();
    try {
      for (int i = count; i < rows.count(); i += STREAM_BATCH) {
        long due = started + (i - count) * (1_000_000_000L / STREAM_PER_SECOND);
        long early = due - System.nanoTime();
        if (early > 0) {
          Thread.sleep(Duration.ofNanos(early));
        }
        collection.upsert(records(rows, i, Math.min(rows.count(), i + STREAM_BATCH)));
      }
      return (rows.count() - count) / Measured.seconds(started);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    } finally {
      streaming.set(false);
    }
  }

  /** Asks all queries again and again; returns the 99th percentile in ms. */
  private double ask(
      String what,
      VectorCollection collection,
      float[][] queries,
      AtomicBoolean goOn,
      int mostRounds) {
    Histogram nanos = new Histogram(3);
    for (int i = 0; goOn.get() && i < mostRounds * queries.length; i++) {
      long started = System.nanoTime();
      List<SearchHit> _ = collection.search(Search.nearest(queries[i % queries.length]));
      nanos.recordValue(System.nanoTime() - started);
    }
    add(what + ", p50", "ms", nanos.getValueAtPercentile(50) / 1e6);
    add(what + ", p99", "ms", nanos.getValueAtPercentile(99) / 1e6);
    add(what + ", p999", "ms", nanos.getValueAtPercentile(99.9) / 1e6);
    return nanos.getValueAtPercentile(99) / 1e6;
  }

  private void recall(VectorCollection collection, MappedRows rows, float[][] queries) {
    float[][] some = Arrays.copyOf(queries, CHECKED_QUERIES);
    Truth truth = Truth.of(rows, Scores.DOT, some, null, VectorBench.NEIGHBOURS);
    long right = 0;
    for (int i = 0; i < some.length; i++) {
      int[] hits =
          collection.search(Search.nearest(some[i])).stream()
              .mapToInt(hit -> Integer.parseInt(hit.id().toString()))
              .toArray();
      right += truth.right(i, hits);
    }
    double recall = (double) right / (some.length * VectorBench.NEIGHBOURS);
    add("recall@10 after the inserts", "", recall);
    report.atLeast("recall@10 in the store", .95, .97, recall);
  }

  private void reopen(Path store, float[][] queries) throws IOException {
    System.err.println("store: reopening");
    long started = System.nanoTime();
    try (Engram engram = Engram.open(store)) {
      VectorCollection collection = engram.collection("vectors");
      List<SearchHit> first = collection.search(Search.nearest(queries[0]));
      double seconds = Measured.seconds(started);
      if (first.isEmpty() || collection.count() < count) {
        throw new IllegalStateException("acknowledged vectors are gone: " + collection.count());
      }
      add("reopened to the first answer", "s", seconds);
      report.atMost("reopening to the first answer, s (for 1M)", 2, .3, seconds);
      ask("queries after reopening", collection, queries, new AtomicBoolean(true), 1);
      memory("process after reopening and queries");
    }
  }

  private void memory(String what) throws IOException {
    double heap = Heap.live() / MIB;
    add(what + ": live heap", "MiB", heap);
    ProcessMemory memory = ProcessMemory.now().orElse(null);
    if (memory != null) {
      add(what + ": anonymous", "MiB", memory.anonymousBytes() / MIB);
      add(what + ": mapped files", "MiB", memory.fileBytes() / MIB);
      String name = what + ", beyond mapped files, MiB (for 1M)";
      report.atMost(name, 600, 300, memory.anonymousBytes() / MIB);
    }
  }

  private static List<VectorRecord> records(MappedRows rows, int from, int to) {
    List<VectorRecord> records = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      records.add(VectorRecord.of(RecordId.of(i), rows.row(i)));
    }
    return records;
  }

  private void add(String what, String unit, double value) {
    String data = String.format(Locale.ROOT, "generated %d x %d", count, DIMENSION);
    report.add("engram", what, unit, value, Map.of("data", data));
  }
}
