package dev.engram.internal.log;

import dev.engram.AuditEntry;
import dev.engram.AuditHead;
import dev.engram.CommitId;
import dev.engram.internal.format.AuditLayout;
import dev.engram.internal.format.AuditLayout.State;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.AuditNote.Turn;
import dev.engram.spi.Change;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Gives each commit its entry of the audit log, while that is on. Read by anyone; changed by the
 * leader of the group commit, who alone knows which entry is the last one.
 */
final class AuditChain {
  private volatile State state;

  private AuditChain(State state) {
    this.state = state;
  }

  /** Reads where it ends. */
  static AuditChain load(Rocks rocks) {
    byte[] key = Keys.auditHead();
    byte[] row = rocks.get(Family.AUDIT, key);
    return new AuditChain(row == null ? State.NONE : AuditLayout.decodeState(key, row));
  }

  /** Commits came from another log, with their entries. */
  void reread(Rocks rocks) {
    state = load(rocks).state;
  }

  State state() {
    return state;
  }

  /** Adds the entry of a commit to it, behind everything else that is in it. */
  void append(Draft draft, CommitId id, long millis) {
    AuditNote note = draft.note();
    Turn turn = note == null ? Turn.NEITHER : note.turn();
    if (!state.on() && turn != Turn.ON) {
      return;
    }
    AuditHead before = state.head();
    AuditEntry entry =
        new AuditEntry(
            before.sequence() + 1,
            id,
            Instant.ofEpochMilli(millis),
            oneLine(draft.options().author().orElse("")),
            note == null ? action(draft.changes()) : oneLine(note.action()),
            note == null ? draft.summary() + collections(draft.changes()) : oneLine(note.details()),
            digest(draft),
            before.hash());
    byte[] key = Keys.auditEntry(entry.sequence());
    draft.putLate(Family.AUDIT, key, AuditLayout.encode(key, entry));
    State next = new State(turn != Turn.OFF, new AuditHead(entry.sequence(), entry.hash()));
    byte[] headKey = Keys.auditHead();
    draft.putLate(Family.AUDIT, headKey, AuditLayout.encodeState(headKey, next));
    state = next;
  }

  /** What a commit does, as far as views see it. */
  private static String action(List<Change> changes) {
    boolean put = false;
    boolean removed = false;
    boolean joined = false;
    for (Change change : changes) {
      switch (change) {
        case Change.CollectionDropped _ -> {
          return "drop";
        }
        case Change.CollectionPut _ -> {
          return "configure";
        }
        case Change.RecordPut record -> put |= record.fresh();
        case Change.RecordRemoved _ -> removed = true;
        case Change.SynapsePut _, Change.SynapseRemoved _ -> joined = true;
      }
    }
    if (put) {
      return removed ? "replace" : "store";
    }
    if (removed) {
      return "delete";
    }
    return joined ? "associate" : "update";
  }

  private static String collections(List<Change> changes) {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (Change change : changes) {
      numbers.add(
          switch (change) {
            case Change.CollectionDropped dropped -> dropped.collection();
            case Change.CollectionPut put -> put.collection().number();
            case Change.RecordPut put -> put.record().collection();
            case Change.RecordRemoved removed -> removed.collection();
            case Change.SynapsePut put -> put.synapse().space();
            case Change.SynapseRemoved removed -> removed.space();
          });
    }
    return numbers.isEmpty() ? "" : String.format(Locale.ROOT, " collections=%s", numbers);
  }

  private static String digest(Draft draft) {
    MessageDigest sha = Digest.newSha256();
    sha.update(draft.entries().array(), 0, draft.entries().size());
    return HexFormat.of().formatHex(sha.digest());
  }

  /** A line of the entry's text must not look like several. */
  private static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", " ");
  }
}
