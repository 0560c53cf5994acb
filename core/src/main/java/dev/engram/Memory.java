package dev.engram;

import java.time.Instant;
import java.util.Optional;

/**
 * A memory as it was when it was read. The same thing seen as a node of the graph is a concept.
 *
 * @param id given by the user, or a UUIDv7
 * @param text what was learned
 * @param metadata user's metadata, scopes included
 * @param provenance where it came from
 * @param createdAt when it was first learned
 * @param updatedAt when its text or metadata last changed
 * @param expiresAt when it becomes invisible
 * @param occurredAt when what it tells of happened, such as the date of the conversation
 * @param validFrom from when on it holds; empty for always
 * @param validUntil the first moment at which it does not hold any more, such as when it was
 *     superseded; empty for never
 * @param accessCount 1 after learning, and one more each time it is used
 * @param lastAccessed when that last happened
 * @param importance 0 to 1, as of now: it fades unless the memory is used or pinned
 * @param pinned whether its importance stays and no policy forgets it
 */
public record Memory(
    RecordId id,
    String text,
    Metadata metadata,
    Optional<Provenance> provenance,
    Instant createdAt,
    Instant updatedAt,
    Optional<Instant> expiresAt,
    Optional<Instant> occurredAt,
    Optional<Instant> validFrom,
    Optional<Instant> validUntil,
    long accessCount,
    Instant lastAccessed,
    double importance,
    boolean pinned) {}
