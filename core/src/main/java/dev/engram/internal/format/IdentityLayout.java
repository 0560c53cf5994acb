package dev.engram.internal.format;

import java.util.UUID;

/**
 * Who a store is, in {@code meta}: store id (16) | timeline (8) | created (8). The frame's version
 * is the version of the whole format.
 */
public final class IdentityLayout {
  /** Version of the format of everything in the store. */
  public static final int FORMAT_VERSION = 1;

  private IdentityLayout() {}

  /**
   * A store's identity.
   *
   * @param storeId the same for the store's life, another in each copy
   * @param timeline the current one
   * @param createdAt milliseconds since the epoch
   */
  public record Identity(UUID storeId, long timeline, long createdAt) {}

  public static byte[] encode(byte[] key, Identity identity) {
    ByteWriter out = Frame.start(FORMAT_VERSION, 32);
    out.i64(identity.storeId().getMostSignificantBits());
    out.i64(identity.storeId().getLeastSignificantBits());
    return Frame.seal(key, out.i64(identity.timeline()).i64(identity.createdAt()));
  }

  public static Identity decode(byte[] key, byte[] value) {
    ByteReader in = Frame.open(key, value, FORMAT_VERSION, "store identity");
    Identity identity = new Identity(new UUID(in.i64(), in.i64()), in.i64(), in.i64());
    in.end();
    return identity;
  }
}
