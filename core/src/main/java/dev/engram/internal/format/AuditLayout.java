package dev.engram.internal.format;

import dev.engram.AuditEntry;
import dev.engram.AuditHead;
import dev.engram.CommitId;
import java.time.Instant;
import java.util.HexFormat;

/**
 * The rows of {@code audit}.
 *
 * <pre>
 *   entry   sequence (8) | timeline (8) | LSN (8) | time in ms (8)
 *           actor, action, details (texts) | SHA-256 of the changes (32)
 *           SHA-256 of the entry before (32)
 *   head    on (1) | sequence (8) | SHA-256 of the entry (32)
 *   anchor  sequence (8) | SHA-256 of the entry (32): the last one that was let go
 * </pre>
 */
public final class AuditLayout {
  private static final int VERSION = 1;
  private static final int HASH_BYTES = 32;
  private static final HexFormat HEX = HexFormat.of();

  private AuditLayout() {}

  /** The end of the chain, and whether it goes on. */
  public record State(boolean on, AuditHead head) {
    /** Of a store that was never audited. */
    public static final State NONE = new State(false, AuditHead.NONE);
  }

  public static byte[] encode(byte[] key, AuditEntry entry) {
    ByteWriter out = Frame.start(VERSION, 128 + entry.details().length());
    out.i64(entry.sequence()).i64(entry.commit().timeline()).i64(entry.commit().lsn());
    out.i64(entry.at().toEpochMilli());
    out.text(entry.actor()).text(entry.action()).text(entry.details());
    out.raw(HEX.parseHex(entry.changes())).raw(HEX.parseHex(entry.previous()));
    return Frame.seal(key, out);
  }

  public static AuditEntry decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "audit entry");
    long sequence = in.i64();
    CommitId commit = new CommitId(in.i64(), in.i64());
    Instant at = Instant.ofEpochMilli(in.i64());
    String actor = in.text();
    String action = in.text();
    String details = in.text();
    String changes = HEX.formatHex(in.raw(HASH_BYTES));
    String previous = HEX.formatHex(in.raw(HASH_BYTES));
    in.end();
    return new AuditEntry(sequence, commit, at, actor, action, details, changes, previous);
  }

  public static byte[] encodeState(byte[] key, State state) {
    ByteWriter out = Frame.start(VERSION, 1 + Long.BYTES + HASH_BYTES).u8(state.on() ? 1 : 0);
    out.i64(state.head().sequence()).raw(HEX.parseHex(state.head().hash()));
    return Frame.seal(key, out);
  }

  public static State decodeState(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "audit head");
    boolean on = in.u8() == 1;
    AuditHead head = head(in);
    in.end();
    return new State(on, head);
  }

  public static byte[] encodeAnchor(byte[] key, AuditHead anchor) {
    ByteWriter out = Frame.start(VERSION, Long.BYTES + HASH_BYTES);
    out.i64(anchor.sequence()).raw(HEX.parseHex(anchor.hash()));
    return Frame.seal(key, out);
  }

  public static AuditHead decodeAnchor(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "audit anchor");
    AuditHead anchor = head(in);
    in.end();
    return anchor;
  }

  private static AuditHead head(ByteReader in) {
    long sequence = in.i64();
    String hash = HEX.formatHex(in.raw(HASH_BYTES));
    if (sequence < 0) {
      throw in.damaged("sequence=" + sequence);
    }
    return new AuditHead(sequence, hash);
  }
}
