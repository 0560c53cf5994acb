package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.HashingEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of the twenty tests, each of which one of the systems that Engram follows fails, those that are
 * about memories; by their numbers.
 */
class TwentyTests {
  private static final double EXACT = 1e-9;

  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private Engram open() {
    return open(directory.resolve("store"));
  }

  private Engram open(Path store) {
    return Engram.open(EngramConfig.at(store).clock(clock).embedder(new HashingEmbedder(16)));
  }

  private static void assertHealthy(Engram engram) {
    assertTrue(engram.check().ok(), () -> engram.check().toString());
  }

  @Test
  void test2ForgetPromoteDeleteReopenNothingResurrects() {
    MemoryState before;
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      MemoryJob.FORGET.prepare(space, clock, 2);
      assertTrue(space.forget(MemoryJob.POLICY).memories() > 0);
      assertTrue(space.consolidate().longTermAfter() > 0);
      List<RecordId> ids = ids(space);
      assertTrue(space.reconsolidate(ids) > 0);
      assertTrue(space.consolidate().promoted() > 0);
      assertTrue(space.forget(ids.getFirst()));
      assertTrue(space.forget(ids.getLast()));
      before = MemoryState.of(space);
    }
    for (int i = 0; i < 2; i++) {
      try (Engram engram = open()) {
        MemorySpace space = engram.space("s");
        MemoryState.of(space).assertSame(before, "reopened: ");
        Set<RecordId> found = recalled(space, Recall.about("green tea kind").limit(100));
        assertEquals(new HashSet<>(ids(space)), found);
        assertHealthy(engram);
      }
    }
  }

  @Test
  void test3WorkingMemoryAndLastConsolidationSurviveReopen() {
    RecordId a;
    RecordId b;
    RecordId c;
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      space.dynamics(Dynamics.researchOptimized());
      a = space.learn("a").id();
      b = space.learn("b").id();
      c = space.learn("c").id();
      space.associate(a, b);
      space.associate(b, c);
      assertEquals(1, space.sleep().cycle());
      assertEquals(2, space.consolidate().reactivated());
      assertEquals(0, space.consolidate().reactivated(), "none since the last time");
    }
    clock.pass(Duration.ofMinutes(59));
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      assertEquals(Dynamics.researchOptimized(), space.dynamics());
      assertEquals(3, space.workingMemory().size());
      space.associate(a, b);
      assertEquals(1, space.consolidate().reactivated(), "one since the last time");
      assertEquals(2, space.sleep().cycle());
      clock.pass(Duration.ofMinutes(2));
      Set<RecordId> held =
          space.workingMemory().stream().map(WorkingMemory::id).collect(Collectors.toSet());
      assertEquals(Set.of(a, b), held, "the time went on meanwhile");
      assertTrue(space.forget(a));
      assertHealthy(engram);
    }
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      assertEquals(Optional.empty(), space.get(a));
      assertEquals(List.of(b), space.workingMemory().stream().map(WorkingMemory::id).toList());
      assertEquals(1, space.consolidate().shortTermBefore());
    }
  }

  @Test
  void test4CheckpointsAndSnapshotsUnderWritersLoseNothing() throws InterruptedException {
    int writers = 4;
    int each = 50;
    Path copy = directory.resolve("copy");
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < writers; t++) {
        String writer = "writer " + t + " learns ";
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    space.learn(writer + i);
                  }
                }));
      }
      for (int i = 0; i < 3; i++) {
        engram.checkpoint();
        engram.snapshots().create("during " + i);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      engram.snapshots().create("after");
    }
    CommitId _ = Engram.restoreSnapshot(directory.resolve("store"), "after", copy);
    for (Path store : List.of(directory.resolve("store"), copy)) {
      try (Engram engram = open(store)) {
        assertEquals((long) writers * each, engram.space("s").count());
        assertHealthy(engram);
      }
    }
  }

  @Test
  void test5IdsOfEveryShapeRoundTrip() {
    List<RecordId> ids = CollectionContract.idsOfEveryShape();
    Path copy = directory.resolve("copy");
    MemoryState before;
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      for (int i = 0; i < ids.size(); i++) {
        assertEquals(ids.get(i), space.learn(Learning.of("kind " + i).withId(ids.get(i))).id());
      }
      for (int i = 1; i < ids.size(); i++) {
        Synapse made = space.associate(ids.get(i - 1), ids.get(i));
        assertEquals(List.of(ids.get(i - 1), ids.get(i)), List.of(made.from(), made.to()));
      }
      assertEquals(ids.size() * (ids.size() - 1), space.hebbian(ids));
      assertEquals(new HashSet<>(ids), recalled(space, Recall.about("kind")));
      before = MemoryState.of(space);
      engram.saveTo(copy);
      engram.snapshots().create("all");
      engram.backups().to(directory.resolve("backups")).create();
    }
    Path snapshot = directory.resolve("snapshot");
    CommitId _ = Engram.restoreSnapshot(directory.resolve("store"), "all", snapshot);
    Path backup = directory.resolve("backup");
    CommitId _ = Engram.restore(directory.resolve("backups"), Backups.LATEST, backup);
    for (Path store : List.of(directory.resolve("store"), copy, snapshot, backup)) {
      try (Engram engram = open(store)) {
        MemorySpace space = engram.space("s");
        MemoryState.of(space).assertSame(before, "reopened: ");
        assertEquals(new HashSet<>(ids), recalled(space, Recall.about("kind")));
        Set<RecordId> reached = new HashSet<>(ids.subList(1, ids.size()));
        Activation activation = Activation.of(ids.getFirst()).threshold(.01);
        assertEquals(
            reached,
            space.activate(activation).stream()
                .map(each -> each.memory().id())
                .collect(Collectors.toSet()));
        ids.forEach(id -> assertTrue(space.forget(id)));
        assertEquals(0, space.count());
        assertHealthy(engram);
      }
    }
  }

  @Test
  void test6RestoreFromWhatIsNoSnapshotLeavesTheStoreUntouched() throws IOException {
    Path store = directory.resolve("store");
    MemoryState before;
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      space.learn("green tea");
      engram.snapshots().create("tea");
      space.learn("water");
      before = MemoryState.of(space);
    }
    Path manifest = store.resolve("snapshots/1/manifest");
    byte[] intact = Files.readAllBytes(manifest);
    for (int length = 0; length < intact.length; length++) {
      Files.write(manifest, Arrays.copyOf(intact, length));
      assertThrows(EngramException.class, () -> Engram.restoreSnapshot(store, "tea"));
    }
    for (int i = 0; i < intact.length; i++) {
      byte[] damaged = intact.clone();
      damaged[i] ^= (byte) (1 << i % 8);
      Files.write(manifest, damaged);
      assertThrows(EngramException.class, () -> Engram.restoreSnapshot(store, "tea"));
    }
    try (Engram engram = open()) {
      MemoryState.of(engram.space("s")).assertSame(before, "untouched: ");
      List<String> damaged =
          engram.check().findings().stream().map(CheckReport.Finding::where).toList();
      assertEquals(List.of("snapshots"), damaged);
    }
    Files.write(manifest, intact);
    assertEquals(2, Engram.restoreSnapshot(store, "tea").timeline());
    try (Engram engram = open()) {
      assertEquals(1, engram.space("s").count());
      assertHealthy(engram);
    }
  }

  @Test
  void test9AnUpdateInPlaceIsInTheIncrementalBackup() {
    Path target = directory.resolve("backups");
    Path copy = directory.resolve("copy");
    MemoryState then;
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId changed = space.learn("Alice drinks tea").id();
      RecordId removed = space.learn("Alice drinks water").id();
      VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(2));
      docs.upsert(VectorRecord.of("v", new float[] {1, 0}).withMetadata(Metadata.of("n", 1)));
      Backups backups = engram.backups().to(target);
      BackupInfo _ = backups.create();
      clock.pass(Duration.ofSeconds(1));
      assertTrue(space.update(changed, "Alice drinks coffee"));
      assertTrue(space.forget(removed));
      RecordId added = space.learn("Alice drinks juice").id();
      space.associate(changed, added);
      assertTrue(docs.patch("v", MetadataPatch.empty().set("n", 2)));
      BackupInfo made = backups.create(BackupKind.INCREMENTAL, Metadata.empty(), Progress.NONE);
      assertEquals(BackupKind.INCREMENTAL, made.kind());
      then = MemoryState.of(space);
    }
    CommitId _ = Engram.restore(target, Backups.LATEST, copy);
    try (Engram engram = open(copy)) {
      MemoryState.of(engram.space("s")).assertSame(then, "restored: ");
      VectorRecord record = engram.collection("d").get("v").orElseThrow();
      assertEquals(2L, record.metadata().asMap().get("n"));
      assertHealthy(engram);
    }
  }

  @Test
  void test11WhatHasExpiredIsInvisibleAtOnce() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId stays = space.learn("tea that stays").id();
      Learning brief = Learning.of("tea that goes").withTimeToLive(Duration.ofMinutes(10));
      RecordId goes = space.learn(brief).id();
      space.associate(List.of(Association.of(stays, goes).withStrength(1)));
      Activation activation = Activation.of(stays);
      assertEquals(1, space.activate(activation).size());
      clock.pass(Duration.ofMinutes(10));
      assertEquals(Optional.empty(), space.get(goes));
      assertEquals(Set.of(stays), recalled(space, Recall.about("tea")));
      assertEquals(List.of(), space.neighbours(stays));
      assertEquals(List.of(), space.activate(activation));
      assertEquals(1, space.count());
      assertEquals(List.of(stays), space.workingMemory().stream().map(WorkingMemory::id).toList());
      RecordId again = space.learn("tea that goes").id();
      assertEquals(Set.of(stays, again), recalled(space, Recall.about("tea")));
      assertHealthy(engram);
    }
  }

  @Test
  void test12WhatIsDeletedAndLearnedAgainIsFoundAndTheOldTextIsNot() {
    RecordId id = RecordId.of("one");
    RecordId other = RecordId.of("other");
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      for (int round = 0; round < 20; round++) {
        Memory _ = space.learn(Learning.of("kettle number old" + round).withId(id));
        Memory _ = space.learn(Learning.of("something else").withId(other));
        space.associate(id, other);
        assertTrue(space.forget(id));
        assertEquals(List.of(), space.neighbours(other));
      }
      Memory _ = space.learn(Learning.of("kettle number new").withId(id));
      assertFoundAnew(space, id);
      engram.checkpoint();
      assertFoundAnew(space, id);
    }
    try (Engram engram = open()) {
      assertFoundAnew(engram.space("s"), id);
      assertHealthy(engram);
    }
  }

  private static void assertFoundAnew(MemorySpace space, RecordId id) {
    Recall kettle = Recall.about("kettle").weight(Recall.Arm.VECTOR, 0);
    assertEquals(Set.of(id), recalled(space, kettle));
    assertEquals("kettle number new", space.get(id).orElseThrow().text());
    assertEquals(id, space.recall("kettle number new").getFirst().memory().id());
    Recall old = Recall.about("old0 old7 old19").weight(Recall.Arm.VECTOR, 0);
    assertEquals(Set.of(), recalled(space, old));
    assertEquals(List.of(), space.neighbours(id));
  }

  /** {@link MemoryPropertyTest} does this for many strengths, and hourly. */
  @Test
  void test16ForgettingTwiceDailyOrAtOnceGivesTheSame() {
    try (Engram engram = open()) {
      MemorySpace often = engram.space("often");
      MemorySpace once = engram.space("once");
      for (MemorySpace space : List.of(often, once)) {
        RecordId a = space.learn("a").id();
        RecordId b = space.learn("b").id();
        RecordId c = space.learn("c").id();
        space.associate(
            List.of(Association.of(a, b).withStrength(.9), Association.of(b, c).withStrength(.3)));
      }
      for (int day = 0; day < 10; day++) {
        clock.pass(Duration.ofDays(1));
        Forgetting _ = often.forget(ForgetPolicy.standard());
        Forgetting _ = often.forget(ForgetPolicy.standard());
      }
      Forgetting _ = once.forget(ForgetPolicy.standard());
      for (MemorySpace space : List.of(often, once)) {
        RecordId b = space.recall("b").getFirst().memory().id();
        double expected = .9 * Math.exp(-10 / (30 * .9));
        assertEquals(expected, space.neighbours(b).getFirst().weight(), EXACT);
        assertEquals(.3 * Math.exp(-10 / (30 * .3)), space.neighbours(b).get(1).weight(), EXACT);
      }
      clock.pass(Duration.ofDays(20));
      assertEquals(1, once.preview(ForgetPolicy.standard()).shortTerm());
      assertHealthy(engram);
    }
  }

  @Test
  void test17ANewMemoryWithoutSynapsesSurvivesADefaultCycle() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn("new and alone").id();
      for (ForgetPolicy policy : List.of(ForgetPolicy.standard(), ForgetPolicy.aggressive())) {
        space.sleep();
        space.consolidate();
        assertEquals(0, space.preview(policy).memories());
        assertEquals(0, space.forget(policy).memories());
      }
      assertTrue(space.get(id).isPresent());
      assertHealthy(engram);
    }
  }

  @Test
  void test19AnotherConfigurationOnReopeningIsAnExplicitError() {
    CollectionConfig made = CollectionConfig.ofDimension(2).metric(Metric.DOT);
    try (Engram engram = open()) {
      engram.collection("d", made).upsert(VectorRecord.of("v", new float[] {1, 0}));
      RecordId _ = engram.space("s").learn("green tea").id();
    }
    try (Engram engram =
        Engram.open(
            EngramConfig.at(directory.resolve("store"))
                .clock(clock)
                .embedder(new HashingEmbedder(32)))) {
      for (CollectionConfig other :
          List.of(CollectionConfig.ofDimension(3).metric(Metric.DOT), made.metric(Metric.COSINE))) {
        MismatchException e =
            assertThrows(MismatchException.class, () -> engram.collection("d", other));
        assertTrue(e.getMessage().contains("d"), e::getMessage);
      }
      MemorySpace space = engram.space("s");
      MismatchException e = assertThrows(MismatchException.class, () -> space.learn("black tea"));
      assertTrue(e.getMessage().contains("16") && e.getMessage().contains("32"), e::getMessage);
      assertEquals(1, space.count());
      assertEquals(1, engram.collection("d", made).count());
      assertHealthy(engram);
    }
  }

  private static Set<RecordId> recalled(MemorySpace space, Recall recall) {
    return space.recall(recall.untouched()).stream()
        .map(hit -> hit.memory().id())
        .collect(Collectors.toSet());
  }

  private static List<RecordId> ids(MemorySpace space) {
    List<RecordId> ids = new ArrayList<>();
    space.scan(Scan.first().limit(1_000)).items().forEach(memory -> ids.add(memory.id()));
    return ids;
  }
}
