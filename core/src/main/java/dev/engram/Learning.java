package dev.engram;

import java.time.Duration;
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

  private Learning(
      String text,
      @Nullable RecordId id,
      Metadata metadata,
      @Nullable Provenance provenance,
      @Nullable Duration timeToLive,
      boolean allowDuplicates) {
    this.text = text;
    this.id = id;
    this.metadata = metadata;
    this.provenance = provenance;
    this.timeToLive = timeToLive;
    this.allowDuplicates = allowDuplicates;
  }

  /** A text of 1 to {@link Limits#MAX_TEXT_BYTES} UTF-8 bytes, not blank. */
  public static Learning of(String text) {
    return new Learning(text, null, Metadata.empty(), null, null, false);
  }

  /** With an id of the user's; learning an id that is there replaces its text and metadata. */
  public Learning withId(RecordId newId) {
    return new Learning(text, newId, metadata, provenance, timeToLive, allowDuplicates);
  }

  public Learning withMetadata(Metadata newMetadata) {
    return new Learning(text, id, newMetadata, provenance, timeToLive, allowDuplicates);
  }

  public Learning from(Provenance newProvenance) {
    return new Learning(text, id, metadata, newProvenance, timeToLive, allowDuplicates);
  }

  public Learning withTimeToLive(Duration duration) {
    Limits.checkTimeToLive(duration);
    return new Learning(text, id, metadata, provenance, duration, allowDuplicates);
  }

  /** Learns a new memory even where the same text is there already. */
  public Learning allowDuplicates() {
    return new Learning(text, id, metadata, provenance, timeToLive, true);
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
}
