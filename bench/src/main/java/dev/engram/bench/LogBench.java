package dev.engram.bench;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.Recall;
import dev.engram.RecordId;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;

/**
 * The log: durable commits beside RocksDB alone, batched learning, and many spaces. Every figure is
 * checked in its run: what was acknowledged is found after reopening.
 */
final class LogBench {
  private static final int ROUNDS = 3;
  private static final int VALUE_BYTES = 200;

  private final boolean quick;
  private final Report report = new Report();
  private final Path folder;
  private int stores;

  LogBench(boolean quick) throws IOException {
    this.quick = quick;
    this.folder = Files.createTempDirectory("engram-bench");
  }

  Report run() throws IOException, InterruptedException {
    try {
      long commitBytes = commitBytes();
      warmUp(commitBytes);
      commits(1, commitBytes);
      commits(64, commitBytes);
      learning(quick ? 30_000 : 200_000);
      spaces(quick ? 1_000 : 10_000, 100);
      streaming(quick ? 50_000 : 1_000_000);
      return report;
    } finally {
      delete(folder);
    }
  }

  /** Runs what is measured once unmeasured, so that every engine finds a compiled program. */
  private void warmUp(long commitBytes) throws IOException, InterruptedException {
    engramCommits(64);
    rawCommits(64, commitBytes);
    learn(next(), quick ? 20_000 : 50_000);
  }

  /** Durable commits of one 200-byte text each, against RocksDB with the same rows and bytes. */
  private void commits(int threads, long commitBytes) throws IOException, InterruptedException {
    List<Double> engram = new ArrayList<>();
    List<Double> raw = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      engram.add(engramCommits(threads));
      raw.add(rawCommits(threads, commitBytes));
    }
    Map<String, Object> params =
        Map.of("threads", threads, "valueBytes", VALUE_BYTES, "commitBytes", commitBytes);
    String what = "durable commits, " + threads + " writers";
    report.add("engram", what, "commits/s", Measured.median(engram), params);
    report.add("rocksdb", what, "commits/s", Measured.median(raw), params);
    report.atLeast(
        what + " / RocksDB, same bytes", .7, .9, Measured.median(engram) / Measured.median(raw));
  }

  private double engramCommits(int threads) throws IOException, InterruptedException {
    Path store = next();
    double rate;
    long done;
    try (Engram engram = Engram.open(store)) {
      VectorCollection docs = engram.collection("docs", CollectionConfig.textOnly());
      String text = "x".repeat(VALUE_BYTES);
      AtomicLong count = new AtomicLong();
      rate = rate(threads, count, n -> docs.upsert(VectorRecord.of(RecordId.of(n)).withText(text)));
      done = count.get();
    }
    try (Engram engram = Engram.open(store)) {
      Measured.require(
          engram.collection("docs").count() == done, "acknowledged commits are missing");
    }
    delete(store);
    return rate;
  }

  private double rawCommits(int threads, long commitBytes)
      throws IOException, InterruptedException {
    Path store = Files.createDirectories(next());
    try (RawLog raw = new RawLog(store, commitBytes)) {
      return rate(threads, new AtomicLong(), raw::commit);
    } catch (RocksDBException e) {
      throw new IOException(e);
    } finally {
      delete(store);
    }
  }

  /** What a commit of the same record adds to the write-ahead log. */
  private long commitBytes() throws IOException {
    Path store = next();
    int commits = 1_000;
    try (Engram engram = Engram.open(EngramConfig.at(store))) {
      VectorCollection docs = engram.collection("docs", CollectionConfig.textOnly());
      long before = walBytes(store);
      for (int n = 0; n < commits; n++) {
        docs.upsert(VectorRecord.of(RecordId.of(n)).withText("x".repeat(VALUE_BYTES)));
      }
      return (walBytes(store) - before) / commits;
    } finally {
      delete(store);
    }
  }

  private static long walBytes(Path store) throws IOException {
    try (Stream<Path> files = Files.list(store.resolve("log"))) {
      return files
          .filter(f -> f.toString().endsWith(".log"))
          .mapToLong(f -> f.toFile().length())
          .sum();
    }
  }

  /** Batched learning of 1 KB texts without an embedder, searchable at the end. */
  private void learning(int texts) throws IOException {
    List<Double> rates = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      rates.add(learn(next(), texts));
    }
    double rate = Measured.median(rates);
    report.add(
        "engram", "batched learn of 1 KB, searchable", "texts/s", rate, Map.of("texts", texts));
    report.atLeast("batched learn of 1 KB texts, BM25 searchable", 8_000, 15_000, rate);
  }

  private static double learn(Path store, int texts) throws IOException {
    double rate;
    try (Engram engram = Engram.open(store)) {
      MemorySpace space = engram.space("s");
      long started = System.nanoTime();
      long learned =
          space.learnAll(Texts.kilobytes(texts).map(Learning::of).iterator(), Progress.NONE);
      Measured.require(
          engram.awaitViews(engram.lastCommit(), Duration.ofMinutes(5)), "the views lag");
      Measured.require(
          !space.recall(Recall.about("unique" + (texts - 1))).isEmpty(), "not searchable");
      rate = learned / Measured.seconds(started);
      Measured.require(space.count() == texts, "texts are missing");
    }
    delete(store);
    return rate;
  }

  /** Opening a store of many spaces to the first answer, and the heap that idle ones take. */
  private void spaces(int spaces, int memories) throws IOException, InterruptedException {
    Path store = next();
    manySpaces(store, spaces, memories);
    long started = System.nanoTime();
    try (Engram engram = Engram.open(store)) {
      Measured.require(
          engram.space("space " + (spaces - 1)).recall("memory 7").size() == 10, "recall is short");
      double open = Measured.seconds(started);
      Map<String, Object> params = Map.of("spaces", spaces, "memories", memories);
      report.add("engram", "open " + spaces + " spaces × " + memories, "s", open, params);
      report.atMost("open many spaces to the first recall, s", 2, .5, open);
      Measured.require(
          engram.stats().records() == (long) spaces * memories, "memories are missing");
    }
    Path one = next();
    manySpaces(one, 1, memories);
    double each = IdleSpaces.heapEach(store, one, spaces);
    Map<String, Object> params = Map.of("spaces", spaces, "memories", memories);
    report.add("engram", "heap of an idle space", "bytes", each, params);
    report.atMost("heap of an idle space, bytes", 4_096, 1_024, each);
    delete(one);
    delete(store);
  }

  private static void manySpaces(Path store, int spaces, int memories) {
    try (Engram engram = Engram.open(store)) {
      for (int i = 0; i < spaces; i++) {
        int number = i;
        engram
            .space("space " + i)
            .learn(
                IntStream.range(0, memories)
                    .mapToObj(n -> Learning.of("memory " + n + " of space " + number))
                    .toList());
      }
    }
  }

  /** Many records through a small heap, in a process of its own. */
  private void streaming(int records) throws IOException, InterruptedException {
    StreamedRecords.Outcome outcome = StreamedRecords.inOwnProcess(next(), records);
    Map<String, Object> params = Map.of("records", records, "heapMiB", StreamedRecords.HEAP_MIB);
    String what = "stream of 1 KB records, -Xmx" + StreamedRecords.HEAP_MIB + "m";
    report.add("engram", what, "records/s", outcome.perSecond(), params);
    report.add("engram", what + ", live heap at most", "MiB", outcome.mostLiveMiB(), params);
    report.atLeast(
        "records streamed through a small heap",
        (double) records,
        (double) records,
        (double) outcome.records());
  }

  private double rate(int threads, AtomicLong count, LongConsumer commit)
      throws InterruptedException {
    long runNanos = quick ? 1_500_000_000L : 5_000_000_000L;
    long started = System.nanoTime();
    List<Thread> writers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      writers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (System.nanoTime() - started < runNanos) {
                  commit.accept(count.getAndIncrement());
                }
              }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    return count.get() / Measured.seconds(started);
  }

  private Path next() {
    return folder.resolve("store" + stores++);
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
