package dev.engram;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * As of when a store is recovered from its archive and backups: at most one of LSN, instant and
 * name. Immutable; every method returns a changed copy.
 *
 * @param lsn of the last commit
 * @param instant no commit is later; of one, those after it are left out too
 * @param name that was given in the archive, or the id of a backup
 * @param storeId of which store; needed where the target has several
 * @param timeline of which timeline; the newest where empty
 */
public record RecoveryPoint(
    OptionalLong lsn,
    Optional<Instant> instant,
    Optional<String> name,
    Optional<UUID> storeId,
    OptionalLong timeline) {
  private static final RecoveryPoint LATEST =
      new RecoveryPoint(
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty());

  /** The last commit that is there. */
  public static RecoveryPoint latest() {
    return LATEST;
  }

  /** A commit by its number. */
  public static RecoveryPoint lsn(long lsn) {
    if (lsn < 1) {
      throw new InvalidInputException("invalid point: lsn=" + lsn + ", allowed >= 1");
    }
    return new RecoveryPoint(
        OptionalLong.of(lsn), Optional.empty(), Optional.empty(), LATEST.storeId, LATEST.timeline);
  }

  /** The last commit that is not later than this, which is an event time. */
  public static RecoveryPoint instant(Instant instant) {
    Limits.checkEventTime(instant);
    return new RecoveryPoint(
        OptionalLong.empty(),
        Optional.of(instant),
        Optional.empty(),
        LATEST.storeId,
        LATEST.timeline);
  }

  /** A commit that was named in the archive, or the last one of a backup, by its id. */
  public static RecoveryPoint named(String name) {
    return new RecoveryPoint(
        OptionalLong.empty(), Optional.empty(), Optional.of(name), LATEST.storeId, LATEST.timeline);
  }

  /** Of this store. */
  public RecoveryPoint ofStore(UUID id) {
    return new RecoveryPoint(lsn, instant, name, Optional.of(id), timeline);
  }

  /** On this timeline, instead of the newest one. */
  public RecoveryPoint onTimeline(long number) {
    return new RecoveryPoint(lsn, instant, name, storeId, OptionalLong.of(number));
  }
}
