package dev.engram.internal.text;

/**
 * One answer of a text search.
 *
 * @param ordinal the ordinal of the document in its scope
 * @param score the share of the question's information that it matches, above 0, at most 1
 */
public record TextHit(int ordinal, float score) {}
