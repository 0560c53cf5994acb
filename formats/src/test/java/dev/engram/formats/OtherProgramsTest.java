package dev.engram.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Metric;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.TransferReport;
import dev.engram.UnsupportedFeatureException;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import tools.jackson.core.JsonParser;

/** What other programs write and read. */
class OtherProgramsTest {
  private static final String MEMORIES =
      """
      {
        "version": "1.0",
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-02T00:00:00Z",
        "memories": [
          {"key": {"id": "mem-1", "timestamp": 1735689600, "contextHash": 18446744073709551615},
           "value": {"embedding": [0.1, -0.25, 3.0e-5], "content": "Alice likes tea",
             "metadata": {"importance": 0.75, "accessCount": 4, "lastAccessed": 1735776000,
               "decayFactor": 0.9, "tags": ["tea", "alice"], "source": "chat"}}},
          {"key": {"id": "mem-2", "timestamp": 1735689600123, "contextHash": 5},
           "value": {"embedding": [1.0, 0.0, 0.5], "content": "Bob likes coffee",
             "metadata": {"importance": 1.0, "accessCount": 1, "lastAccessed": 1735689600,
               "decayFactor": 0.95, "tags": []}}}
        ]
      }
      """;

  private static final String MCP =
      """
      {"type":"relation","from":"Alice","to":"Kyoto","relationType":"lives_in"}
      {"type":"entity","name":"Alice","entityType":"person","observations":["likes tea","sings"]}
      {"type":"entity","name":"Kyoto","entityType":"city","observations":[]}
      """;

  private final SetClock clock = new SetClock();
  private final Engram engram = Sample.empty(clock);

  @AfterEach
  void close() {
    assertTrue(engram.check().ok(), () -> engram.check().toString());
    engram.close();
  }

  @Test
  void memoriesJsonComesInAndGoesOutLosslessly() {
    TransferReport report = read(Import.exact().intoSpace("llm"), MEMORIES);
    assertEquals("memories", report.format());
    assertEquals(2, report.records());
    MemorySpace space = engram.space("llm");
    Memory tea = space.get(RecordId.of("mem-1")).orElseThrow();
    assertEquals("Alice likes tea", tea.text());
    assertEquals(Instant.parse("2025-01-01T00:00:00Z"), tea.createdAt());
    assertEquals(Instant.parse("2025-01-02T00:00:00Z"), tea.lastAccessed());
    assertEquals(4, tea.accessCount());
    assertEquals(List.of("tea", "alice"), tea.metadata().getList("tags").orElseThrow());
    assertEquals(0, space.pending(), "the vectors came in");
    String out = text(Export.of("llm").format("memories"));
    assertEquals(pairs(MEMORIES), pairs(out));
    assertTrue(out.startsWith("{\"version\":\"1.0\""), out);
    assertTrue(out.contains("\"created_at\":\"2025-01-01T00:00:00Z\""), out);
    read(Import.exact().intoCollection("llm-vectors"), MEMORIES);
    assertEquals(3, engram.collection("llm-vectors").info().config().dimension());
    read(Import.exact().intoSpace("llm-again").withoutVectors(), out);
    assertEquals(2, engram.space("llm-again").pending());
  }

  /** The pairs of a document; a number that is too large for a long is a text meanwhile. */
  private static Object pairs(String document) {
    try (JsonParser json = JsonText.parser(bytes(document), bytes(document).length)) {
      assertTrue(json.nextToken().isStructStart());
      return String.valueOf(JsonText.read(json).get("memories")).replaceAll("[\\[\\]{}, ]+", " ");
    }
  }

  @Test
  void theFileOfTheMcpMemoryServerIsAGraph() {
    TransferReport report = read(Import.exact().intoSpace("mcp"), MCP);
    assertEquals("mcp", report.format());
    assertEquals(2, report.records());
    assertEquals(1, report.synapses());
    MemorySpace space = engram.space("mcp");
    Memory alice = space.get(RecordId.of("Alice")).orElseThrow();
    assertEquals("Alice\nlikes tea\nsings", alice.text());
    assertEquals("person", alice.metadata().getString("entityType").orElseThrow());
    assertEquals("lives_in", space.neighbours(alice.id()).getFirst().relation());
    List<String> lines = text(Export.of("mcp").format("mcp")).lines().sorted().toList();
    assertEquals(MCP.lines().sorted().toList(), lines);
    for (String bad :
        List.of("{\"type\":\"entity\",\"x\":1}", "{\"type\":\"relation\",\"from\":3}")) {
      assertThrows(
          InvalidInputException.class, () -> read(Import.exact().intoSpace("bad"), bad + "\n"));
    }
  }

  @Test
  void graphsGoToGraphMlAndNodeLinkJson() throws Exception {
    try (Engram full = Sample.full(clock)) {
      byte[] bytes = Sample.export(full, Export.of(Sample.SPACE).format("graphml"));
      Document graph =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(bytes));
      TransferReport report =
          full.transfer()
              .write(
                  Export.of(Sample.SPACE), java.io.OutputStream.nullOutputStream(), Progress.NONE);
      assertEquals(report.records(), graph.getElementsByTagName("node").getLength());
      assertEquals(report.synapses(), graph.getElementsByTagName("edge").getLength());
      byte[] json = Sample.export(full, Export.of(Sample.SPACE).format("node-link"));
      try (JsonParser parser = JsonText.parser(json, json.length)) {
        assertTrue(parser.nextToken().isStructStart());
        Map<String, Object> document = new LinkedHashMap<>(JsonText.read(parser));
        assertEquals(report.records(), ((List<?>) document.get("nodes")).size());
        assertEquals(report.synapses(), ((List<?>) document.get("links")).size());
      }
      for (byte[] file : List.of(bytes, json)) {
        assertThrows(
            UnsupportedFeatureException.class,
            () ->
                engram
                    .transfer()
                    .read(
                        Import.exact().intoSpace("x"),
                        new ByteArrayInputStream(file),
                        Progress.NONE));
      }
      assertThrows(
          InvalidInputException.class,
          () -> Sample.export(full, Export.everything().format("graphml")));
    }
  }

  @Test
  void vectorsGoToFvecsAndNpy() {
    VectorCollection docs =
        engram.collection("docs", CollectionConfig.ofDimension(3).metric(Metric.EUCLIDEAN));
    for (int i = 0; i < 100; i++) {
      docs.upsert(VectorRecord.of(RecordId.of(i), new float[] {i, -i / 3f, Float.MIN_VALUE}));
    }
    docs.upsert(VectorRecord.ofText("words", "no vector"));
    for (String form : List.of("fvecs", "npy")) {
      byte[] bytes = Sample.export(engram, Export.of("docs").format(form));
      Import how = Import.exact().intoCollection(form).metric(Metric.EUCLIDEAN);
      TransferReport report =
          engram.transfer().read(how, new ByteArrayInputStream(bytes), Progress.NONE);
      assertEquals(form, report.format());
      assertEquals(100, report.records());
      VectorRecord last = engram.collection(form).get(RecordId.of(99)).orElseThrow();
      assertArrayEquals(new float[] {99, -33, Float.MIN_VALUE}, last.vector().orElseThrow(), form);
      byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
      assertThrows(
          InvalidInputException.class,
          () -> engram.transfer().read(how, new ByteArrayInputStream(cut), Progress.NONE));
    }
    byte[] npy = Sample.export(engram, Export.of("docs").format("npy"));
    assertEquals(0, (npy.length - 100 * 3 * Float.BYTES) % 64, "aligned");
    String head = new String(npy, StandardCharsets.ISO_8859_1);
    assertTrue(head.contains("'shape': (100, 3)"), head.substring(0, 64));
    assertThrows(
        InvalidInputException.class, () -> read(Import.exact().intoCollection("n"), "\u0093NUMPY"));
  }

  private String text(Export export) {
    return new String(Sample.export(engram, export), StandardCharsets.UTF_8);
  }

  private TransferReport read(Import how, String content) {
    return engram.transfer().read(how, new ByteArrayInputStream(bytes(content)), Progress.NONE);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
