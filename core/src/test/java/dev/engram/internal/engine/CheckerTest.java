package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CheckReport;
import dev.engram.CollectionConfig;
import dev.engram.Compression;
import dev.engram.Durability;
import dev.engram.Engram;
import dev.engram.MemorySpace;
import dev.engram.Metadata;
import dev.engram.RecordId;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.IdLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.PointerLayout;
import dev.engram.internal.format.PointerLayout.Pointer;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.Times;
import dev.engram.internal.format.VectorLayout;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Draft;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogConfig;
import dev.engram.internal.log.LogSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a check finds. */
class CheckerTest {
  private static final int FIRST_SPACE = 1;

  /** More than are looked at together. */
  private static final int MANY = 1_500;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {CounterKind.LIVE, CounterKind.SHORT_TERM, CounterKind.LONG_TERM})
  void findsACounterThatDiffersFromItsRows(int counter) {
    try (Engram engram = Engram.open(directory)) {
      MemorySpace space = engram.space("s");
      space.associate(space.learn("a").id(), space.learn("b").id());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    change(draft -> draft.adjust(FIRST_SPACE, counter, 1));
    try (Engram engram = Engram.open(directory)) {
      List<CheckReport.Finding> findings = engram.check().findings();
      assertEquals("meta", findings.getFirst().where());
      String what = findings.getFirst().what();
      assertTrue(what.contains("collection=1, which=" + counter), what);
    }
  }

  @Test
  void findsARecordWithoutAnId() {
    fill();
    change(draft -> draft.delete(Family.IDS, idKey(7)));
    assertFound("records", "no id leads to a record: key=" + hex(recordKey(7)));
  }

  @Test
  void findsAnIdThatLeadsToAnotherRecord() {
    fill();
    Pointer other = new Pointer(0, 8);
    change(draft -> draft.put(Family.IDS, idKey(7), PointerLayout.encode(idKey(7), other)));
    assertFound("records", "no id leads to a record: key=" + hex(recordKey(7)));
    assertFound("ids", "an id leads to another record or nowhere: key=" + hex(idKey(7)));
  }

  @Test
  void findsAMissingVectorAmongMany() {
    fill();
    byte[] key = recordKey(MANY);
    Metadata none = Metadata.empty();
    RecordId id = RecordId.of(MANY);
    Row row = new Row(id, 1, 1, 0, Records.NO_NODE, Times.NONE, null, true, null, none);
    Pointer pointer = new Pointer(0, MANY);
    change(draft -> {
      draft.put(Family.RECORDS, key, RecordLayout.encode(key, row));
      draft.put(Family.IDS, idKey(MANY), PointerLayout.encode(idKey(MANY), pointer));
      draft.adjust(FIRST_SPACE, CounterKind.LIVE, 1);
      draft.raise(FIRST_SPACE, CounterKind.ORDINALS, MANY + 1L);
    });
    assertFound("records", "a record lacks its vector: key=" + hex(key));
  }

  @Test
  void findsAVectorOfAnotherDimensionAndADamagedOne() {
    fill();
    byte[] shorter = VectorLayout.encode(recordKey(3), new float[] {1});
    byte[] others = VectorLayout.encode(recordKey(5), new float[] {1, 2});
    change(draft -> draft.put(Family.VECTORS, recordKey(3), shorter));
    change(draft -> draft.put(Family.VECTORS, recordKey(4), others));
    assertFound(
        "records", "a vector has another dimension than its collection: key=" + hex(recordKey(3)));
    List<CheckReport.Finding> findings = findings();
    assertTrue(
        findings.stream().anyMatch(each -> each.what().contains("key=" + hex(recordKey(4)))),
        findings::toString);
    assertEquals(2, findings.stream().filter(each -> each.where().equals("records")).count());
  }

  private void fill() {
    try (Engram engram = Engram.open(directory)) {
      VectorCollection many = engram.collection("many", CollectionConfig.ofDimension(2));
      many.upsert(
          IntStream.range(0, MANY)
              .mapToObj(i -> VectorRecord.of(RecordId.of(i), new float[] {i, 1}))
              .toList());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    assertEquals(recordKey(7).length, Keys.RECORD_BYTES);
  }

  private static byte[] recordKey(int ordinal) {
    return Keys.record(FIRST_SPACE, 0, ordinal);
  }

  private static byte[] idKey(int id) {
    return Keys.digest(FIRST_SPACE, IdLayout.digest(RecordId.of(id)));
  }

  private static String hex(byte[] key) {
    return HexFormat.of().formatHex(key);
  }

  private void assertFound(String where, String what) {
    List<CheckReport.Finding> findings = findings();
    assertTrue(
        findings.stream().anyMatch(each -> each.where().equals(where) && each.what().equals(what)),
        findings::toString);
  }

  private List<CheckReport.Finding> findings() {
    try (Engram engram = Engram.open(directory)) {
      return engram.check().findings();
    }
  }

  private void change(Consumer<Draft> change) {
    LogConfig config =
        new LogConfig(
            directory.resolve(StoreFiles.LOG),
            Durability.DURABLE,
            Compression.NONE,
            InstantSource.system(),
            new Random(1),
            10,
            Duration.ofSeconds(1),
            1 << 20,
            false,
            CrashPoints.NONE,
            Sealer.PLAIN);
    try (Log log = Log.open(config);
        LogSnapshot base = log.snapshot()) {
      Draft draft = log.draft(base);
      change.accept(draft);
      assertEquals(base.commit().lsn() + 1, log.commit(draft).lsn());
    }
  }
}
