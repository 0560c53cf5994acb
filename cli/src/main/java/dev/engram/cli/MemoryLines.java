package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.RecordId;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Prints memories that were found along synapses. Static functions only. */
final class MemoryLines {
  private static final String CUT = "…";

  private MemoryLines() {}

  /** A ranked memory with the path that led to it. */
  static void print(PrintStream out, int rank, double value, Memory memory, List<RecordId> path) {
    out.printf(Locale.ROOT, "%d. %.3f  %s%n", rank, value, memory.id());
    memory.text().lines().forEach(line -> out.println("   " + line));
    out.println("   path: " + ids(path).stream().collect(Collectors.joining(" -> ")));
  }

  /** What was measured, then the memory, then the path. */
  static ObjectNode json(ObjectNode measured, Memory memory, List<RecordId> path) {
    measured.setAll(Json.memory(memory));
    measured.setAll(Json.object("path", ids(path)));
    return measured;
  }

  static List<String> ids(List<RecordId> ids) {
    return ids.stream().map(RecordId::toString).toList();
  }

  /**
   * A text on one line, cut where it is longer.
   *
   * @param most code points
   */
  static String shortened(String text, int most) {
    String line = text.strip().replaceAll("\\s+", " ");
    if (line.codePointCount(0, line.length()) <= most) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, most - 1)).stripTrailing() + CUT;
  }
}
