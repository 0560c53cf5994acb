package dev.engram;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record of a collection: an id with a vector, a text, metadata and an expiry, each optional but
 * the id. Immutable: vectors are copied in and out.
 */
public final class VectorRecord {
  private final RecordId id;
  private final float @Nullable [] vector;
  private final @Nullable String text;
  private final Metadata metadata;
  private final @Nullable Instant expiresAt;
  private final @Nullable Duration timeToLive;

  private VectorRecord(
      RecordId id,
      float @Nullable [] vector,
      @Nullable String text,
      Metadata metadata,
      @Nullable Instant expiresAt,
      @Nullable Duration timeToLive) {
    this.id = id;
    this.vector = vector;
    this.text = text;
    this.metadata = metadata;
    this.expiresAt = expiresAt;
    this.timeToLive = timeToLive;
  }

  /** A record with only an id. */
  public static VectorRecord of(RecordId id) {
    return new VectorRecord(id, null, null, Metadata.empty(), null, null);
  }

  /** A record with a vector of the collection's dimension. */
  public static VectorRecord of(RecordId id, float[] vector) {
    return of(id).withVector(vector);
  }

  /** A record with a text id and a vector of the collection's dimension. */
  public static VectorRecord of(String id, float[] vector) {
    return of(RecordId.of(id), vector);
  }

  /** A record with a text id and a text. */
  public static VectorRecord ofText(String id, String text) {
    return of(RecordId.of(id)).withText(text);
  }

  public VectorRecord withVector(float[] components) {
    return new VectorRecord(id, components.clone(), text, metadata, expiresAt, timeToLive);
  }

  public VectorRecord withText(String newText) {
    return new VectorRecord(id, vector, newText, metadata, expiresAt, timeToLive);
  }

  public VectorRecord withMetadata(Metadata newMetadata) {
    return new VectorRecord(id, vector, text, newMetadata, expiresAt, timeToLive);
  }

  /** Expires at an instant: from then on no read or search returns the record. */
  public VectorRecord withExpiry(Instant instant) {
    Limits.checkExpiry(instant);
    return new VectorRecord(id, vector, text, metadata, instant, null);
  }

  /** Expires this long after it is stored. */
  public VectorRecord withTimeToLive(Duration duration) {
    Limits.checkTimeToLive(duration);
    return new VectorRecord(id, vector, text, metadata, null, duration);
  }

  public RecordId id() {
    return id;
  }

  /** A copy of the vector. */
  public Optional<float[]> vector() {
    return vector == null ? Optional.empty() : Optional.of(vector.clone());
  }

  /** Components of the vector; 0 where there is none. */
  public int dimension() {
    return vector == null ? 0 : vector.length;
  }

  public Optional<String> text() {
    return Optional.ofNullable(text);
  }

  public Metadata metadata() {
    return metadata;
  }

  /**
   * When a stored record expires; of a record not stored yet, only what {@link #withExpiry} set.
   */
  public Optional<Instant> expiresAt() {
    return Optional.ofNullable(expiresAt);
  }

  /** What {@link #withTimeToLive} set; a stored record has {@link #expiresAt} instead. */
  public Optional<Duration> timeToLive() {
    return Optional.ofNullable(timeToLive);
  }

  @Override
  public String toString() {
    return "VectorRecord[id=" + id + ", dimension=" + dimension() + "]";
  }
}
