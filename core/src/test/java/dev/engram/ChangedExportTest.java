package dev.engram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.MemoryObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports of what was written after a commit. The clock stands still: only the log tells. */
class ChangedExportTest {
  private static final Export EVERYTHING = Export.everything().format("kept");

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final Engram copy = Engram.open(EngramConfig.inMemory().clock(clock));

  private Engram open() {
    return Engram.open(EngramConfig.at(directory.resolve("store")).clock(clock));
  }

  @AfterEach
  void close() {
    assertTrue(copy.check().ok(), () -> copy.check().toString());
    copy.close();
  }

  /** Exports, and imports into the copy. */
  private TransferReport pass(Engram from, Export what) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TransferReport written = from.transfer().write(what, out, Progress.NONE);
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
    TransferReport read = copy.transfer().read(Import.exact(), in, Progress.NONE);
    assertEquals(written.records(), read.records());
    assertEquals(written.synapses(), read.synapses());
    return written;
  }

  private static Export after(TransferReport earlier) {
    return EVERYTHING.changedAfter(earlier.commit().orElseThrow());
  }

  private void assertSame(MemorySpace space, RecordId... ids) {
    MemorySpace copied = copy.space(space.name());
    assertEquals(space.count(), copied.count());
    for (RecordId id : ids) {
      Memory memory = space.get(id).orElseThrow();
      Memory other = copied.get(id).orElseThrow();
      assertEquals(memory.text(), other.text());
      assertEquals(memory.accessCount(), other.accessCount());
      assertEquals(memory.pinned(), other.pinned());
      assertEquals(
          space.neighbours(id).stream().map(Synapse::to).toList(),
          copied.neighbours(id).stream().map(Synapse::to).toList());
    }
  }

  @Test
  void memoriesAndSynapsesThatWereWrittenAreTold() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId tea = space.learn("green tea").id();
      RecordId coffee = space.learn("black coffee").id();
      RecordId water = space.learn("water").id();
      Synapse _ = space.associate(tea, coffee);
      TransferReport first = pass(engram, EVERYTHING);
      assertEquals(engram.lastCommit(), first.commit().orElseThrow());

      RecordId milk = space.learn("milk").id();
      Synapse _ = space.associate(coffee, milk);
      TransferReport second = pass(engram, after(first));
      assertEquals(1, second.records());
      assertSame(space, tea, coffee, water, milk);

      Memory _ = space.access(water);
      Memory _ = space.pin(tea, true);
      TransferReport third = pass(engram, after(second));
      assertEquals(2, third.records());
      assertSame(space, tea, coffee, water, milk);

      TransferReport nothing = pass(engram, after(third));
      assertEquals(List.of(0L, 0L), List.of(nothing.records(), nothing.synapses()));
    }
  }

  @Test
  void whatUndoBroughtBackIsTold() {
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      RecordId tea = space.learn("green tea").id();
      RecordId coffee = space.learn("black coffee").id();
      Synapse _ = space.associate(tea, coffee);
      clock.pass(Duration.ofDays(31));
      Forgetting forgotten = space.forget(ForgetPolicy.standard().fewerAccessesThan(3));
      assertEquals(2, forgotten.memories());
      TransferReport without = pass(engram, EVERYTHING);
      assertEquals(0, without.records());
      assertEquals(2, space.undo(forgotten.operation()));
      assertEquals(2, pass(engram, after(without)).records());
      assertSame(space, tea, coffee);
    }
  }

  @Test
  void recordsAreToldByTheirVectorsAndAfterTheirCollectionWasMadeAnew() {
    try (Engram engram = open()) {
      VectorCollection docs = engram.collection("docs", CollectionConfig.ofDimension(2));
      docs.upsert(VectorRecord.of("a", new float[] {1, 0}));
      docs.upsert(VectorRecord.of("b", new float[] {1, 0}));
      TransferReport first = pass(engram, EVERYTHING);
      docs.upsert(VectorRecord.of("b", new float[] {0, 1}));
      TransferReport second = pass(engram, after(first));
      assertEquals(1, second.records());
      float[] vector = copy.collection("docs").get("b").orElseThrow().vector().orElseThrow();
      assertArrayEquals(new float[] {0, 1}, vector);

      assertTrue(engram.catalog().drop("docs"));
      docs = engram.collection("docs", CollectionConfig.ofDimension(2));
      docs.upsert(VectorRecord.of("c", new float[] {1, 1}));
      assertEquals(1, pass(engram, after(second)).records());
      assertTrue(copy.collection("docs").get("c").isPresent());
    }
  }

  @Test
  void aCommitThatTheLogDoesNotKnowIsRefused() {
    try (Engram engram = open()) {
      Memory _ = engram.space("s").learn("green tea");
      Memory _ = engram.space("s").learn("black coffee");
      CommitId last = engram.lastCommit();
      CommitId next = new CommitId(last.timeline(), last.lsn() + 1);
      CommitId elsewhere = new CommitId(last.timeline() + 1, last.lsn());
      assertThrows(InvalidInputException.class, () -> pass(engram, EVERYTHING.changedAfter(next)));
      assertThrows(MismatchException.class, () -> pass(engram, EVERYTHING.changedAfter(elsewhere)));
      // Only what all views have published is trimmed.
      assertTrue(engram.awaitViews(last, Duration.ofMinutes(1)));
      engram.checkpoint();
      CompactionReport _ = engram.compact(Progress.NONE);
      CommitId first = new CommitId(last.timeline(), 1);
      NotFoundException trimmed =
          assertThrows(NotFoundException.class, () -> pass(engram, EVERYTHING.changedAfter(first)));
      assertTrue(String.valueOf(trimmed.getMessage()).contains("lsn=2"), trimmed::getMessage);
    }
  }

  @Test
  void itGoesOnOverARestoreUpToTheCommitThatWasGoneBackTo() {
    MemoryObjectStore objects = new MemoryObjectStore();
    BackupInfo made;
    TransferReport before;
    TransferReport lost;
    try (Engram engram = open()) {
      Memory _ = engram.space("s").learn("green tea");
      before = pass(engram, EVERYTHING);
      made = engram.backups().to(objects).create();
      Memory _ = engram.space("s").learn("water");
      lost = engram.transfer().write(EVERYTHING, new ByteArrayOutputStream(), Progress.NONE);
    }
    EngramConfig store = EngramConfig.at(directory.resolve("store")).clock(clock);
    CommitId _ = Engram.restoreInPlace(objects, made.id(), store, Progress.NONE);
    try (Engram engram = open()) {
      RecordId milk = engram.space("s").learn("milk").id();
      assertThrows(MismatchException.class, () -> pass(engram, after(lost)));
      assertEquals(1, pass(engram, after(before)).records());
      assertSame(engram.space("s"), milk);
    }
  }

  @Test
  void noCommitIsNamedThatAPowerCutMayTakeBack() {
    EngramConfig store =
        EngramConfig.at(directory.resolve("store"))
            .clock(clock)
            .durability(Durability.periodic(Duration.ofHours(1)));
    try (Engram engram = Engram.open(store)) {
      Memory _ = engram.space("s").learn("green tea");
      TransferReport first = pass(engram, EVERYTHING);
      assertTrue(first.commit().orElseThrow().lsn() < engram.lastCommit().lsn());
      assertEquals(1, pass(engram, after(first)).records());
      engram.checkpoint();
      TransferReport durable = pass(engram, EVERYTHING);
      assertEquals(engram.lastCommit(), durable.commit().orElseThrow());
    }
  }

  @Test
  void aCommitIsReadAsItIsPrinted() {
    CommitId commit = new CommitId(3, 17);
    assertEquals(commit, CommitId.parse(commit.toString()));
    for (String text : List.of("", "17", "/", "1/", "/1", "-1/1", "+1/1", "1/2/3", " 1/2")) {
      assertThrows(InvalidInputException.class, () -> CommitId.parse(text), text);
    }
  }
}
