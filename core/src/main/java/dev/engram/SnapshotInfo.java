package dev.engram;

import java.time.Instant;

/**
 * A snapshot of a store.
 *
 * @param name given when it was made
 * @param metadata given when it was made
 * @param createdAt when it was made
 * @param commit the last commit that is in it
 * @param bytes of its files, most of which it shares with the store until the store replaces them
 */
public record SnapshotInfo(
    String name, Metadata metadata, Instant createdAt, CommitId commit, long bytes) {}
