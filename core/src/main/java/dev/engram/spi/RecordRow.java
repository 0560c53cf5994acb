package dev.engram.spi;

import dev.engram.Metadata;
import dev.engram.RecordId;
import org.jspecify.annotations.Nullable;

/**
 * A record as views see it.
 *
 * @param collection internal number of its collection
 * @param epoch epoch of its ordinal
 * @param ordinal number within the epoch; another one whenever text or vector change
 * @param id the user's id
 * @param text its text
 * @param metadata its metadata
 * @param vector its vector, where it was asked for; not to be changed
 * @param hasVector whether a vector is stored
 * @param expiresAtMillis when it expires, milliseconds since the epoch; 0 for never
 */
public record RecordRow(
    int collection,
    int epoch,
    int ordinal,
    RecordId id,
    @Nullable String text,
    Metadata metadata,
    float @Nullable [] vector,
    boolean hasVector,
    long expiresAtMillis) {}
