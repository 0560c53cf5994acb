package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What users see of a small space: its memories, synapses and working memory, a line each, and how
 * much was forgotten. The number of a line, such as a strength, may differ by rounding.
 */
public record MemoryState(SortedMap<String, Double> lines) {
  private static final double EXACT = 1e-9;

  /** Looks at everything, each synapse from both of its ends. */
  public static MemoryState of(MemorySpace space) {
    SortedMap<String, Double> lines = new TreeMap<>();
    Map<String, Integer> ends = new HashMap<>();
    for (Memory memory : space.scan(Scan.first().limit(10_000)).items()) {
      lines.put(line(memory), memory.importance());
      for (Synapse synapse : space.neighbours(memory.id())) {
        assertTrue(synapse.weight() > 0 && synapse.weight() <= 1, synapse::toString);
        lines.put(line(synapse), synapse.weight());
        ends.merge(synapse.from() + " " + synapse.relation() + " " + synapse.to(), 1, Integer::sum);
      }
    }
    ends.forEach((synapse, found) -> assertEquals(2, found, "seen from both ends: " + synapse));
    for (WorkingMemory held : space.workingMemory()) {
      lines.put("working " + held, 0.0);
    }
    for (Forgetting each : space.forgettings()) {
      lines.merge("memories " + each.state(), (double) each.memories(), Double::sum);
      lines.merge("short-term " + each.state(), (double) each.shortTerm(), Double::sum);
      lines.merge("long-term " + each.state(), (double) each.longTerm(), Double::sum);
    }
    return new MemoryState(lines);
  }

  private static String line(Memory memory) {
    return "memory "
        + memory.id()
        + " "
        + memory.text()
        + ", accesses="
        + memory.accessCount()
        + ", last="
        + memory.lastAccessed()
        + ", pinned="
        + memory.pinned();
  }

  private static String line(Synapse synapse) {
    return "synapse "
        + synapse.from()
        + " "
        + synapse.relation()
        + " "
        + synapse.to()
        + " "
        + synapse.tier()
        + ", activations="
        + synapse.activations()
        + ", created="
        + synapse.createdAt()
        + ", last="
        + synapse.lastAccessed();
  }

  /** Whether this is the same state. */
  public boolean isSame(MemoryState other) {
    return lines.keySet().equals(other.lines.keySet())
        && lines.entrySet().stream()
            .allMatch(e -> Math.abs(e.getValue() - other.lines.get(e.getKey())) <= EXACT);
  }

  /** Fails where this is another state. */
  public void assertSame(MemoryState expected, String message) {
    assertEquals(
        String.join("\n", expected.lines.keySet()), String.join("\n", lines.keySet()), message);
    expected.lines.forEach(
        (line, number) -> assertEquals(number, lines.get(line), EXACT, () -> message + line));
  }
}
