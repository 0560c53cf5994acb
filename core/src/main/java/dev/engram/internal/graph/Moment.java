package dev.engram.internal.graph;

/**
 * When a strength is looked at.
 *
 * @param millis the time, since the epoch
 * @param cycle how often the space has slept
 * @param decayRate what a short-term synapse loses in each cycle, 0 to 1
 */
public record Moment(long millis, long cycle, double decayRate) {}
