package dev.engram.internal.text;

/**
 * Sizes of a text index.
 *
 * @param documents the documents visible to searches
 * @param bytes the size of its files
 * @param segments the segments that a search visits
 * @param bufferedBytes heap held by changes that are not yet in a segment
 */
public record TextStats(long documents, long bytes, int segments, long bufferedBytes) {}
