package dev.engram.internal.engine;

import dev.engram.AuditCheck;
import dev.engram.AuditEntry;
import dev.engram.AuditHead;
import dev.engram.AuditLog;
import dev.engram.CommitId;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.UnsupportedFeatureException;
import dev.engram.internal.format.AuditLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.AuditNote;
import dev.engram.internal.log.AuditNote.Turn;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.LogSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The audit log of an open store. Thread-safe. */
final class StoredAudit implements AuditLog {
  /** Entries that are let go in one commit. */
  private static final int TRIM_BATCH = 10_000;

  private final OpenStore store;

  StoredAudit(OpenStore store) {
    this.store = store;
  }

  /** What the configuration wants, and a timeline that began since the last entry. */
  void begin() {
    if (store.isFollower()) {
      return;
    }
    store.config().auditLog().ifPresent(this::on);
    AuditHead head = head();
    if (isOn() && head.sequence() > 0) {
      List<AuditEntry> last = entries(head.sequence() - 1, 1);
      long timeline = store.log().last().timeline();
      if (!last.isEmpty() && last.getFirst().commit().timeline() != timeline) {
        CommitId before = last.getFirst().commit();
        commit(AuditNote.of("timeline", "timeline=" + timeline + " lastEntryOf=" + before));
      }
    }
  }

  @Override
  public boolean isOn() {
    return store.log().audit().on();
  }

  @Override
  public void on(boolean wanted) {
    store.requireOpen();
    if (wanted != isOn()) {
      Turn turn = wanted ? Turn.ON : Turn.OFF;
      commit(new AuditNote("audit-log " + (wanted ? "on" : "off"), "", turn));
    }
  }

  @Override
  public AuditHead head() {
    return store.log().audit().head();
  }

  @Override
  public List<AuditEntry> entries(long after, int limit) {
    if (after < 0 || limit < 1 || limit > Limits.MAX_AUDIT_PAGE) {
      throw new InvalidInputException(
          "invalid page of the audit log: after="
              + after
              + ", limit="
              + limit
              + ", allowed=0.. and 1.."
              + Limits.MAX_AUDIT_PAGE);
    }
    List<AuditEntry> found = new ArrayList<>();
    store
        .log()
        .scan(
            Family.AUDIT,
            Keys.auditEntry(after + 1),
            new byte[0],
            (key, value) -> {
              found.add(AuditLayout.decode(key, value));
              return found.size() < limit;
            });
    return found;
  }

  @Override
  public void note(String action, String details) {
    Session.checkName(action);
    long bytes = Limits.utf8Bytes("details", details);
    if (bytes > Limits.MAX_NAME_BYTES) {
      throw new InvalidInputException(
          "invalid details: bytes=" + bytes + ", allowed=0.." + Limits.MAX_NAME_BYTES);
    }
    if (!isOn()) {
      throw new UnsupportedFeatureException("the audit log is off; switch it on first");
    }
    commit(AuditNote.of(action, details));
  }

  /** Enters what the store itself has done, where the log is on; in a follower it is another's. */
  void did(String action, String details) {
    if (isOn() && !store.isFollower()) {
      commit(AuditNote.of(action, details));
    }
  }

  private void commit(AuditNote note) {
    try (Session session = store.session()) {
      session.tx().note(note);
      CommitId _ = session.commit();
    }
  }

  @Override
  public AuditCheck verify(Optional<AuditHead> known) {
    store.requireOpen();
    try (LogSnapshot rows = store.log().snapshot()) {
      return new AuditWalk(rows, known.orElse(AuditHead.NONE)).run();
    }
  }

  @Override
  public long trim(Instant before) {
    // What letting go enters itself stays.
    long last = head().sequence();
    long removed = 0;
    int some = store.inTransaction(s -> trimSome(s, before, last));
    while (some > 0) {
      removed += some;
      Handle.checkInterrupt("trim the audit log", removed);
      some = store.inTransaction(s -> trimSome(s, before, last));
    }
    return removed;
  }

  private static int trimSome(Session session, Instant before, long last) {
    Tx tx = session.tx();
    List<AuditEntry> due = new ArrayList<>();
    tx.scanFrom(
        Family.AUDIT,
        Keys.auditEntry(1),
        new byte[0],
        (key, value) -> {
          AuditEntry entry = AuditLayout.decode(key, value);
          boolean old = entry.at().isBefore(before) && entry.sequence() < last;
          if (old) {
            due.add(entry);
          }
          return old && due.size() < TRIM_BATCH;
        });
    if (due.isEmpty()) {
      return 0;
    }
    due.forEach(entry -> tx.delete(Family.AUDIT, Keys.auditEntry(entry.sequence())));
    AuditHead anchor = new AuditHead(due.getLast().sequence(), due.getLast().hash());
    byte[] key = Keys.auditAnchor();
    tx.claim(Family.AUDIT, key);
    tx.put(Family.AUDIT, key, AuditLayout.encodeAnchor(key, anchor));
    tx.note(AuditNote.of(AuditWalk.TRIM, "removed=" + due.size() + AuditWalk.ANCHOR + anchor));
    return due.size();
  }
}
