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

/** The benchmark of durability end to end, too small to say anything about speed. */
class DurabilityBenchTest {
  @TempDir Path folder;

  @Test
  void measuresEveryBudget() throws IOException, InterruptedException {
    new DurabilityBench(2_000, 32, 1).run().write(folder.resolve("out.json"));
    JsonNode json = JsonMapper.shared().readTree(folder.resolve("out.json"));
    Set<String> named = new HashSet<>();
    for (JsonNode budget : json.get("budgets")) {
      named.add(budget.get("name").asString());
      // So few records show no cost of encryption, or less than none.
      boolean share = budget.get("name").asString().contains("encryption");
      double measured = budget.get("measured").asDouble();
      assertTrue(share ? measured < 1 : measured > 0, budget::toString);
      if (budget.get("name").asString().contains("-Xmx256m")) {
        assertTrue(budget.get("holds").asBoolean(), budget::toString);
      }
    }
    for (String part :
        List.of(
            "JSON Lines with",
            "MessagePack with",
            "SQLite with",
            "export MessagePack / its library",
            "full backup",
            "snapshot, ms",
            "incremental backup",
            "opening after a kill",
            "check quick",
            "full check / reading",
            "encryption",
            "save as JSON",
            "save in a binary form",
            "save compressed by zstd",
            "save what has changed")) {
      assertTrue(named.stream().anyMatch(each -> each.contains(part)), part + ": " + named);
    }
    Set<String> rates = new HashSet<>();
    for (JsonNode result : json.get("results")) {
      if (result.get("unit").asString().equals("records/s")) {
        rates.add(result.get("what").asString());
      }
    }
    assertEquals(10, rates.size(), rates::toString);
  }
}
