package dev.engram;

/**
 * A memory that a recall found.
 *
 * @param memory the memory
 * @param score sum of the arms' contributions; higher is better
 * @param explanation each arm's contribution
 */
public record Recollection(Memory memory, double score, Explanation explanation) {}
