package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.ClosedException;
import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.EngramException;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vector indexes that are loaded while something else happens. */
class VectorKindTest {
  private static final int COUNT = 9_000;
  private static final int DIMENSION = 8;
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;
  private final CountDownLatch loading = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private final AtomicBoolean once = new AtomicBoolean();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answersFromTheLogWhereAnIndexCannotBeWritten(boolean mapped) {
    try (Engram engram = Engram.open(directory)) {
      fill(engram, "a", COUNT);
    }
    AtomicBoolean full = new AtomicBoolean(true);
    try (Engram engram = open("vectors-segment-allocated", () -> fail(full, mapped))) {
      VectorCollection docs = engram.collection("a");
      for (int i = 0; i < COUNT; i += 500) {
        Search search = Search.nearest(row(i)).limit(1);
        assertEquals(RecordId.of(i), docs.search(search).getFirst().record().id());
      }
      full.set(false);
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private static void fail(AtomicBoolean full, boolean mapped) {
    if (full.get() && mapped) {
      throw new InternalError("a fault occurred in an unsafe memory access operation");
    }
    if (full.get()) {
      throw new UncheckedIOException(new IOException("no space left on device"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vectors-segments-durable", "vectors-segment-allocated"})
  void waitsAtCloseForAnIndexThatIsBeingLoaded(String where) throws Exception {
    try (Engram engram = Engram.open(directory)) {
      fill(engram, "a", COUNT);
    }
    Engram engram = open(where, this::pause);
    AtomicReference<@Nullable EngramException> failure = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform().daemon().start(() -> failure.set(failureOf(engram.collection("a"))));
    loading.await();
    Thread closer = Thread.ofPlatform().daemon().start(engram::close);
    assertFalse(closer.join(Duration.ofMillis(300)), "closed beside a load that writes");
    go.countDown();
    assertTrue(closer.join(SOON) && reader.join(SOON));
    assertInstanceOf(ClosedException.class, failure.get());
    try (Engram again = Engram.open(directory)) {
      assertEquals(3, again.collection("a").search(Search.nearest(row(1)).limit(3)).size());
      assertTrue(again.check().ok(), () -> again.check().toString());
    }
  }

  private static @Nullable EngramException failureOf(VectorCollection docs) {
    try {
      docs.search(Search.nearest(row(1)).limit(3));
      return null;
    } catch (EngramException e) {
      return e;
    }
  }

  @Test
  void loadsNothingWhileCommitsAreHeldUp() throws Exception {
    try (Engram engram = Engram.open(directory)) {
      OpenStore store = (OpenStore) engram;
      fill(engram, "a", 10);
      fill(engram, "b", 10);
      CollectionRow first = store.catalogState().find("a").row();
      CollectionRow second = store.catalogState().find("b").row();
      Partitions<Object> partitions = new Partitions<>(new Paused(), store.log(), 1_000);
      Thread loader = Thread.ofPlatform().daemon().start(() -> partitions.get(first));
      loading.await();
      // Else it waits for the load, which waits for commits.
      assertThrows(
          Partitions.NotLoadedException.class,
          () -> store.log().exclusively(() -> partitions.get(second)));
      go.countDown();
      assertTrue(loader.join(SOON));
      Object loaded = partitions.get(first);
      store.log().exclusively(() -> assertEquals(loaded, partitions.get(first)));
    }
  }

  /** Indexes of nothing, the first of which is loaded slowly. */
  private final class Paused implements Partitions.Kind<Object> {
    @Override
    public String name() {
      return "paused";
    }

    @Override
    public Object load(CollectionRow collection, StateReader state) {
      pause();
      return new Object();
    }

    @Override
    public void put(Object index, Change.RecordPut put) {}

    @Override
    public void remove(Object index, int ordinal) {}

    @Override
    public void atomically(Object index, Runnable changes) {
      changes.run();
    }

    @Override
    public long bytes(Object index) {
      return 1;
    }

    @Override
    public void verify(
        Object index, CollectionRow collection, StateSnapshot state, Findings findings) {}
  }

  @Test
  void letsGoTheIndexOfACollectionThatIsDroppedWhileItIsLoaded() throws Exception {
    try (Engram engram = Engram.open(directory)) {
      fill(engram, "a", COUNT);
    }
    try (Engram engram = open("vectors-segments-durable", this::pause)) {
      VectorCollection docs = engram.collection("a");
      Thread reader = Thread.ofPlatform().daemon().start(() -> failureOf(docs));
      loading.await();
      assertTrue(engram.catalog().drop("a"));
      go.countDown();
      assertTrue(reader.join(SOON));
      assertEquals(List.of(), ((OpenStore) engram).vectors().all());
      long deadline = System.nanoTime() + SOON.toNanos();
      while (!segments().isEmpty()) {
        assertTrue(System.nanoTime() < deadline, "segments of a dropped collection stay");
        Thread.sleep(20);
      }
    }
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("views/vectors"))) {
      return files.filter(Files::isRegularFile).toList();
    } catch (UncheckedIOException e) {
      // Deleted meanwhile.
      return List.of(directory);
    }
  }

  private Engram open(String where, Runnable then) {
    return EngineFactory.open(
        EngramConfig.at(directory),
        point -> {
          if (point.equals(where)) {
            then.run();
          }
        });
  }

  /** The first time it waits until the test goes on. */
  private void pause() {
    if (once.compareAndSet(false, true)) {
      loading.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void fill(Engram engram, String name, int count) {
    VectorCollection docs =
        engram.collection(name, CollectionConfig.ofDimension(DIMENSION).metric(Metric.EUCLIDEAN));
    List<VectorRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(VectorRecord.of(RecordId.of(i), row(i)));
    }
    docs.upsert(records);
  }

  private static float[] row(int i) {
    Random random = new Random(i);
    float[] row = new float[DIMENSION];
    for (int j = 0; j < DIMENSION; j++) {
      row[j] = (float) random.nextGaussian();
    }
    return row;
  }
}
