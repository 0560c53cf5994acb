package dev.engram;

import java.time.Instant;
import java.util.Optional;

/**
 * A backup of a store.
 *
 * @param id its name among the backups of its target; ids sort by time
 * @param kind what it holds
 * @param parent id of the backup that it continues; empty of a full one
 * @param metadata given when it was made
 * @param createdAt when it was made
 * @param storeId of the store that was backed up
 * @param commit the last one that is in it
 * @param bytes of its files; those that other backups hold too are kept once
 */
public record BackupInfo(
    String id,
    BackupKind kind,
    Optional<String> parent,
    Metadata metadata,
    Instant createdAt,
    String storeId,
    CommitId commit,
    long bytes) {}
