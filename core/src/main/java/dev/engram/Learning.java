package dev.engram;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Something to be learned: a text with what is known of it. Immutable to its users. */
public final class Learning {
  private final String text;
  private @Nullable RecordId id;
  private Metadata metadata = Metadata.empty();
  private @Nullable Provenance provenance;
  private @Nullable Duration timeToLive;
  private boolean allowDuplicates;
  private double importance = 1;
  private @Nullable Instant occurredAt;
  private @Nullable Instant validFrom;
  private @Nullable Instant validUntil;
  private NearDuplicates nearDuplicates = NearDuplicates.keep();
  private @Nullable Boolean recallLoopGuard;
  private @Nullable Set<AutoRelation> relations;

  private Learning(String text) {
    this.text = text;
  }

  /** A text of 1 to {@link Limits#MAX_TEXT_BYTES} UTF-8 bytes, not blank. */
  public static Learning of(String text) {
    return new Learning(text);
  }

  /**
   * With an id of the user's; learning an id that is there replaces its text and metadata, and
   * counts as a use.
   */
  public Learning withId(RecordId newId) {
    return with(l -> l.id = newId);
  }

  public Learning withMetadata(Metadata newMetadata) {
    return with(l -> l.metadata = newMetadata);
  }

  public Learning from(Provenance newProvenance) {
    return with(l -> l.provenance = newProvenance);
  }

  public Learning withTimeToLive(Duration duration) {
    Limits.checkTimeToLive(duration);
    return with(l -> l.timeToLive = duration);
  }

  /** How important it is, 0 to 1; 1 unless given. */
  public Learning withImportance(double newImportance) {
    if (!(newImportance >= 0 && newImportance <= 1)) {
      throw new InvalidInputException(
          "invalid importance: importance=" + newImportance + ", allowed=0..1");
    }
    return with(l -> l.importance = newImportance);
  }

  /**
   * When what the memory tells of happened, such as the date of the conversation; not when it is
   * learned. Kept to the millisecond.
   */
  public Learning occurredAt(Instant instant) {
    Limits.checkEventTime(instant);
    return with(l -> l.occurredAt = instant);
  }

  /** It holds from then on. */
  public Learning validFrom(Instant instant) {
    Limits.checkEventTime(instant);
    return with(l -> l.validFrom = instant).checked();
  }

  /** It does not hold any more from then on. */
  public Learning validUntil(Instant instant) {
    Limits.checkEventTime(instant);
    return with(l -> l.validUntil = instant).checked();
  }

  private Learning checked() {
    if (validFrom != null && validUntil != null && !validFrom.isBefore(validUntil)) {
      throw new InvalidInputException(
          "invalid learning: validFrom="
              + validFrom
              + ", validUntil="
              + validUntil
              + "; give an earlier and a later");
    }
    return this;
  }

  /** Learns a new memory even where the same text is there already. */
  public Learning allowDuplicates() {
    return with(l -> l.allowDuplicates = true);
  }

  /**
   * What is done where the space already knows nearly the same; unless given, both are kept. Looked
   * for among what was acknowledged before and what the same transaction learned, by one search.
   * Counts neither for an id that is there, nor, but for the link, where duplicates are allowed.
   *
   * @throws StaleViewException by learn, where an index cannot tell at the moment
   */
  public Learning onNearDuplicate(NearDuplicates what) {
    return with(l -> l.nearDuplicates = what);
  }

  /**
   * Whether a text that says nearly what a recent recall returned is taken for that memory: it is
   * returned as it is, neither counted as used nor strengthened, and the loop is counted for {@link
   * MemorySpace#audit}. Recent is what is not older than {@link Dynamics#workingMemoryTime};
   * recalls that are {@link Recall#untouched} are not known. In place of {@link
   * Dynamics#recallLoopGuard}.
   */
  public Learning guardRecallLoop(boolean guard) {
    return with(l -> l.recallLoopGuard = guard);
  }

  /** Which synapses are made by themselves, in place of {@link Dynamics#relations}. */
  public Learning relations(Set<AutoRelation> made) {
    Set<AutoRelation> copy = Set.copyOf(made);
    return with(l -> l.relations = copy);
  }

  private Learning with(Consumer<Learning> change) {
    Learning copy = new Learning(text);
    copy.id = id;
    copy.metadata = metadata;
    copy.provenance = provenance;
    copy.timeToLive = timeToLive;
    copy.allowDuplicates = allowDuplicates;
    copy.importance = importance;
    copy.occurredAt = occurredAt;
    copy.validFrom = validFrom;
    copy.validUntil = validUntil;
    copy.nearDuplicates = nearDuplicates;
    copy.recallLoopGuard = recallLoopGuard;
    copy.relations = relations;
    change.accept(copy);
    return copy;
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

  public Optional<Instant> validFrom() {
    return Optional.ofNullable(validFrom);
  }

  public Optional<Instant> validUntil() {
    return Optional.ofNullable(validUntil);
  }

  public double importance() {
    return importance;
  }

  public boolean duplicatesAllowed() {
    return allowDuplicates;
  }

  public NearDuplicates nearDuplicates() {
    return nearDuplicates;
  }

  /** Whether recall loops are recognised; empty for what the space does. */
  public Optional<Boolean> recallLoopGuard() {
    return Optional.ofNullable(recallLoopGuard);
  }

  /** Which synapses are made by themselves; empty for those of the space. */
  public Optional<Set<AutoRelation>> relations() {
    return Optional.ofNullable(relations);
  }

  /** When what it tells of happened; empty where nobody said. */
  public Optional<Instant> occurredAt() {
    return Optional.ofNullable(occurredAt);
  }
}
