package dev.engram.internal.format;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who a store is, in {@code meta}: store id (16) | timeline (8) | created (8) | origin there (1),
 * then of the origin: store id (16) | timeline (8) | LSN (8). Version 1 ends before the origin.
 */
public final class IdentityLayout {
  private static final int VERSION = 2;

  private IdentityLayout() {}

  /**
   * A store's identity.
   *
   * @param storeId the same for the store's life, another in each copy
   * @param timeline the current one
   * @param createdAt milliseconds since the epoch
   * @param origin where the timeline left another one; null where that is not known, or it is the
   *     first
   */
  public record Identity(UUID storeId, long timeline, long createdAt, @Nullable Origin origin) {
    /** A store of which nobody knows where its timeline began. */
    public Identity(UUID storeId, long timeline, long createdAt) {
      this(storeId, timeline, createdAt, null);
    }
  }

  /**
   * The last commit that a timeline shares with the one before it: what was derived from that one
   * up to here is still right.
   */
  public record Origin(UUID storeId, long timeline, long lsn) {}

  public static byte[] encode(byte[] key, Identity identity) {
    ByteWriter out = Frame.start(VERSION, 65);
    id(out, identity.storeId()).i64(identity.timeline()).i64(identity.createdAt());
    Origin origin = identity.origin();
    out.u8(origin == null ? 0 : 1);
    if (origin != null) {
      id(out, origin.storeId()).i64(origin.timeline()).i64(origin.lsn());
    }
    return Frame.seal(key, out);
  }

  public static Identity decode(byte[] key, byte[] value) {
    boolean first = Frame.version(value) == 1;
    ByteReader in = Frame.open(key, value, first ? 1 : VERSION, "store identity");
    UUID storeId = new UUID(in.i64(), in.i64());
    long timeline = in.i64();
    long createdAt = in.i64();
    boolean branched = !first && in.u8() == 1;
    Origin origin = branched ? new Origin(new UUID(in.i64(), in.i64()), in.i64(), in.i64()) : null;
    in.end();
    return new Identity(storeId, timeline, createdAt, origin);
  }

  private static ByteWriter id(ByteWriter out, UUID id) {
    return out.i64(id.getMostSignificantBits()).i64(id.getLeastSignificantBits());
  }
}
