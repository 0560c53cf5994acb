package dev.engram;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something to be learned: a text with what is known of it. Immutable. */
public final class Learning {
  private final String text;
  private final @Nullable RecordId id;
  private final Metadata metadata;
  private final @Nullable Provenance provenance;
  private final @Nullable Duration timeToLive;
  private final boolean allowDuplicates;
  private final @Nullable Instant occurredAt;

  private Learning(
      String text,
      @Nullable RecordId id,
      Metadata metadata,
      @Nullable Provenance provenance,
      @Nullable Duration timeToLive,
      boolean allowDuplicates,
      @Nullable Instant occurredAt) {
    this.text = text;
    this.id = id;
    this.metadata = metadata;
    this.provenance = provenance;
    this.timeToLive = timeToLive;
    this.allowDuplicates = allowDuplicates;
    this.occurredAt = occurredAt;
  }

  /** A text of 1 to {@link Limits#MAX_TEXT_BYTES} UTF-8 bytes, not blank. */
  public static Learning of(String text) {
    return new Learning(text, null, Metadata.empty(), null, null, false, null);
  }

  /** With an id of the user's; learning an id that is there replaces its text and metadata. */
  public Learning withId(RecordId newId) {
    return new Learning(text, newId, metadata, provenance, timeToLive, allowDuplicates, occurredAt);
  }

  public Learning withMetadata(Metadata newMetadata) {
    return new Learning(text, id, newMetadata, provenance, timeToLive, allowDuplicates, occurredAt);
  }

  public Learning from(Provenance newProvenance) {
    return new Learning(text, id, metadata, newProvenance, timeToLive, allowDuplicates, occurredAt);
  }

  public Learning withTimeToLive(Duration duration) {
    Limits.checkTimeToLive(duration);
    return new Learning(text, id, metadata, provenance, duration, allowDuplicates, occurredAt);
  }

  /**
   * When what the memory tells of happened, such as the date of the conversation; not when it is
   * learned. Kept to the millisecond.
   */
  public Learning occurredAt(Instant instant) {
    Limits.checkEventTime(instant);
    return new Learning(text, id, metadata, provenance, timeToLive, allowDuplicates, instant);
  }

  /** Learns a new memory even where the same text is there already. */
  public Learning allowDuplicates() {
    return new Learning(text, id, metadata, provenance, timeToLive, true, occurredAt);
  }

  /** Sets the {@link Scope#USER} of the metadata. */
  public Learning forUser(String user) {
    return withMetadata(metadata.with(Scope.USER, user));
  }

  /** Sets the {@link Scope#AGENT} of the metadata. */
  public Learning byAgent(String agent) {
    return withMetadata(metadata.with(Scope.AGENT, agent));
  }

  /** Sets the {@link Scope#SESSION} of the metadata. */
  public Learning inSession(String session) {
    return withMetadata(metadata.with(Scope.SESSION, session));
  }

  /** Sets the {@link Scope#SPEAKER} of the metadata. */
  public Learning saidBy(String speaker) {
    return withMetadata(metadata.with(Scope.SPEAKER, speaker));
  }

  public String text() {
    return text;
  }

  public Optional<RecordId> id() {
    return Optional.ofNullable(id);
  }

  public Metadata metadata() {
    return metadata;
  }

  public Optional<Provenance> provenance() {
    return Optional.ofNullable(provenance);
  }

  public Optional<Duration> timeToLive() {
    return Optional.ofNullable(timeToLive);
  }

  public boolean duplicatesAllowed() {
    return allowDuplicates;
  }

  /** When what it tells of happened; empty where nobody said. */
  public Optional<Instant> occurredAt() {
    return Optional.ofNullable(occurredAt);
  }
}
