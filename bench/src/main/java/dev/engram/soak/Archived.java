package dev.engram.soak;

import dev.engram.RecoveryPoint;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A moment to which the archive leads.
 *
 * @param point by which it is recovered; of a store, and on a timeline
 * @param lsn of its last commit
 * @param model what the store held then
 */
record Archived(RecoveryPoint point, long lsn, Model model) {
  private static final String LSN = "lsn";
  private static final String INSTANT = "instant";
  private static final String NAME = "name";

  /** The point in words, so that a child process can be told. */
  List<String> words() {
    String store = point.storeId().orElseThrow().toString();
    String timeline = Long.toString(point.timeline().orElseThrow());
    if (point.lsn().isPresent()) {
      return List.of(store, timeline, LSN, Long.toString(point.lsn().getAsLong()));
    }
    return point
        .instant()
        .map(at -> List.of(store, timeline, INSTANT, Long.toString(at.toEpochMilli())))
        .orElseGet(() -> List.of(store, timeline, NAME, point.name().orElseThrow()));
  }

  /** Reads the words of a point. */
  static RecoveryPoint of(List<String> words) {
    String value = words.get(3);
    RecoveryPoint point =
        switch (words.get(2)) {
          case LSN -> RecoveryPoint.lsn(Long.parseLong(value));
          case INSTANT -> RecoveryPoint.instant(Instant.ofEpochMilli(Long.parseLong(value)));
          case NAME -> RecoveryPoint.named(value);
          default -> throw new IllegalArgumentException("no such point: " + words);
        };
    return point.ofStore(UUID.fromString(words.get(0))).onTimeline(Long.parseLong(words.get(1)));
  }

  @Override
  public String toString() {
    return words() + ", last=" + lsn;
  }
}
