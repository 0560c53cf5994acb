package dev.engram.internal.format;

import dev.engram.InvalidInputException;
import dev.engram.RecordId;
import java.util.UUID;

/**
 * A record id: one byte for its kind (1 text, 2 UUID, 3 number), then a varint length and UTF-8, or
 * 16 bytes, or 8 bytes big-endian.
 */
public final class IdLayout {
  private static final int TEXT = 1;
  private static final int UUID_KIND = 2;
  private static final int UNSIGNED = 3;

  private IdLayout() {}

  public static void write(ByteWriter out, RecordId id) {
    switch (id) {
      case RecordId.Text text -> out.u8(TEXT).text(text.value());
      case RecordId.Uuid uuid ->
          out.u8(UUID_KIND)
              .i64(uuid.value().getMostSignificantBits())
              .i64(uuid.value().getLeastSignificantBits());
      case RecordId.Unsigned number -> out.u8(UNSIGNED).i64(number.value());
    }
  }

  public static RecordId read(ByteReader in) {
    int kind = in.u8();
    return switch (kind) {
      case TEXT -> text(in);
      case UUID_KIND -> RecordId.of(new UUID(in.i64(), in.i64()));
      case UNSIGNED -> RecordId.of(in.i64());
      default -> throw in.damaged("unknown kind of id: kind=" + kind);
    };
  }

  private static RecordId text(ByteReader in) {
    try {
      return RecordId.of(in.text());
    } catch (InvalidInputException e) {
      throw in.damaged(String.valueOf(e.getMessage()));
    }
  }

  /** The digest by which an id is keyed. */
  public static byte[] digest(RecordId id) {
    ByteWriter out = new ByteWriter(32);
    write(out, id);
    return Digest.of(out.toBytes());
  }
}
