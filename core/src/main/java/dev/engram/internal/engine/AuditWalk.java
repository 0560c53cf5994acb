package dev.engram.internal.engine;

import dev.engram.AuditCheck;
import dev.engram.AuditEntry;
import dev.engram.AuditHead;
import dev.engram.CorruptStoreException;
import dev.engram.internal.format.AuditLayout;
import dev.engram.internal.format.AuditLayout.State;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.LogSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One walk along the chain of the audit log, from its anchor to its head. Not thread-safe. */
final class AuditWalk {
  /** The action of letting old entries go. */
  static final String TRIM = "audit-log trim";

  /** What stands in its details before the hash of the last one that went. */
  static final String ANCHOR = " anchor=";

  /** Findings that are listed. */
  private static final int MAX_FINDINGS = 100;

  private final LogSnapshot rows;
  private final AuditHead known;
  private final List<String> findings = new ArrayList<>();
  private AuditHead reached = AuditHead.NONE;
  private @Nullable String lastAnchor;
  private boolean knownSeen;
  private long lsn;
  private long entries;

  AuditWalk(LogSnapshot rows, AuditHead known) {
    this.rows = rows;
    this.known = known;
  }

  AuditCheck run() {
    AuditHead anchor = anchor();
    reached = anchor;
    meet(anchor);
    try {
      rows.scan(
          Family.AUDIT,
          Keys.auditEntry(0),
          new byte[0],
          (key, value) -> {
            entry(key, value);
            return true;
          });
    } catch (CorruptStoreException e) {
      find("the rows cannot be read: why=" + e.getMessage());
    }
    AuditHead head = head();
    if (!head.equals(reached)) {
      find("the end is another one: found=" + reached.sequence() + ", noted=" + head.sequence());
    }
    if (lastAnchor != null && !lastAnchor.equals(anchor.toString())) {
      find("the beginning is another one than was entered: found=" + anchor.sequence());
    }
    if (!knownSeen) {
      find("the known head is not in the chain: sequence=" + known.sequence());
    }
    return new AuditCheck(entries, reached, findings);
  }

  private AuditHead anchor() {
    byte[] key = Keys.auditAnchor();
    try {
      byte[] row = rows.get(Family.AUDIT, key);
      return row == null ? AuditHead.NONE : AuditLayout.decodeAnchor(key, row);
    } catch (CorruptStoreException e) {
      find("where it begins cannot be read: why=" + e.getMessage());
      return AuditHead.NONE;
    }
  }

  private AuditHead head() {
    byte[] key = Keys.auditHead();
    try {
      byte[] row = rows.get(Family.AUDIT, key);
      return (row == null ? State.NONE : AuditLayout.decodeState(key, row)).head();
    } catch (CorruptStoreException e) {
      find("where it ends cannot be read: why=" + e.getMessage());
      return AuditHead.NONE;
    }
  }

  private void entry(byte[] key, byte[] value) {
    AuditEntry entry;
    try {
      entry = AuditLayout.decode(key, value);
    } catch (CorruptStoreException e) {
      find("an entry cannot be read: sequence=" + Keys.longAt(key, 1) + ", why=" + e.getMessage());
      return;
    }
    long sequence = entry.sequence();
    if (sequence != Keys.longAt(key, 1)) {
      find("an entry is in another's place: sequence=" + sequence);
    }
    if (sequence != reached.sequence() + 1) {
      find("entries are missing: from=" + (reached.sequence() + 1) + ", to=" + (sequence - 1));
    } else if (!entry.previous().equals(reached.hash())) {
      find("an entry was changed: sequence=" + reached.sequence());
    }
    if (entry.commit().lsn() <= lsn) {
      find("an entry is of an earlier commit than the one before: sequence=" + sequence);
    }
    lsn = entry.commit().lsn();
    reached = new AuditHead(sequence, entry.hash());
    entries++;
    meet(reached);
    int at = entry.action().equals(TRIM) ? entry.details().indexOf(ANCHOR) : -1;
    if (at >= 0) {
      lastAnchor = entry.details().substring(at + ANCHOR.length());
    }
  }

  private void meet(AuditHead place) {
    knownSeen |= place.equals(known) || known.sequence() == 0;
  }

  private void find(String what) {
    if (findings.size() < MAX_FINDINGS) {
      findings.add(what);
    }
  }
}
