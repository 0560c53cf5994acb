package dev.engram;

import java.util.List;

/**
 * A memory that activation reached.
 *
 * @param memory the memory; no seed
 * @param activation threshold to 1
 * @param path by which the most of it came: from a seed to the memory, both included
 */
public record Activated(Memory memory, double activation, List<RecordId> path) {
  public Activated {
    path = List.copyOf(path);
  }
}
