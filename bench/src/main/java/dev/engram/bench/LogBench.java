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
import java.util.Random;
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
      commits(1, commitBytes);
      commits(64, commitBytes);
      learning(quick ? 30_000 : 200_000);
      spaces(quick ? 1_000 : 10_000, 100);
      return report;
    } finally {
      delete(folder);
    }
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
    report.add("engram", what, "commits/s", median(engram), params);
    report.add("rocksdb", what, "commits/s", median(raw), params);
    report.atLeast(what + " / RocksDB, same bytes", .7, .9, median(engram) / median(raw));
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
      require(engram.collection("docs").count() == done, "acknowledged commits are missing");
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
    Path store = next();
    Random random = new Random(1);
    try (Engram engram = Engram.open(store)) {
      MemorySpace space = engram.space("s");
      long started = System.nanoTime();
      long learned =
          space.learnAll(
              IntStream.range(0, texts).mapToObj(n -> Learning.of(text(random, n))).iterator(),
              Progress.NONE);
      require(engram.awaitViews(engram.lastCommit(), Duration.ofMinutes(5)), "the views lag");
      require(!space.recall(Recall.about("unique" + (texts - 1))).isEmpty(), "not searchable");
      double rate = learned / seconds(started);
      report.add(
          "engram", "batched learn of 1 KB, searchable", "texts/s", rate, Map.of("texts", texts));
      report.atLeast("batched learn of 1 KB texts, BM25 searchable", 8_000, 15_000, rate);
      require(space.count() == texts, "texts are missing");
    }
    delete(store);
  }

  /** Opening a store of many spaces, to the first answer. */
  private void spaces(int spaces, int memories) throws IOException {
    Path store = next();
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
    long started = System.nanoTime();
    try (Engram engram = Engram.open(store)) {
      require(
          engram.space("space " + (spaces - 1)).recall("memory 7").size() == 10, "recall is short");
      double open = seconds(started);
      Map<String, Object> params = Map.of("spaces", spaces, "memories", memories);
      report.add("engram", "open " + spaces + " spaces × " + memories, "s", open, params);
      report.atMost("open many spaces to the first recall, s", 2, .5, open);
      require(engram.stats().records() == (long) spaces * memories, "memories are missing");
    }
    delete(store);
  }

  private static String text(Random random, int number) {
    StringBuilder text = new StringBuilder("unique").append(number);
    while (text.length() < 1_000) {
      text.append(' ')
          .append(WORDS[(int) (WORDS.length * random.nextDouble() * random.nextDouble())]);
    }
    return text.toString();
  }

  private static final String[] WORDS =
      IntStream.range(0, 20_000)
          .mapToObj(n -> "w" + Integer.toString(n * 7_919, 36))
          .toArray(String[]::new);

  private double rate(int threads, AtomicLong count, LongConsumer commit)
      throws InterruptedException {
    long runNanos = quick ? 1_000_000_000L : 5_000_000_000L;
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
    return count.get() / seconds(started);
  }

  private Path next() {
    return folder.resolve("store" + stores++);
  }

  private static double seconds(long startedNanos) {
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException("the run is not correct: " + otherwise);
    }
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
