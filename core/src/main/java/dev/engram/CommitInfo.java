package dev.engram;

import java.time.Instant;
import java.util.Optional;

/**
 * A commit, as the log tells of it.
 *
 * @param id its place; its timeline is that on which it was made
 * @param time when it was committed
 * @param author who made it, if that was said
 * @param records that it stored or changed, memories included
 * @param removed records that it removed one by one; those of a dropped collection do not count
 * @param synapses that it made, strengthened, moved or removed
 * @param rows that it wrote or deleted in all
 * @param bytes of it in the log; vectors are kept elsewhere
 */
public record CommitInfo(
    CommitId id,
    Instant time,
    Optional<String> author,
    long records,
    long removed,
    long synapses,
    long rows,
    long bytes) {}
