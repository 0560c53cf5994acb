package dev.engram;

/**
 * Archived commits without a gap.
 *
 * @param storeId of the store
 * @param timeline that it had
 * @param firstLsn of the first commit
 * @param lastLsn of the last one
 * @param files how many
 * @param bytes of these
 */
public record ArchiveRange(
    String storeId, long timeline, long firstLsn, long lastLsn, int files, long bytes) {}
