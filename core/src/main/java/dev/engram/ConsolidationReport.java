package dev.engram;

/**
 * What a consolidation did.
 *
 * @param promoted synapses that moved to the long term
 * @param pruned short-term synapses that had faded away
 * @param weakened short-term synapses of memories that have too many
 * @param reactivated of those that stayed, strengthened since the last consolidation
 * @param shortTermBefore short-term synapses when it began
 * @param shortTermAfter and when it ended
 * @param longTermAfter long-term synapses when it ended
 */
public record ConsolidationReport(
    long promoted,
    long pruned,
    long weakened,
    long reactivated,
    long shortTermBefore,
    long shortTermAfter,
    long longTermAfter) {}
