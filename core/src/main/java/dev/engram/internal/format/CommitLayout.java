package dev.engram.internal.format;

import dev.engram.CommitId;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code log}: one commit, whole. Archive, follower and views read this form.
 *
 * <pre>
 *   timeline (8) | LSN (8) | time in ms (8) | transaction (8)
 *   flags (1: 1 idempotency key, 2 author) | idempotency key (text) | author (text)
 *   count (varint), then each change:
 *     kind (1: 1 put, 2 delete, 3 reference, 4 delete every key with the prefix)
 *     family (1) | key or prefix (length and bytes)
 *     put: value (length and bytes); reference: length (varint) and CRC32C (4) of the value
 * </pre>
 *
 * A reference stands for a value of a family whose keys are never written twice; the value itself
 * stays in its family until the log is trimmed past the commit that deletes it.
 */
public final class CommitLayout {
  private static final int VERSION = 1;
  private static final int WITH_KEY = 1;
  private static final int WITH_AUTHOR = 2;

  private CommitLayout() {}

  /** What a change does. */
  public enum Kind {
    PUT(1),
    DELETE(2),
    REFERENCE(3),
    DELETE_PREFIX(4);

    private final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  /** What a commit says beside its changes. */
  public record Header(
      CommitId id,
      long timeMillis,
      long transaction,
      @Nullable String idempotencyKey,
      @Nullable String author) {}

  /** One change; only a put has its value. */
  public record Entry(Kind kind, int family, byte[] key, byte @Nullable [] value) {}

  /** A commit as it was read. */
  public record Read(Header header, List<Entry> entries) {}

  /** Appends a put to the changes of a commit. */
  public static void put(ByteWriter changes, int family, byte[] key, byte[] value) {
    changes.u8(Kind.PUT.code).u8(family).block(key).block(value);
  }

  /** Appends a delete. */
  public static void delete(ByteWriter changes, int family, byte[] key) {
    changes.u8(Kind.DELETE.code).u8(family).block(key);
  }

  /** Appends a delete of every key that begins with the prefix. */
  public static void deletePrefix(ByteWriter changes, int family, byte[] prefix) {
    changes.u8(Kind.DELETE_PREFIX.code).u8(family).block(prefix);
  }

  /** Appends a reference to a value that is stored in its family only. */
  public static void reference(ByteWriter changes, int family, byte[] key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(value, 0, value.length);
    changes.u8(Kind.REFERENCE.code).u8(family).block(key);
    changes.varint(value.length).i32((int) crc.getValue());
  }

  /** The row of a commit whose changes were gathered before. */
  public static byte[] encode(byte[] key, Header header, int count, ByteWriter changes) {
    String idempotencyKey = header.idempotencyKey();
    String author = header.author();
    ByteWriter out = Frame.start(VERSION, 64 + changes.size());
    out.i64(header.id().timeline()).i64(header.id().lsn());
    out.i64(header.timeMillis()).i64(header.transaction());
    out.u8((idempotencyKey == null ? 0 : WITH_KEY) | (author == null ? 0 : WITH_AUTHOR));
    if (idempotencyKey != null) {
      out.text(idempotencyKey);
    }
    if (author != null) {
      out.text(author);
    }
    out.varint(count).raw(changes.array(), 0, changes.size());
    return Frame.seal(key, out);
  }

  public static Read decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "commit");
    CommitId id = new CommitId(in.i64(), in.i64());
    long time = in.i64();
    long transaction = in.i64();
    int flags = in.u8();
    String idempotencyKey = (flags & WITH_KEY) != 0 ? in.text() : null;
    String author = (flags & WITH_AUTHOR) != 0 ? in.text() : null;
    int count = in.length();
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(entry(in));
    }
    in.end();
    return new Read(new Header(id, time, transaction, idempotencyKey, author), entries);
  }

  private static Entry entry(ByteReader in) {
    int code = in.u8();
    int family = in.u8();
    byte[] key = in.block();
    return switch (code) {
      case 1 -> new Entry(Kind.PUT, family, key, in.block());
      case 2 -> new Entry(Kind.DELETE, family, key, null);
      case 3 -> {
        in.varint();
        in.i32();
        yield new Entry(Kind.REFERENCE, family, key, null);
      }
      case 4 -> new Entry(Kind.DELETE_PREFIX, family, key, null);
      default -> throw in.damaged("unknown kind of change: kind=" + code);
    };
  }
}
