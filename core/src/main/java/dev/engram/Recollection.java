package dev.engram;

/**
 * A memory that a recall found.
 *
 * @param memory the memory
 * @param score sum of the arms' contributions; higher is better
 * @param explanation each arm's contribution
 * @param operation the id of the recall, the same for all that it found, by which {@link
 *     MemorySpace#feedback} says later whether it helped; unless the recall was {@link
 *     Recall#untouched}
 */
public record Recollection(
    Memory memory, double score, Explanation explanation, RecordId operation) {}
