package dev.engram.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Metric;
import dev.engram.Quantization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The benchmarks end to end, too small to say anything about speed. */
class VectorBenchTest {
  @TempDir Path folder;

  private static Vectors few(Metric metric) {
    return GeneratedVectors.of(1_000, 32, metric, false, 1).asking(20);
  }

  private static String printed(Report report) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void test20NoFigureOfAPeerStandsWithoutItsRecall() throws IOException {
    VectorBench bench = new VectorBench(few(Metric.COSINE), VectorBench.PEERS, Quantization.BITS_8);
    Report report = bench.run();
    report.write(folder.resolve("out.json"));
    JsonNode json = JsonMapper.shared().readTree(folder.resolve("out.json"));
    Set<String> engines = new HashSet<>();
    for (JsonNode searches : json.get("searches")) {
      engines.add(searches.get("engine").asString());
      double recall = searches.get("point").get("recall").asDouble();
      assertTrue(recall > .5 && recall <= 1, searches::toString);
    }
    assertEquals(Set.copyOf(VectorBench.PEERS), engines);
    assertEquals(6, json.get("budgets").size());
    String text = printed(report);
    for (String what : List.of("0.1 % pass", "50.0 % pass", "20 % deleted", "index in files")) {
      assertTrue(text.contains(what), what);
    }
    assertTrue(bench.picture().contains("lucene-1bit"));
  }

  @Test
  void measuresOtherMetrics() throws IOException {
    for (Metric metric : List.of(Metric.DOT, Metric.EUCLIDEAN)) {
      String text =
          printed(
              new VectorBench(few(metric), List.of("engram", "jvector"), Quantization.BITS_4)
                  .run());
      assertTrue(text.contains("20 % deleted"), metric::toString);
    }
  }

  @Test
  void interpolatesSpeedsBetweenPoints() {
    List<Point> points = List.of(new Point(1, .9, 10_000, 1, 1), new Point(2, 1, 100, 1, 1));
    assertEquals(1_000, Point.speedAt(points, .95), 1);
    assertEquals(10_000, Point.speedAt(points, .9), 1e-9);
    assertEquals(10_000, Point.speedAt(points, .5), 1e-9);
    assertEquals(0, Point.speedAt(points.subList(0, 1), .95));
  }

  @Test
  void refusesAnUnknownPeer() {
    VectorBench bench = new VectorBench(few(Metric.DOT), List.of("engarm"), Quantization.BITS_8);
    assertThrows(IllegalArgumentException.class, bench::run);
  }

  @Test
  void measuresAStore() throws IOException {
    String text = printed(new StoredVectorsBench(2_000, 1).run());
    assertTrue(text.contains("reopening to the first answer"), text);
    assertTrue(
        text.lines().anyMatch(l -> l.startsWith("found right after") && l.endsWith("holds")), text);
    assertTrue(
        text.lines().anyMatch(l -> l.startsWith("recall@10 in the store") && l.endsWith("holds")),
        text);
  }

  @Test
  void readsWhatLinuxSaysOfMemory() {
    ProcessMemory memory =
        ProcessMemory.parse("VmRSS:\t  300 kB\nRssAnon:\t  200 kB\nRssFile:\t  100 kB\n");
    assertEquals(new ProcessMemory(300 << 10, 200 << 10, 100 << 10), memory);
  }
}
