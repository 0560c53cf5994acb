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
 * @param createdAtMillis when it was first stored, milliseconds since the epoch
 * @param occurredAtMillis when what a memory tells of happened, milliseconds since the epoch;
 *     {@link #NO_TIME} where nobody said
 * @param validFromMillis from when on it holds, likewise
 * @param validUntilMillis the first moment at which it does not hold any more, likewise
 * @param node number of a memory's node in its space, which stays when the text changes; -1 for a
 *     plain record
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
    long expiresAtMillis,
    long createdAtMillis,
    long occurredAtMillis,
    long validFromMillis,
    long validUntilMillis,
    int node) {
  /** The instant of a record that has none. */
  public static final long NO_TIME = Long.MIN_VALUE;
}
