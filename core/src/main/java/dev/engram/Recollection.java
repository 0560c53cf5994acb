package dev.engram;

import java.util.List;

/**
 * A memory that a recall found.
 *
 * @param memory the memory
 * @param score sum of the arms' contributions; higher is better
 * @param explanation each arm's contribution
 * @param operation the id of the recall, the same for all that it found, by which {@link
 *     MemorySpace#feedback} says later whether it helped; unless the recall was {@link
 *     Recall#untouched}
 * @param contradictedBy memories that a synapse {@link Synapse#CONTRADICTS} joins to it, either
 *     way, strongest first, as far as the recall may see them: at most {@link Limits#MAX_RIVALS}
 * @param supersededBy memories that took its place, as far as the recall may see them, such as with
 *     {@link Recall#anyValidity}: at most {@link Limits#MAX_RIVALS}
 */
public record Recollection(
    Memory memory,
    double score,
    Explanation explanation,
    RecordId operation,
    List<RecordId> contradictedBy,
    List<RecordId> supersededBy) {
  public Recollection {
    contradictedBy = List.copyOf(contradictedBy);
    supersededBy = List.copyOf(supersededBy);
  }
}
