package dev.engram;

/**
 * What interference weakened.
 *
 * @param memories similar memories, at most {@link Limits#MAX_INTERFERING}
 * @param synapses short-term synapses that touch them, those that went included
 */
public record InterferenceReport(int memories, int synapses) {}
