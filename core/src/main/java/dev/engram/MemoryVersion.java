package dev.engram;

import java.time.Instant;
import java.util.Optional;

/**
 * What a memory said for a time: text, metadata, origin, event time and validity. Immutable.
 *
 * @param recordedFrom when the space learned it, or was told of the change
 * @param recordedUntil the first moment at which it said something else, or was forgotten; empty
 *     for what it says now
 */
public record MemoryVersion(
    RecordId id,
    String text,
    Metadata metadata,
    Optional<Provenance> provenance,
    Optional<Instant> occurredAt,
    Optional<Instant> validFrom,
    Optional<Instant> validUntil,
    Instant recordedFrom,
    Optional<Instant> recordedUntil) {}
