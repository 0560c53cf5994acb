package dev.engram;

/**
 * What a consolidation of schemas did.
 *
 * @param patterns of which the long-term synapses are strong together
 * @param strengthened long-term synapses of these
 */
public record SchemaReport(long patterns, long strengthened) {}
