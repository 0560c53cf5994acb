package dev.engram.internal.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.CommitId;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metadata;
import dev.engram.Retention;
import dev.engram.internal.format.ManifestLayout.Kind;
import dev.engram.internal.format.ManifestLayout.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetentionRulesTest {
  private static final Instant NOW = Instant.parse("2026-03-04T12:00:00Z");

  private static Manifest backup(String made, UUID store, String parent) {
    return new Manifest(
        Kind.FULL,
        store,
        new CommitId(1, 1),
        Instant.parse(made).toEpochMilli(),
        made,
        parent,
        Metadata.empty(),
        List.of());
  }

  private static List<String> kept(Retention policy, String... made) {
    return kept(policy, Stream.of(made).map(each -> backup(each, new UUID(1, 1), "")).toList());
  }

  private static List<String> kept(Retention policy, List<Manifest> backups) {
    List<Manifest> left = new ArrayList<>(backups);
    left.sort(Comparator.comparing(Manifest::name).reversed());
    left.removeAll(RetentionRules.dispensable(List.copyOf(left), policy, NOW));
    return left.stream().map(Manifest::name).toList();
  }

  @Test
  void keepsTheNewestByCountAndByAge() {
    String[] all = {
      "2026-03-04T11:00:00Z", "2026-03-03T12:00:00Z", "2026-03-03T11:59:59Z", "2025-01-01T00:00:00Z"
    };
    assertEquals(List.of(all[0], all[1]), kept(Retention.ofLast(2), all));
    assertEquals(List.of(all), kept(Retention.ofLast(9), all));
    assertEquals(List.of(all[0], all[1]), kept(Retention.ofAge(Duration.ofDays(1)), all));
    assertEquals(
        List.of(all[0], all[1], all[2]), kept(Retention.ofAge(Duration.ofDays(1)).last(3), all));
    assertEquals(List.of(), kept(Retention.ofAge(Duration.ofMinutes(1)), all));
  }

  @Test
  void keepsTheNewestOfEachDayWeekAndMonthThatHasOne() {
    String[] all = {
      "2026-03-04T11:00:00Z", // Wednesday
      "2026-03-04T01:00:00Z",
      "2026-03-02T10:00:00Z", // Monday
      "2026-03-01T23:59:59Z", // Sunday, of the week before
      "2026-02-23T00:00:00Z", // Monday of that week
      "2026-02-22T00:00:00Z", // the week before it
      "2026-01-31T00:00:00Z",
      "2025-12-31T00:00:00Z",
      "2025-12-29T00:00:00Z" // already the first week of 2026
    };
    assertEquals(List.of(all[0], all[2]), kept(Retention.ofGenerations(2, 0, 0), all));
    assertEquals(List.of(all[0], all[3], all[5]), kept(Retention.ofGenerations(0, 3, 0), all));
    assertEquals(
        List.of(all[0], all[4], all[6], all[7]), kept(Retention.ofGenerations(0, 0, 4), all));
    assertEquals(List.of(all[0], all[3], all[4]), kept(Retention.ofGenerations(1, 2, 2), all));
    assertEquals(List.of(all[7]), kept(Retention.ofGenerations(0, 2, 0), all[7], all[8]));
  }

  @Test
  void judgesEachStoreByItselfAndKeepsWhatAKeptOneContinues() {
    UUID one = new UUID(1, 1);
    UUID two = new UUID(2, 2);
    List<Manifest> all =
        List.of(
            backup("2026-03-04T00:00:00Z", one, "2026-03-02T00:00:00Z"),
            backup("2026-03-03T00:00:00Z", one, ""),
            backup("2026-03-02T00:00:00Z", one, "2026-03-01T00:00:00Z"),
            backup("2026-03-01T00:00:00Z", one, ""),
            backup("2026-02-02T00:00:00Z", two, ""),
            backup("2026-02-01T00:00:00Z", two, ""));
    assertEquals(
        List.of(
            "2026-03-04T00:00:00Z",
            "2026-03-02T00:00:00Z",
            "2026-03-01T00:00:00Z",
            "2026-02-02T00:00:00Z"),
        kept(Retention.ofLast(1), all));
  }

  @Test
  void refusesAPolicyThatIsNone() {
    for (int count : new int[] {0, -1, Limits.MAX_RETAINED + 1}) {
      assertThrows(InvalidInputException.class, () -> Retention.ofLast(count));
      assertThrows(InvalidInputException.class, () -> Retention.ofGenerations(count, 0, 0));
      assertThrows(InvalidInputException.class, () -> Retention.ofGenerations(0, count, 0));
      assertThrows(InvalidInputException.class, () -> Retention.ofGenerations(0, 0, count));
    }
    assertEquals(Limits.MAX_RETAINED, Retention.ofLast(Limits.MAX_RETAINED).last());
    for (Duration age :
        List.of(Duration.ZERO, Duration.ofMillis(-1), Limits.MAX_RETENTION.plusMillis(1))) {
      assertThrows(InvalidInputException.class, () -> Retention.ofAge(age));
    }
    assertEquals(Limits.MAX_RETENTION, Retention.ofAge(Limits.MAX_RETENTION).within());
  }
}
