package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Association;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.InvalidInputException;
import dev.engram.MaintenancePlan;
import dev.engram.MaintenanceTask;
import dev.engram.MemorySpace;
import dev.engram.PastSpace;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the history has kept for long enough goes; the rest stays whole. */
class HistoryExpiryTest {
  private final TestClock clock = new TestClock();

  @Test
  void letsTheOldestGo() {
    try (Engram engram = Engram.open(EngramConfig.inMemory().clock(clock))) {
      StoredSpace space = (StoredSpace) engram.space("s");
      RecordId id = space.learn("first").id();
      RecordId other = space.learn("other").id();
      space.associate(List.of(Association.of(id, other)));
      clock.pass(Duration.ofDays(1));
      Instant first = clock.instant();
      clock.pass(Duration.ofDays(10));
      assertTrue(space.update(id, "second"));
      clock.pass(Duration.ofDays(60));
      Instant second = clock.instant();
      assertTrue(space.update(id, "third"));
      clock.pass(Duration.ofDays(31));
      space.expireHistory();
      assertEquals(
          List.of("second", "third"), space.history(id).stream().map(v -> v.text()).toList());
      assertThrows(InvalidInputException.class, () -> space.asOf(first).close());
      try (PastSpace past = space.asOf(second.minusMillis(1))) {
        assertEquals("second", past.get(id).orElseThrow().text());
      }
      clock.pass(Duration.ofDays(365));
      space.expireHistory();
      assertEquals(1, space.history(id).size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void whatIsDueIsOutOfReachBeforeItIsSwept() {
    EngramConfig config = EngramConfig.inMemory().clock(clock).maintenance(MaintenancePlan.none());
    try (Engram engram = Engram.open(config)) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn("first").id();
      clock.pass(Duration.ofDays(1));
      Instant first = clock.instant();
      clock.pass(Duration.ofDays(1));
      assertTrue(space.update(id, "second"));
      clock.pass(Duration.ofDays(80));
      space.asOf(first).close();
      clock.pass(Duration.ofDays(20));
      String unswept =
          assertThrows(InvalidInputException.class, () -> space.asOf(first).close()).getMessage();
      assertEquals(2, space.history(id).size());
      assertTrue(engram.maintain(Set.of(MaintenanceTask.EXPIRE), Progress.NONE).getFirst().ok());
      assertEquals(1, space.history(id).size());
      assertEquals(
          unswept,
          assertThrows(InvalidInputException.class, () -> space.asOf(first).close()).getMessage());
      space.asOf(clock.instant().minus(Duration.ofDays(89))).close();
    }
  }

  @Test
  void whatNeverChangedIsKnownHoweverLongAgo() {
    try (Engram engram = Engram.open(EngramConfig.inMemory().clock(clock))) {
      MemorySpace space = engram.space("s");
      RecordId id = space.learn("first").id();
      clock.pass(Duration.ofDays(1));
      Instant first = clock.instant();
      clock.pass(Duration.ofDays(300));
      try (PastSpace past = space.asOf(first)) {
        assertEquals("first", past.get(id).orElseThrow().text());
      }
    }
  }
}
