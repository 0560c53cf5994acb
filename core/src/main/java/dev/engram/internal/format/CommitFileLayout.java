package dev.engram.internal.format;

import dev.engram.CorruptStoreException;
import dev.engram.Limits;
import dev.engram.MismatchException;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.IdentityLayout.Origin;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A commit file: commits of a log without a gap, each with the values that it refers to, so that
 * whoever has the state before the first one can make the state after the last one. Archive,
 * incremental backup and follower read this form.
 *
 * <pre>
 *   magic "EGCF" (4) | version (1)
 *   store id (16) | timeline (8) | created (8, milliseconds since the epoch)
 *   origin there (1), of the origin: store id (16) | timeline (8) | LSN (8); zeros for none
 *   first LSN (8) | CRC32C of everything before (4)
 *   each commit:
 *     1 (1) | bytes from the LSN to before the checksum (4)
 *     LSN (8) | its row of log (length and bytes)
 *     count (varint), then each value that it refers to, in its order:
 *       family (1) | key, value (length and bytes each)
 *     CRC32C of all of this commit (4)
 *   2 (1) | last LSN (8) | SHA-256 of everything before (32)
 * </pre>
 *
 * Every version has a header of this size, with the magic, the version and the checksum where they
 * are. Nothing follows the digest.
 */
public final class CommitFileLayout {
  /** Bytes of the header. */
  public static final int HEADER_BYTES = 82;

  /** Bytes of a digest. */
  public static final int DIGEST_BYTES = 32;

  /** What a commit begins with. */
  public static final int COMMIT = 1;

  /** What the end begins with. */
  public static final int END = 2;

  /** Most bytes of a commit: a transaction may have so many, and counters come to it. */
  public static final int MAX_COMMIT_BYTES = (int) Limits.MAX_TRANSACTION_BYTES + (16 << 20);

  private static final int MAGIC = 0x45474346;
  private static final int VERSION = 1;
  private static final byte[] NOTHING = new byte[0];
  private static final int PREFIX_BYTES = 1 + Integer.BYTES;

  private CommitFileLayout() {}

  /** Whether a file that begins so is a commit file, of this version or another. */
  public static boolean isCommitFile(byte[] beginning) {
    return beginning.length >= Integer.BYTES && ByteBuffer.wrap(beginning).getInt() == MAGIC;
  }

  /**
   * What a file begins with.
   *
   * @param identity of the log
   * @param firstLsn of its first commit
   */
  public record Header(Identity identity, long firstLsn) {}

  /** A value that a commit refers to. */
  public record Value(int family, byte[] key, byte[] value) {}

  /**
   * A commit on its way from one log to another.
   *
   * @param read what its row says
   * @param row its row of {@code log}
   * @param values those that it refers to, in its order
   */
  public record Shipped(CommitLayout.Read read, byte[] row, List<Value> values) {
    /** Its number. */
    public long lsn() {
      return read.header().id().lsn();
    }
  }

  public static byte[] header(Header header) {
    ByteWriter out = new ByteWriter(HEADER_BYTES).i32(MAGIC).u8(VERSION);
    Identity identity = header.identity();
    id(out, identity.storeId()).i64(identity.timeline()).i64(identity.createdAt());
    Origin origin = identity.origin();
    out.u8(origin == null ? 0 : 1);
    Origin stored = origin == null ? new Origin(new UUID(0, 0), 0, 0) : origin;
    id(out, stored.storeId()).i64(stored.timeline()).i64(stored.lsn());
    out.i64(header.firstLsn());
    return out.i32(checksum(out, NOTHING, 0)).toBytes();
  }

  /**
   * Reads a header that anybody may have written.
   *
   * @param bytes {@link #HEADER_BYTES} of them
   * @param what names the file in errors
   * @throws CorruptStoreException where it is damaged, or no header
   * @throws MismatchException where it has another version
   */
  public static Header header(byte[] bytes, String what) {
    ByteReader in = new ByteReader(bytes, what);
    int body = HEADER_BYTES - Integer.BYTES;
    int computed = checksum(new ByteWriter(), bytes, body);
    if (in.i32() != MAGIC || new ByteReader(bytes, body, Integer.BYTES, what).i32() != computed) {
      throw new CorruptStoreException("damaged " + what + ": it does not begin as a commit file");
    }
    int version = in.u8();
    if (version != VERSION) {
      throw new MismatchException(
          "the "
              + what
              + " has another version: stored="
              + version
              + ", supported="
              + VERSION
              + "; use the version of Engram that made it");
    }
    UUID store = new UUID(in.i64(), in.i64());
    long timeline = in.i64();
    long createdAt = in.i64();
    boolean branched = in.u8() == 1;
    Origin origin = new Origin(new UUID(in.i64(), in.i64()), in.i64(), in.i64());
    long first = in.i64();
    if (first < 1) {
      throw in.damaged("first=" + first);
    }
    return new Header(new Identity(store, timeline, createdAt, branched ? origin : null), first);
  }

  /** A commit as it stands in a file: the bytes of the writer, up to its size. */
  public static ByteWriter commit(long lsn, byte[] row, List<Value> values) {
    ByteWriter out = new ByteWriter(64 + row.length + bytesOf(values));
    out.u8(COMMIT).i32(0).i64(lsn).block(row).varint(values.size());
    for (Value each : values) {
      out.u8(each.family()).block(each.key()).block(each.value());
    }
    out.setI32(1, out.size() - PREFIX_BYTES);
    return out.i32(checksum(out, NOTHING, 0));
  }

  private static int bytesOf(List<Value> values) {
    long bytes = 0;
    for (Value each : values) {
      bytes += 16L + each.key().length + each.value().length;
    }
    return Math.toIntExact(bytes);
  }

  /** How many bytes of a commit follow its length, which are these. */
  public static int lengthAfter(byte[] length, String what) {
    int body = new ByteReader(length, what).i32();
    if (body < Long.BYTES || body > MAX_COMMIT_BYTES) {
      throw new CorruptStoreException(
          "damaged " + what + ": a commit of " + body + " bytes, most=" + MAX_COMMIT_BYTES);
    }
    return body + Integer.BYTES;
  }

  /**
   * Reads a commit.
   *
   * @param bytes what follows its length
   * @param lsn that it must have
   */
  public static Shipped commit(byte[] bytes, long lsn, String what) {
    int body = bytes.length - Integer.BYTES;
    if (body < Long.BYTES) {
      throw new CorruptStoreException("damaged " + what + ": a commit of " + body + " bytes");
    }
    ByteWriter whole = new ByteWriter(PREFIX_BYTES).u8(COMMIT).i32(body);
    if (new ByteReader(bytes, body, Integer.BYTES, what).i32() != checksum(whole, bytes, body)) {
      throw new CorruptStoreException("damaged " + what + ": checksum of the commit, lsn=" + lsn);
    }
    ByteReader in = new ByteReader(bytes, 0, body, what);
    long stored = in.i64();
    byte[] row = in.block();
    CommitLayout.Read read = CommitLayout.decode(Keys.commit(stored), row);
    List<Value> values = new ArrayList<>();
    for (int left = in.length(); left > 0; left--) {
      values.add(new Value(in.u8(), in.block(), in.block()));
    }
    in.end();
    if (stored != lsn || read.header().id().lsn() != lsn) {
      throw in.damaged("another commit: lsn=" + stored + ", expected=" + lsn);
    }
    if (!isWhole(read, values)) {
      throw in.damaged("other values than the commit refers to: lsn=" + lsn);
    }
    return new Shipped(read, row, values);
  }

  private static boolean isWhole(CommitLayout.Read read, List<Value> values) {
    List<CommitLayout.Entry> references =
        read.entries().stream()
            .filter(entry -> entry.kind() == CommitLayout.Kind.REFERENCE)
            .toList();
    boolean whole = references.size() == values.size();
    for (int i = 0; whole && i < values.size(); i++) {
      Value value = values.get(i);
      whole =
          references.get(i).family() == value.family()
              && Arrays.equals(references.get(i).key(), value.key());
    }
    return whole;
  }

  /** What a file ends with, before the digest. */
  public static byte[] end(long lastLsn) {
    return new ByteWriter(9).u8(END).i64(lastLsn).toBytes();
  }

  private static int checksum(ByteWriter before, byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(before.array(), 0, before.size());
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static ByteWriter id(ByteWriter out, UUID id) {
    return out.i64(id.getMostSignificantBits()).i64(id.getLeastSignificantBits());
  }
}
