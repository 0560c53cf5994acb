package dev.engram;

/**
 * What a cycle of sleep did.
 *
 * @param cycle how often the space has slept, this time included
 * @param strengthened synapses between memories in working memory
 * @param dropped memories that left working memory
 */
public record SleepReport(long cycle, int strengthened, int dropped) {}
