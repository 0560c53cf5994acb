package dev.engram.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CheckLevel;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Filter;
import dev.engram.Forgetting;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.MemoryVersion;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.SearchHit;
import dev.engram.TestClock;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A store that the code of a release wrote is opened by the code of every later one. */
class GoldenStoreTest {
  @TempDir Path folder;
  private final TestClock clock = GoldenStore.clockAtItsEnd();

  static List<String> stores() {
    return GoldenFiles.all();
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(GoldenStoreTest.class.getResourceAsStream("/golden/" + name));
  }

  private Path unpacked(String name) throws IOException {
    Path store = folder.resolve("store");
    try (InputStream in = resource(name + ".zip")) {
      GoldenFiles.unpack(in, store);
    }
    return store;
  }

  private static List<String> said(String name) throws IOException {
    try (InputStream in = resource(name + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private Engram open(Path store) {
    EngramConfig config = GoldenStore.config(store, clock).createIfMissing(false);
    return Engram.open(config);
  }

  private static void assertHealthy(Engram engram) {
    for (CheckLevel level : CheckLevel.values()) {
      assertTrue(
          engram.check(level, Progress.NONE).ok(),
          () -> engram.check(level, Progress.NONE).toString());
    }
    assertEquals(List.of(), engram.auditLog().verify(Optional.empty()).findings());
  }

  @ParameterizedTest
  @MethodSource("stores")
  void saysWhatItSaid(String name) throws IOException {
    Path store = unpacked(name);
    try (Engram engram = open(store)) {
      assertEquals(String.join("\n", said(name)), String.join("\n", StoreDump.of(engram)));
      assertHealthy(engram);
    }
  }

  @ParameterizedTest
  @MethodSource("stores")
  void isFoundInAndWrittenToAndOpenedAgain(String name) throws IOException {
    Path store = unpacked(name);
    try (Engram engram = open(store)) {
      assertFound(engram);
      change(engram);
      assertHealthy(engram);
    }
    try (Engram engram = open(store)) {
      assertFound(engram);
      assertChanged(engram);
      assertHealthy(engram);
    }
  }

  private static void assertFound(Engram engram) {
    VectorCollection docs = engram.collection(GoldenStore.DOCS);
    for (int number : new int[] {0, 1, 350, GoldenStore.RECORDS - 2}) {
      SearchHit nearest = docs.search(Search.nearest(GoldenStore.vector(number))).getFirst();
      assertEquals(RecordId.of(number), nearest.id());
    }
    Search third = Search.nearest(GoldenStore.vector(2)).where(Filter.eq("third", 1)).limit(1);
    assertTrue(docs.search(third).getFirst().id() instanceof RecordId.Unsigned);
    MemorySpace space = engram.space("helper");
    assertEquals(GoldenStore.TEA, space.recall("black tea").getFirst().memory().id());
    List<MemoryVersion> versions = space.history(GoldenStore.TEA);
    assertEquals("Alice prefers green tea", versions.getFirst().text());
  }

  private void change(Engram engram) {
    MemorySpace space = engram.space(GoldenStore.SPACE);
    Forgetting undoable =
        space.forgettings().stream()
            .filter(each -> each.state() == Forgetting.State.UNDOABLE)
            .findFirst()
            .orElseThrow();
    assertEquals(1, space.undo(undoable.operation()));
    clock.pass(Duration.ofMinutes(1));
    Memory learned = space.learn("Alice has a bicycle");
    assertTrue(space.update(GoldenStore.KYOTO, "Alice moved to Kyoto in spring"));
    var _ = space.associate(learned.id(), GoldenStore.RAIN);
    space.sleep();
    space.consolidate();
    float[] far = new float[GoldenStore.DIMENSION];
    java.util.Arrays.fill(far, 50);
    engram.collection(GoldenStore.DOCS).upsert(VectorRecord.of("far", far));
  }

  private static void assertChanged(Engram engram) {
    MemorySpace space = engram.space(GoldenStore.SPACE);
    assertEquals("bicycle", space.recall("bicycle").getFirst().memory().text().substring(12));
    assertTrue(space.get(GoldenStore.RAIN).isPresent());
    assertEquals(2, space.history(GoldenStore.KYOTO).size());
    float[] far = new float[GoldenStore.DIMENSION];
    java.util.Arrays.fill(far, 49);
    VectorCollection docs = engram.collection(GoldenStore.DOCS);
    assertEquals(RecordId.of("far"), docs.search(Search.nearest(far)).getFirst().id());
  }

  @ParameterizedTest
  @MethodSource("stores")
  void goesBackToItsSnapshot(String name) throws IOException {
    Path store = unpacked(name);
    var _ = Engram.restoreSnapshot(GoldenStore.config(store, clock), GoldenStore.SNAPSHOT);
    try (Engram engram = open(store)) {
      MemorySpace space = engram.space(GoldenStore.SPACE);
      assertEquals("Alice prefers green tea", space.get(GoldenStore.TEA).orElseThrow().text());
      assertTrue(space.get(GoldenStore.RAIN).isPresent());
      assertHealthy(engram);
    }
  }
}
