package dev.engram;

import java.time.Instant;

/**
 * A memory in working memory.
 *
 * @param id the memory's
 * @param enteredAt when it entered
 * @param lastAccessed when it was used last
 * @param accesses since it entered, that one included
 * @param leavesAt when it leaves unless it is used again or others need the place
 */
public record WorkingMemory(
    RecordId id, Instant enteredAt, Instant lastAccessed, long accesses, Instant leavesAt) {}
