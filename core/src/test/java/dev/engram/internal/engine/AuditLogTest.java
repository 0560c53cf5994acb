package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.AuditCheck;
import dev.engram.AuditEntry;
import dev.engram.AuditHead;
import dev.engram.AuditLog;
import dev.engram.CommitId;
import dev.engram.CommitOptions;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.InvalidInputException;
import dev.engram.MaintenanceTask;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.SnapshotInfo;
import dev.engram.TestClock;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.format.AuditLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Draft;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.LogSnapshot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who did what, and that nobody can change it without its showing. */
class AuditLogTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private int tampered;

  private Path store() {
    return directory.resolve("store");
  }

  private EngramConfig config() {
    return EngramConfig.at(store()).clock(clock);
  }

  private static List<AuditEntry> entries(Engram engram) {
    return engram.auditLog().entries(0, 10_000);
  }

  private static List<String> actions(Engram engram) {
    return entries(engram).stream().map(AuditEntry::action).toList();
  }

  private static AuditCheck verified(Engram engram) {
    return engram.auditLog().verify(Optional.empty());
  }

  /** Six commits, the first of which switches the log on. */
  private static void write(Engram engram) {
    MemorySpace space = engram.space("s");
    Memory tea = space.learn("green tea");
    Memory coffee = space.learn("coffee");
    space.associate(tea.id(), coffee.id());
    assertTrue(space.forget(coffee.id()));
  }

  @Test
  void isOffUntilItIsSwitchedOnAndStaysOn() {
    try (Engram engram = Engram.open(config())) {
      write(engram);
      AuditLog log = engram.auditLog();
      assertFalse(log.isOn());
      assertEquals(AuditHead.NONE, log.head());
      assertEquals(List.of(), entries(engram));
      assertThrows(UnsupportedFeatureException.class, () -> log.note("deploy", "1.0"));
      log.on(true);
      log.on(true);
    }
    try (Engram engram = Engram.open(config().actor("alice"))) {
      assertTrue(engram.auditLog().isOn());
      engram.space("s").learn("water").id();
      assertEquals(List.of("audit-log on", "store"), actions(engram));
      assertEquals("alice", entries(engram).getLast().actor());
    }
    try (Engram engram = Engram.open(config().auditLog(false))) {
      engram.space("s").learn("milk").id();
      assertEquals(List.of("audit-log on", "store", "audit-log off"), actions(engram));
      assertTrue(verified(engram).ok(), () -> verified(engram).toString());
      engram.auditLog().on(true);
      assertEquals(4, verified(engram).entries());
    }
  }

  @Test
  void entersWhatIsDoneByWhomInTheSameCommit() throws Exception {
    try (Engram engram = Engram.open(config().auditLog(true).actor("alice"))) {
      write(engram);
      CommitId commit =
          engram.write(
              CommitOptions.NONE.author("bob\nand co"), tx -> tx.space("s").learn("black tea"));
      assertEquals(
          List.of("audit-log on", "configure", "store", "store", "associate", "delete", "store"),
          actions(engram));
      AuditEntry last = entries(engram).getLast();
      assertEquals(commit, last.commit());
      assertEquals("bob and co", last.actor());
      assertEquals(clock.instant(), last.at());
      assertTrue(last.details().contains("records=+1-0"), last.details());
      assertTrue(last.details().contains("collections=[1]"), last.details());
      byte[] text = last.text().getBytes(StandardCharsets.UTF_8);
      byte[] sha = MessageDigest.getInstance("SHA-256").digest(text);
      assertEquals(new AuditHead(7, HexFormat.of().formatHex(sha)), engram.auditLog().head());
      SnapshotInfo made = engram.snapshots().create("one");
      assertTrue(engram.snapshots().delete("one"));
      engram.auditLog().note("deploy", "version 1.0");
      assertTrue(engram.compact().bytesAfter() >= 0);
      assertEquals(
          List.of("snapshot create", "snapshot delete", "deploy", "compact"),
          actions(engram).subList(7, 11));
      assertEquals("name=one commit=" + made.commit(), entries(engram).get(7).details());
      assertTrue(verified(engram).ok(), () -> verified(engram).toString());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  /** Changes the rows behind the store's back; what is found then. */
  private List<String> findingsAfter(BiConsumer<Draft, List<AuditEntry>> tampering) {
    AuditHead head;
    Path fresh = directory.resolve("tampered" + tampered++);
    try (Engram engram = Engram.open(EngramConfig.at(fresh).clock(clock).auditLog(true))) {
      write(engram);
      head = engram.auditLog().head();
      assertTrue(engram.auditLog().verify(Optional.of(head)).ok());
      // The commit that tampers is not to be entered.
      engram.auditLog().on(false);
      OpenStore store = (OpenStore) engram;
      try (LogSnapshot base = store.log().snapshot()) {
        Draft draft = store.log().draft(base);
        tampering.accept(draft, entries(engram));
        assertTrue(store.log().commit(draft).lsn() > 0);
      }
      assertFalse(engram.check().ok());
      assertFalse(engram.auditLog().verify(Optional.of(head)).ok());
      return verified(engram).findings();
    }
  }

  private static void put(Draft draft, long sequence, AuditEntry entry) {
    byte[] key = Keys.auditEntry(sequence);
    draft.put(Family.AUDIT, key, AuditLayout.encode(key, entry));
  }

  private static AuditEntry changed(AuditEntry e, long sequence, String actor) {
    return new AuditEntry(
        sequence, e.commit(), e.at(), actor, e.action(), e.details(), e.changes(), e.previous());
  }

  @Test
  void removalShows() {
    for (int i : new int[] {0, 2}) {
      List<String> findings =
          findingsAfter((draft, all) -> draft.delete(Family.AUDIT, Keys.auditEntry(i + 1)));
      assertTrue(findings.getFirst().contains("entries are missing: from=" + (i + 1)));
    }
  }

  @Test
  void changingShows() {
    for (int i : new int[] {0, 2, 6}) {
      List<String> findings =
          findingsAfter((draft, all) -> put(draft, i + 1, changed(all.get(i), i + 1, "mallory")));
      assertEquals(1, findings.size(), findings::toString);
    }
  }

  @Test
  void reorderingShows() {
    List<String> findings =
        findingsAfter((draft, all) -> {
          put(draft, 3, changed(all.get(3), 3, ""));
          put(draft, 4, changed(all.get(2), 4, ""));
        });
    assertTrue(findings.stream().anyMatch(f -> f.contains("earlier commit")), findings::toString);
    assertTrue(findings.stream().anyMatch(f -> f.contains("was changed")), findings::toString);
  }

  @Test
  void truncationShowsAlsoWhereTheEndIsMadeToFit() {
    List<String> findings =
        findingsAfter((draft, all) -> draft.delete(Family.AUDIT, Keys.auditEntry(all.size())));
    assertTrue(findings.getFirst().contains("the end is another one"), findings::toString);
    List<String> fitted =
        findingsAfterFitting((draft, all) -> {
          draft.delete(Family.AUDIT, Keys.auditEntry(all.size()));
          AuditEntry last = all.get(all.size() - 2);
          byte[] key = Keys.auditHead();
          AuditHead head = new AuditHead(last.sequence(), last.hash());
          draft.put(
              Family.AUDIT, key, AuditLayout.encodeState(key, new AuditLayout.State(false, head)));
        });
    assertTrue(
        fitted.stream().anyMatch(f -> f.contains("known head is not in the chain")),
        fitted::toString);
  }

  /** What a head shows that was kept elsewhere. */
  private List<String> findingsAfterFitting(BiConsumer<Draft, List<AuditEntry>> tampering) {
    try (Engram engram =
        Engram.open(EngramConfig.at(directory.resolve("other")).clock(clock).auditLog(true))) {
      write(engram);
      engram.auditLog().on(false);
      AuditHead head = engram.auditLog().head();
      OpenStore store = (OpenStore) engram;
      try (LogSnapshot base = store.log().snapshot()) {
        Draft draft = store.log().draft(base);
        tampering.accept(draft, entries(engram));
        assertTrue(store.log().commit(draft).lsn() > 0);
      }
      assertTrue(verified(engram).ok(), "who can write the files can make a chain");
      return engram.auditLog().verify(Optional.of(head)).findings();
    }
  }

  @Test
  void oldEntriesGoAndWhatIsLeftIsVerified() {
    try (Engram engram = Engram.open(config().auditLog(true).auditRetention(Duration.ofDays(30)))) {
      write(engram);
      AuditHead early = engram.auditLog().head();
      clock.pass(Duration.ofDays(20));
      engram.space("s").learn("water").id();
      AuditHead kept = engram.auditLog().head();
      clock.pass(Duration.ofDays(20));
      assertTrue(engram.maintain(Set.of(MaintenanceTask.EXPIRE), Progress.NONE).getFirst().ok());
      assertEquals(List.of("store", "audit-log trim"), actions(engram));
      assertTrue(verified(engram).ok(), () -> verified(engram).toString());
      assertTrue(engram.auditLog().verify(Optional.of(kept)).ok());
      assertTrue(engram.auditLog().verify(Optional.of(early)).ok(), "it is the anchor");
      assertEquals(0, engram.auditLog().trim(clock.instant().minus(Duration.ofDays(30))));
      clock.pass(Duration.ofDays(1));
      assertEquals(1, engram.auditLog().trim(Instant.MAX));
      assertTrue(verified(engram).ok(), () -> verified(engram).toString());
      assertTrue(engram.check().ok());
    }
  }

  @Test
  void aRestoredStoreTellsThatItsTimelineIsAnotherOne() {
    AuditHead later;
    try (Engram engram = Engram.open(config().auditLog(true))) {
      write(engram);
      SnapshotInfo _ = engram.snapshots().create("one");
      engram.space("s").learn("water").id();
      later = engram.auditLog().head();
    }
    CommitId restored = Engram.restoreSnapshot(store(), "one");
    assertEquals(2, restored.timeline());
    try (Engram engram = Engram.open(config())) {
      assertEquals("timeline", actions(engram).getLast());
      assertTrue(entries(engram).getLast().details().startsWith("timeline=2"));
      assertTrue(verified(engram).ok(), () -> verified(engram).toString());
      assertFalse(engram.auditLog().verify(Optional.of(later)).ok());
    }
  }

  @Test
  void manyWritersMakeOneChain() {
    try (Engram engram = Engram.open(config().auditLog(true))) {
      IntStream.range(0, 200)
          .parallel()
          .forEach(i -> engram.space("s" + i % 4).learn("text " + i).id());
      AuditCheck check = verified(engram);
      assertTrue(check.ok(), check::toString);
      assertEquals(engram.lastCommit().lsn(), check.entries());
    }
  }

  @Test
  void refusesWhatIsNoHeadAndNoPage() {
    assertThrows(InvalidInputException.class, () -> AuditHead.parse("17"));
    assertThrows(InvalidInputException.class, () -> AuditHead.parse("17:abc"));
    assertEquals(AuditHead.NONE, AuditHead.parse(AuditHead.NONE.toString()));
    try (Engram engram = Engram.inMemory()) {
      assertThrows(InvalidInputException.class, () -> engram.auditLog().entries(0, 0));
      assertThrows(InvalidInputException.class, () -> engram.auditLog().entries(-1, 1));
    }
  }
}
