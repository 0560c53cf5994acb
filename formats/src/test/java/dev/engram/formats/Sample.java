package dev.engram.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Association;
import dev.engram.CollectionConfig;
import dev.engram.Dynamics;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Export;
import dev.engram.Learning;
import dev.engram.Limits;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Metadata;
import dev.engram.Metric;
import dev.engram.Progress;
import dev.engram.Provenance;
import dev.engram.Quantization;
import dev.engram.RecordId;
import dev.engram.Scan;
import dev.engram.Synapse;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A store that has everything that an export can hold. */
final class Sample {
  static final String SPACE = "assistant";
  static final String DOCS = "docs";
  static final LetterEmbedder EMBEDDER = new LetterEmbedder("a");

  /** Forms that drop what they have no place for. */
  static final Set<String> LOSSY =
      Set.of("memories", "mcp", "node-link", "graphml", "fvecs", "npy");

  private Sample() {}

  /** Forms that keep everything. */
  static List<String> forms(Engram engram) {
    return engram.transfer().formats().stream().filter(form -> !LOSSY.contains(form)).toList();
  }

  static Engram empty(SetClock clock) {
    return Engram.open(EngramConfig.inMemory().clock(clock));
  }

  static Engram full(SetClock clock) {
    Engram engram = Engram.open(EngramConfig.inMemory().clock(clock).embedder(EMBEDDER));
    fillSpace(engram.space(SPACE), clock);
    fillDocs(
        engram.collection(
            DOCS,
            CollectionConfig.ofDimension(3)
                .metric(Metric.DOT)
                .language("german")
                .recallTarget(.9)
                .quantization(Quantization.BITS_4)));
    return engram;
  }

  private static void fillSpace(MemorySpace space, SetClock clock) {
    space.dynamics(Dynamics.researchOptimized());
    List<RecordId> ids = idsOfEveryShape();
    for (RecordId id : ids) {
      Memory _ = space.learn(Learning.of("green tea " + ids.indexOf(id)).withId(id));
    }
    Memory _ =
        space.learn(
            Learning.of("Alice \"moved\"\nto Kyoto \u2028 ü 😀")
                .withId(RecordId.of("kyoto"))
                .withMetadata(metadata())
                .from(new Provenance("diary", "3"))
                .occurredAt(Instant.parse("2024-05-04T03:02:01.123Z"))
                .validFrom(Instant.parse("2024-05-01T00:00:00Z"))
                .validUntil(Instant.parse("2034-05-01T00:00:00Z"))
                .withImportance(.7)
                .withTimeToLive(Duration.ofDays(900)));
    for (int i = 1; i < ids.size(); i++) {
      Synapse _ = space.associate(ids.get(i - 1), ids.get(i));
    }
    List<Synapse> _ =
        space.associate(List.of(new Association(ids.getFirst(), ids.getLast(), "CAUSED_BY", .9)));
    clock.pass(Duration.ofHours(5));
    Memory _ = space.pin(ids.get(1), true);
    for (int i = 0; i < 5; i++) {
      Memory _ = space.access(ids.get(0));
      Memory _ = space.access(ids.get(1));
      space.sleep();
    }
    space.consolidate();
    Memory _ = space.supersede(ids.get(2), Learning.of("black tea").withId(RecordId.of("black")));
    clock.pass(Duration.ofDays(3));
  }

  static List<RecordId> idsOfEveryShape() {
    UUID uuid = new UUID(0x0199c0de00007000L, 0x8000000000000001L);
    return List.of(
        RecordId.of("7"),
        RecordId.of(7),
        RecordId.of(-1L),
        RecordId.of(uuid),
        RecordId.of(uuid.toString()),
        RecordId.of("é😀\u0000"),
        RecordId.of("x"),
        RecordId.of("x".repeat(Limits.MAX_ID_BYTES)));
  }

  static Metadata metadata() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("user", "alice");
    values.put("whole", Long.MIN_VALUE);
    values.put("decimal", 1.0);
    values.put("small", -1e-300);
    values.put("yes", true);
    values.put("at", Instant.parse("2026-01-31T12:00:00.123456789Z"));
    values.put("list", List.of("a", 1L, 2.5, false, List.of()));
    values.put("map", Map.of("@instant", "not a date", "inner", Map.of()));
    values.put("@@instant", "neither");
    values.put("vector", "a word");
    return Metadata.ofMap(values);
  }

  private static void fillDocs(VectorCollection docs) {
    docs.upsert(VectorRecord.of("a", new float[] {.1f, -0f, Float.MIN_VALUE}));
    docs.upsert(
        VectorRecord.of(RecordId.of(42), new float[] {1 / 3f, 3e38f, -7})
            .withText("ein Text")
            .withMetadata(metadata())
            .withTimeToLive(Duration.ofDays(400)));
    docs.upsert(VectorRecord.ofText("words", "nur Text"));
    idsOfEveryShape().forEach(id -> docs.upsert(VectorRecord.of(id)));
  }

  /** What an export says. */
  static byte[] export(Engram engram, Export export) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    engram.transfer().write(export, out, Progress.NONE);
    return out.toByteArray();
  }

  /** Everything, as JSON Lines. */
  static String lines(Engram engram) {
    return new String(export(engram, Export.everything()), StandardCharsets.UTF_8);
  }

  /** What users see of two stores is the same. */
  static void assertSame(Engram expected, Engram actual) {
    assertSameSpace(expected.space(SPACE), actual.space(SPACE));
    VectorCollection docs = expected.collection(DOCS);
    VectorCollection copy = actual.collection(DOCS);
    assertEquals(docs.info().config().toString(), copy.info().config().toString());
    assertEquals(records(docs), records(copy));
    assertEquals(expected.catalog().list().size(), actual.catalog().list().size());
    assertEquals(lines(expected), lines(actual));
    assertTrue(actual.check().ok(), () -> actual.check().toString());
  }

  static void assertSameSpace(MemorySpace expected, MemorySpace actual) {
    assertEquals(expected.dynamics(), actual.dynamics());
    assertEquals(memories(expected), memories(actual));
    for (Memory memory : memories(expected)) {
      assertEquals(expected.neighbours(memory.id()), actual.neighbours(memory.id()));
    }
    assertEquals(expected.pending(), actual.pending());
    assertEquals(expected.info().embedder(), actual.info().embedder());
  }

  static List<Memory> memories(MemorySpace space) {
    return space.scan(Scan.first().limit(10_000)).items();
  }

  private static List<String> records(VectorCollection collection) {
    List<String> records = new ArrayList<>();
    for (VectorRecord row : collection.scan(Scan.first().limit(10_000)).items()) {
      VectorRecord record = collection.get(row.id()).orElseThrow();
      records.add(
          record.id()
              + " "
              + record.text()
              + " "
              + record.metadata().asMap()
              + " "
              + record.expiresAt()
              + " "
              + record.vector().map(Arrays::toString));
    }
    return records;
  }
}
