package dev.engram;

import java.util.List;

/**
 * A memory that a path leads to.
 *
 * @param memory the memory
 * @param score its relevance · how recently it was used: 1.5 within an hour, 1.2 within a day, 1
 *     within a week, else .8
 * @param path from the source to the memory, both included
 * @param connectionStrength the product of the strengths of the synapses on the path
 */
public record PathRecollection(
    Memory memory, double score, List<RecordId> path, double connectionStrength) {
  public PathRecollection {
    path = List.copyOf(path);
  }

  /** Synapses on the path. */
  public int pathLength() {
    return path.size() - 1;
  }
}
