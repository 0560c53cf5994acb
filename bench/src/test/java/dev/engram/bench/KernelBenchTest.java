package dev.engram.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The benchmark of kernels end to end, too short to say anything about speed. */
class KernelBenchTest {
  @TempDir Path folder;

  @Test
  void measuresEveryKernel() throws IOException {
    KernelBench.Effort effort = new KernelBench.Effort(0, List.of(384), 0, 1, 1);
    new KernelBench(List.of("best", "128-bit"), effort).run().write(folder.resolve("out.json"));
    JsonNode json = JsonMapper.shared().readTree(folder.resolve("out.json"));
    Set<String> measured = new HashSet<>();
    for (JsonNode result : json.get("results")) {
      measured.add(result.get("engine").asString() + ": " + result.get("what").asString());
      assertTrue(result.get("value").asDouble() > 0, result::toString);
      assertEquals("ns/vector", result.get("unit").asString());
    }
    // Of 128 bits there are kernels for floats alone.
    assertEquals(7 + 2, measured.size(), measured::toString);
    assertEquals(1, json.get("budgets").size());
    assertEquals(1.5, json.get("budgets").get(0).get("must").asDouble());
  }

  @Test
  void measuresInProcessesOfTheirOwn() {
    KernelBench.Effort effort = new KernelBench.Effort(1, List.of(64), 0, 1, 1);
    assertTrue(new KernelBench(List.of("128-bit"), effort).run().holds());
  }
}
