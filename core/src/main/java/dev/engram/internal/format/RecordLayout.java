package dev.engram.internal.format;

import dev.engram.Metadata;
import dev.engram.Provenance;
import dev.engram.RecordId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code records}: everything of a record but its vector.
 *
 * <pre>
 *   flags (1)            1 text, 2 vector, 4 expiry, 8 provenance, 16 memory, 32 event time,
 *                        64 validity
 *   id                   {@link IdLayout}
 *   created, updated     8 + 8, milliseconds since the epoch
 *   expires              8, only with flag 4
 *   node                 4, only with flag 16
 *   occurred             8, milliseconds since the epoch, only with flag 32
 *   valid from, until    8 + 8, milliseconds since the epoch, only with flag 64
 *   text                 length and UTF-8, only with flag 1
 *   source, position     length and UTF-8 each, only with flag 8
 *   metadata             {@link MetadataLayout}
 * </pre>
 */
public final class RecordLayout {
  private static final int VERSION = 1;
  private static final int TEXT = 1;
  private static final int VECTOR = 2;
  private static final int EXPIRY = 4;
  private static final int PROVENANCE = 8;
  private static final int MEMORY = 16;
  private static final int EVENT_TIME = 32;
  private static final int VALIDITY = 64;
  private static final int NO_NODE = -1;

  private RecordLayout() {}

  /**
   * The row.
   *
   * @param expiresAt milliseconds since the epoch, 0 for never
   * @param node number of the memory's node in its space, -1 for a plain record
   * @param times of what a memory tells of
   */
  public record Row(
      RecordId id,
      long createdAt,
      long updatedAt,
      long expiresAt,
      int node,
      Times times,
      @Nullable String text,
      boolean hasVector,
      @Nullable Provenance provenance,
      Metadata metadata) {
    /** Whether the record may be seen at this time. */
    public boolean visibleAt(long nowMillis) {
      return expiresAt == 0 || nowMillis < expiresAt;
    }

    public Row withMetadata(Metadata other, long nowMillis) {
      return new Row(
          id, createdAt, nowMillis, expiresAt, node, times, text, hasVector, provenance, other);
    }

    /** The same row, of other times. */
    public Row withTimes(Times other, long nowMillis) {
      return new Row(
          id, createdAt, nowMillis, expiresAt, node, other, text, hasVector, provenance, metadata);
    }

    /** The same row, on record since another time. */
    public Row since(long millis) {
      return new Row(
          id, createdAt, millis, expiresAt, node, times, text, hasVector, provenance, metadata);
    }

    /** The same row, with a vector or without. */
    public Row withVector(boolean has) {
      return new Row(
          id, createdAt, updatedAt, expiresAt, node, times, text, has, provenance, metadata);
    }

    /** Whether another row says the same: what is kept besides does not matter. */
    public boolean saysTheSame(Row other) {
      return Objects.equals(text, other.text)
          && metadata.equals(other.metadata)
          && Objects.equals(provenance, other.provenance)
          && times.equals(other.times);
    }

    /** The same row, to expire at another time; 0 for never. */
    public Row expiringAt(long millis) {
      return new Row(
          id, createdAt, updatedAt, millis, node, times, text, hasVector, provenance, metadata);
    }
  }

  public static byte[] encode(byte[] key, Row row) {
    String text = row.text();
    ByteWriter out = Frame.start(VERSION, 96 + (text == null ? 0 : text.length()));
    out.u8(flags(row));
    IdLayout.write(out, row.id());
    out.i64(row.createdAt()).i64(row.updatedAt());
    if (row.expiresAt() != 0) {
      out.i64(row.expiresAt());
    }
    if (row.node() != NO_NODE) {
      out.i32(row.node());
    }
    if (row.times().occurredAt() != Times.UNKNOWN) {
      out.i64(row.times().occurredAt());
    }
    if (row.times().isLimited()) {
      out.i64(row.times().validFrom()).i64(row.times().validUntil());
    }
    if (text != null) {
      out.text(text);
    }
    Provenance provenance = row.provenance();
    if (provenance != null) {
      out.text(provenance.source()).text(provenance.position());
    }
    MetadataLayout.encode(out, row.metadata());
    return Frame.seal(key, out);
  }

  public static Row decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, VERSION, "record row");
    int flags = in.u8();
    RecordId id = IdLayout.read(in);
    long createdAt = in.i64();
    long updatedAt = in.i64();
    long expiresAt = (flags & EXPIRY) != 0 ? in.i64() : 0;
    int node = (flags & MEMORY) != 0 ? in.i32() : NO_NODE;
    long occurredAt = (flags & EVENT_TIME) != 0 ? in.i64() : Times.UNKNOWN;
    boolean limited = (flags & VALIDITY) != 0;
    Times times =
        new Times(
            occurredAt, limited ? in.i64() : Times.UNKNOWN, limited ? in.i64() : Times.UNKNOWN);
    String text = (flags & TEXT) != 0 ? in.text() : null;
    Provenance provenance = (flags & PROVENANCE) != 0 ? new Provenance(in.text(), in.text()) : null;
    Metadata metadata = MetadataLayout.decode(in);
    in.end();
    boolean hasVector = (flags & VECTOR) != 0;
    return new Row(
        id, createdAt, updatedAt, expiresAt, node, times, text, hasVector, provenance, metadata);
  }

  /** Whether a row says that its record has a vector; nothing else of it is read. */
  public static boolean hasVector(byte[] key, byte[] value) {
    return (Frame.open(key, value, VERSION, "record row").u8() & VECTOR) != 0;
  }

  private static int flags(Row row) {
    return (row.text() != null ? TEXT : 0)
        | (row.hasVector() ? VECTOR : 0)
        | (row.expiresAt() != 0 ? EXPIRY : 0)
        | (row.provenance() != null ? PROVENANCE : 0)
        | (row.node() != NO_NODE ? MEMORY : 0)
        | (row.times().occurredAt() != Times.UNKNOWN ? EVENT_TIME : 0)
        | (row.times().isLimited() ? VALIDITY : 0);
  }
}
