package dev.engram;

import java.time.Instant;

/**
 * A commit that has a name in an archive.
 *
 * @param name that was given
 * @param storeId of the store
 * @param commit the last one
 * @param createdAt when it was named
 */
public record ArchivePoint(String name, String storeId, CommitId commit, Instant createdAt) {}
