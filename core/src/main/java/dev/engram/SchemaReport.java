package dev.engram;

/**
 * What a consolidation of schemas did.
 *
 * @param patterns of which the long-term synapses are strong together
 * @param strengthened long-term synapses of these; where one that was interrupted was gone on with,
 *     those that were left
 */
public record SchemaReport(long patterns, long strengthened) {}
