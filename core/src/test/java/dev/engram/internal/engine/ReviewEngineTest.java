package dev.engram.internal.engine;

import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Metric;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.internal.view.StateReader;
import dev.engram.spi.Change;
import dev.engram.spi.StateSnapshot;
import dev.engram.spi.StateSnapshot.CollectionRow;
import dev.engram.spi.View.Findings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewEngineTest {
  @TempDir Path directory;

  private static VectorCollection filled(Engram engram, String name, int n, int d) {
    VectorCollection docs =
        engram.collection(name, CollectionConfig.ofDimension(d).metric(Metric.EUCLIDEAN));
    Random r = new Random(1);
    List<VectorRecord> batch = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      float[] row = new float[d];
      for (int j = 0; j < d; j++) row[j] = (float) r.nextGaussian();
      batch.add(VectorRecord.of(RecordId.of(i), row));
      if (batch.size() == 1000) {
        docs.upsert(batch);
        batch.clear();
      }
    }
    if (!batch.isEmpty()) docs.upsert(batch);
    return docs;
  }

  @Test
  void deadlock() throws Exception {
    try (Engram engram = Engram.open(directory)) {
      OpenStore store = (OpenStore) engram;
      filled(engram, "a", 10, 4);
      filled(engram, "b", 10, 4);
      CollectionRow a = store.catalogState().find("a").row();
      CollectionRow b = store.catalogState().find("b").row();
      CountDownLatch loading = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      Partitions.Kind<Object> kind =
          new Partitions.Kind<>() {
            @Override public String name() { return "x"; }
            @Override public Object load(CollectionRow c, StateReader s) {
              if (c.number() == a.number()) {
                loading.countDown();
                try { go.await(); } catch (InterruptedException e) { throw new AssertionError(e); }
              }
              return new Object();
            }
            @Override public void put(Object i, Change.RecordPut put) {}
            @Override public void remove(Object i, int ordinal) {}
            @Override public void atomically(Object i, Runnable changes) { changes.run(); }
            @Override public long bytes(Object i) { return 1; }
            @Override public void verify(Object i, CollectionRow c, StateSnapshot s, Findings f) {}
          };
      Partitions<Object> partitions = new Partitions<>(kind, store.log(), 1000);
      Thread first = Thread.ofPlatform().daemon().start(() -> partitions.get(a));
      loading.await();
      // As Searcher.steady does in its last attempt
      Thread second =
          Thread.ofPlatform().daemon().start(() -> store.log().exclusively(() -> partitions.get(b)));
      Thread.sleep(300);
      go.countDown();
      first.join(3_000);
      second.join(1_000);
      System.out.println("REVIEW deadlock: first alive=" + first.isAlive() + " second alive=" + second.isAlive());
      if (first.isAlive()) {
        for (StackTraceElement e : first.getStackTrace()) if (e.getClassName().contains("engram")) System.out.println("REVIEW   first " + e);
        for (StackTraceElement e : second.getStackTrace()) if (e.getClassName().contains("engram")) System.out.println("REVIEW   second " + e);
        AtomicBoolean wrote = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().daemon().start(() -> { filled(engram, "a", 1, 4); wrote.set(true); });
        writer.join(3_000);
        System.out.println("REVIEW deadlock: a commit went through=" + wrote.get());
        Runtime.getRuntime().halt(0);
      }
    }
  }

  @Test
  void dropDuringLoad() throws Exception {
    Path dir = directory.resolve("s");
    try (Engram engram = Engram.open(dir)) {
      filled(engram, "a", 30_000, 16);
    }
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean once = new AtomicBoolean();
    try (Engram engram =
        EngineFactory.open(
            EngramConfig.at(dir),
            point -> {
              if (point.equals("vectors-segments-durable") && once.compareAndSet(false, true)) {
                loading.countDown();
                try { go.await(); } catch (InterruptedException e) { throw new AssertionError(e); }
              }
            })) {
      OpenStore store = (OpenStore) engram;
      Thread reader =
          Thread.ofPlatform().start(() -> {
            try {
              System.out.println("REVIEW drop: search found " + engram.collection("a").search(Search.nearest(new float[16]).limit(3)).size());
            } catch (RuntimeException e) {
              System.out.println("REVIEW drop: search threw " + e);
            }
          });
      loading.await();
      engram.catalog().drop("a");
      Thread.sleep(500);
      go.countDown();
      reader.join();
      Thread.sleep(3_000);
      System.out.println("REVIEW drop: indexes fed=" + store.vectors().all().size()
          + " info=" + store.vectors().all().stream().map(i -> i.info(.95)).toList()
          + " bytes=" + store.vectors().bytes());
      try (Stream<Path> files = Files.walk(dir.resolve("views/vectors"))) {
        System.out.println("REVIEW drop: files " + files.map(f -> dir.relativize(f).toString()).toList());
      }
    }
  }

  @org.junit.jupiter.params.ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(strings = {"vectors-segments-durable", "vectors-manifest-replaced", "vectors-segment-allocated"})
  void closeDuringLoad(String where) throws Exception {
    System.out.println("REVIEW close at " + where);
    Path dir = directory.resolve("s" + where);
    try (Engram engram = Engram.open(dir)) {
      filled(engram, "a", 30_000, 16);
    }
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean once = new AtomicBoolean();
    Engram engram =
        EngineFactory.open(
            EngramConfig.at(dir),
            point -> {
              if (point.equals(where) && once.compareAndSet(false, true)) {
                loading.countDown();
                try { go.await(); } catch (InterruptedException e) { throw new AssertionError(e); }
              }
            });
    Thread reader =
        Thread.ofPlatform().daemon().start(() -> {
          try {
            System.out.println("REVIEW close: search found " + engram.collection("a").search(Search.nearest(new float[16]).limit(3)).size());
          } catch (RuntimeException e) {
            System.out.println("REVIEW close: search threw " + e);
          }
        });
    loading.await();
    Thread closer = Thread.ofPlatform().daemon().start(engram::close);
    closer.join(5_000);
    System.out.println("REVIEW close: returned while a load publishes=" + !closer.isAlive());
    if (!closer.isAlive()) {
      try (Engram again = Engram.open(dir)) {
        System.out.println("REVIEW close: reopened, found " + again.collection("a").search(Search.nearest(new float[16]).limit(3)).size());
        System.out.println("REVIEW close: files " + list(dir));
        go.countDown();
        reader.join(20_000);
        System.out.println("REVIEW close: after the old load went on: files " + list(dir));
        System.out.println("REVIEW close: index " + again.collection("a").index());
      }
      try (Engram again = Engram.open(dir)) {
        System.out.println("REVIEW close: at the end found " + again.collection("a").search(Search.nearest(new float[16]).limit(3)).size() + again.collection("a").index());
      }
    }
    go.countDown();
  }

  private static List<String> list(Path dir) throws Exception {
    try (Stream<Path> files = Files.walk(dir.resolve("views/vectors"))) {
      return files.map(f -> dir.relativize(f).toString()).sorted().toList();
    }
  }

  @Test
  void directoryCannotBeWritten() throws Exception {
    Path dir = directory.resolve("s");
    try (Engram engram = Engram.open(dir)) {
      filled(engram, "a", 30_000, 16);
    }
    try (Engram engram = Engram.open(dir)) {
      OpenStore store = (OpenStore) engram;
      // A file where the directory of the index would be: no segment can be written.
      CollectionRow a = store.catalogState().find("a").row();
      Path own = dir.resolve("views/vectors/" + a.number() + "-" + a.epoch());
      Path full = Path.of(System.getProperty("review.full", "/tmp/review/full"));
      if (Files.isDirectory(full)) {
        Files.createDirectories(own.getParent());
        Files.deleteIfExists(own);
        Files.createSymbolicLink(own, full);
      }
      for (int i = 0; i < 3; i++) {
        try {
          System.out.println("REVIEW full: search found " + engram.collection("a").search(Search.nearest(new float[16]).limit(3)).size());
        } catch (Throwable e) {
          System.out.println("REVIEW full: search threw " + e + " cause " + e.getCause());
        }
      }
    }
  }
}
