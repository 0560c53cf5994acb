package dev.engram.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionConfig;
import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.Metadata;
import dev.engram.MetadataPatch;
import dev.engram.OverloadedException;
import dev.engram.RecordId;
import dev.engram.Stats.ViewStats;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the store promises to a view, shown with a strict one of the test's own. */
class ViewContractTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Warns of each failure; here they are provoked. */
  private static final Logger WARNINGS = Logger.getLogger("dev.engram.internal.view");

  @TempDir Path directory;

  @BeforeAll
  static void expectWarnings() {
    WARNINGS.setLevel(Level.OFF);
  }

  @AfterAll
  static void showWarnings() {
    WARNINGS.setLevel(null);
  }

  /** Keeps the texts by ordinal, in memory, and its watermark in a file. */
  private static final class Recorder implements View {
    private final Mode mode;
    private final TreeMap<Integer, String> texts = new TreeMap<>();
    private final AtomicInteger rebuilds = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private Optional<Path> file = Optional.empty();
    private boolean keepsContent;
    private long last;
    private boolean busy;

    Recorder(Mode mode) {
      this.mode = mode;
    }

    @Override
    public String name() {
      return "recorder";
    }

    @Override
    public Mode mode() {
      return mode;
    }

    @Override
    public Optional<CommitId> open(ViewContext context) {
      file = context.directory().map(d -> d.resolve("watermark"));
      if (!keepsContent || file.isEmpty() || !Files.exists(file.get())) {
        return Optional.empty();
      }
      try {
        String stored = Files.readString(file.get());
        int slash = stored.indexOf('/');
        last = Long.parseLong(stored.substring(slash + 1));
        return Optional.of(new CommitId(Long.parseLong(stored.substring(0, slash)), last));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public synchronized void rebuild(StateSnapshot state) {
      rebuilds.incrementAndGet();
      texts.clear();
      state.forEachCollection(c ->
          state.forEachRecord(c, false, r -> texts.put(r.ordinal(), String.valueOf(r.text()))));
      last = state.commit().lsn();
    }

    @Override
    public synchronized void apply(Commit commit) {
      assertFalse(busy, "two threads in one view");
      busy = true;
      try {
        if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
          throw new IllegalStateException("the view is told to fail");
        }
        assertEquals(last + 1, commit.id().lsn(), "a commit is missing or came twice");
        last = commit.id().lsn();
        commit.changes().forEach(this::apply);
      } finally {
        busy = false;
      }
    }

    private void apply(Change change) {
      switch (change) {
        case Change.RecordPut put ->
            texts.put(put.record().ordinal(), String.valueOf(put.record().text()));
        case Change.RecordRemoved removed -> texts.remove(removed.ordinal());
        default -> {}
      }
    }

    @Override
    public void publish(CommitId watermark) {
      file.ifPresent(f -> {
        try {
          Files.writeString(f, watermark.toString());
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
    }

    @Override
    public boolean wantsPublish() {
      return false;
    }

    @Override
    public synchronized void verify(StateSnapshot state, Findings findings) {
      TreeMap<Integer, String> expected = new TreeMap<>();
      state.forEachCollection(c ->
          state.forEachRecord(c, false, r -> expected.put(r.ordinal(), String.valueOf(r.text()))));
      if (!expected.equals(texts)) {
        findings.add("recorded " + texts.size() + ", stored " + expected.size());
      }
    }

    @Override
    public void close() {}

    synchronized List<String> texts() {
      return List.copyOf(texts.values());
    }
  }

  @ParameterizedTest
  @EnumSource(View.Mode.class)
  void appliesEveryCommitOnceAndInOrder(View.Mode mode) {
    Recorder view = new Recorder(mode);
    try (Engram engram = open(view)) {
      VectorCollection docs = engram.collection("docs", CollectionConfig.textOnly());
      for (int i = 0; i < 50; i++) {
        docs.upsert(VectorRecord.ofText("id" + i % 40, "text " + i));
      }
      assertTrue(engram.awaitViews(engram.lastCommit(), LONG));
      assertEquals(40, view.texts().size());
      assertTrue(engram.check().ok(), engram.check().toString());
    }
  }

  @ParameterizedTest
  @EnumSource(View.Mode.class)
  void rebuildsAViewThatFailsAndFailsNoCommit(View.Mode mode) {
    Recorder view = new Recorder(mode);
    try (Engram engram = open(view)) {
      VectorCollection docs = engram.collection("docs", CollectionConfig.textOnly());
      docs.upsert(VectorRecord.ofText("a", "one"));
      assertTrue(engram.awaitViews(engram.lastCommit(), LONG));
      int before = view.rebuilds.get();
      view.failures.set(1);
      docs.upsert(VectorRecord.ofText("b", "two"));
      docs.upsert(VectorRecord.ofText("c", "three"));
      assertTrue(engram.awaitViews(engram.lastCommit(), LONG));
      assertEquals(List.of("one", "two", "three"), view.texts());
      assertEquals(before + 1, view.rebuilds.get());
      assertEquals("current", stats(engram).state());
      assertTrue(engram.check().ok(), engram.check().toString());
    }
  }

  @Test
  void replaysWhatAViewMissedWhileItWasAway() {
    Recorder first = new Recorder(View.Mode.LAGGING);
    try (Engram engram = open(first)) {
      engram
          .collection("docs", CollectionConfig.textOnly())
          .upsert(VectorRecord.ofText("a", "one"));
      assertTrue(engram.awaitViews(engram.lastCommit(), LONG));
    }
    try (Engram engram = Engram.open(directory)) {
      engram.collection("docs").upsert(VectorRecord.ofText("b", "two"));
    }
    Recorder second = new Recorder(View.Mode.LAGGING);
    second.keepsContent = true;
    second.texts.putAll(first.texts);
    try (Engram engram = open(second)) {
      assertTrue(engram.awaitViews(engram.lastCommit(), LONG));
      assertEquals(List.of("one", "two"), second.texts());
      assertEquals(0, second.rebuilds.get());
      assertTrue(engram.check().ok(), engram.check().toString());
    }
  }

  @ParameterizedTest
  @EnumSource(View.Mode.class)
  void replaysTheCommitsAsTheyWereWhenTheyWereMade(View.Mode mode) {
    FeedView live = FeedView.of(mode);
    try (Engram engram = open(live)) {
      changeEverything(engram);
      assertTrue(engram.awaitViews(engram.lastCommit(), LONG));
    }
    FeedView replayed = FeedView.of(mode);
    try (Engram engram = open(replayed)) {
      assertTrue(engram.awaitViews(engram.lastCommit(), LONG));
    }
    assertFalse(live.commits().isEmpty());
    assertEquals(live.commits(), replayed.commits());
  }

  private static void changeEverything(Engram engram) {
    VectorCollection docs = engram.collection("docs", CollectionConfig.ofDimension(2));
    VectorRecord record = VectorRecord.of("a", new float[] {1, 2}).withText("one");
    docs.upsert(record.withMetadata(Metadata.of("n", 1)).withTimeToLive(LONG));
    docs.upsert(record.withMetadata(Metadata.of("n", 2)));
    docs.upsert(VectorRecord.of("a", new float[] {2, 1}));
    assertTrue(docs.patch("a", MetadataPatch.empty().set("n", 3)));
    assertTrue(docs.delete("a"));
    MemorySpace space = engram.space("s");
    RecordId first = space.learn("the first").id();
    RecordId second = space.learn("the second").id();
    space.associate(first, second);
    space.associate(first, second);
    space.learn(Learning.of("the second").allowDuplicates());
    assertTrue(space.update(first, "the first, again"));
    assertTrue(space.forget(second));
    engram.catalog().rename("docs", "papers");
    assertTrue(engram.catalog().drop("papers"));
  }

  @Test
  void makesWritersWaitForAPlaceAndRefusesThemWhenTheyHaveWaitedTooLong()
      throws InterruptedException {
    FeedView view = FeedView.thatWaits();
    EngramConfig config =
        EngramConfig.inMemory().queueLimit(1).queueTimeout(Duration.ofMillis(50)).view(view);
    try (Engram engram = Engram.open(config)) {
      MemorySpace space = engram.space("s");
      Thread leader = Thread.ofPlatform().start(() -> space.learn("the first"));
      view.awaitRecord();
      OverloadedException e =
          assertThrows(OverloadedException.class, () -> space.learn("one too many"));
      assertTrue(String.valueOf(e.getMessage()).contains("limit=1"), e.getMessage());
      view.release();
      leader.join();
      space.learn("later");
      assertEquals(2, space.count());
    } finally {
      view.release();
    }
  }

  @Test
  void rebuildsAViewThatIsAheadOfTheLog() throws IOException {
    Recorder view = new Recorder(View.Mode.LAGGING);
    view.keepsContent = true;
    Path own = directory.resolve("views").resolve("recorder");
    try (Engram engram = Engram.open(directory)) {
      engram
          .collection("docs", CollectionConfig.textOnly())
          .upsert(VectorRecord.ofText("a", "one"));
    }
    Files.createDirectories(own);
    Files.writeString(own.resolve("watermark"), "1/999");
    try (Engram engram = open(view)) {
      assertTrue(engram.awaitViews(engram.lastCommit(), LONG));
      assertEquals(1, view.rebuilds.get());
      assertEquals(List.of("one"), view.texts());
    }
  }

  @Test
  void tellsInACheckThatAViewDiffers() {
    Recorder view = new Recorder(View.Mode.LAGGING);
    try (Engram engram = open(view)) {
      engram
          .collection("docs", CollectionConfig.textOnly())
          .upsert(VectorRecord.ofText("a", "one"));
      assertTrue(engram.awaitViews(engram.lastCommit(), LONG));
      view.texts.clear();
      assertEquals("view recorder", engram.check().findings().getFirst().where());
    }
  }

  @Test
  void refusesTwoViewsOfOneName() {
    EngramConfig config =
        EngramConfig.inMemory()
            .view(new Recorder(View.Mode.LAGGING))
            .view(new Recorder(View.Mode.LAGGING));
    assertThrows(InvalidInputException.class, () -> Engram.open(config));
  }

  private Engram open(View view) {
    return Engram.open(EngramConfig.at(directory).view(view));
  }

  private static ViewStats stats(Engram engram) {
    return engram.stats().views().stream()
        .filter(v -> v.name().equals("recorder"))
        .findFirst()
        .orElseThrow();
  }
}
