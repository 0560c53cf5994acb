package dev.engram.spi;

import dev.engram.Synapse;

/**
 * A synapse as views see it.
 *
 * @param space internal number of the space
 * @param from node number of its start
 * @param to node number of its end
 * @param relation what it means
 * @param relationKey 64 bits of a digest of the relation, by which synapses are keyed
 * @param tier short-term or long-term
 * @param weight strength, 0 to 1
 * @param activations times it was strengthened
 * @param createdAtMillis when it was made
 * @param lastAccessedMillis when it was last strengthened
 */
public record SynapseRow(
    int space,
    int from,
    int to,
    String relation,
    long relationKey,
    Synapse.Tier tier,
    double weight,
    long activations,
    long createdAtMillis,
    long lastAccessedMillis) {}
