package dev.engram.internal.text;

/**
 * The last commit whose changes a committed text index holds.
 *
 * @param timeline the timeline of the store
 * @param lsn the log sequence number
 * @param storeId the store that the index belongs to
 */
public record TextWatermark(long timeline, long lsn, String storeId) {}
