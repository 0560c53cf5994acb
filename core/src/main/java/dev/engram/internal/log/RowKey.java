package dev.engram.internal.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where a row stands, as a key of maps. The bytes are not changed any more. */
public final class RowKey {
  private final Family family;
  private final byte[] bytes;
  private final long hash;

  public RowKey(Family family, byte[] bytes) {
    this.family = family;
    this.bytes = bytes;
    this.hash = family.hash(bytes);
  }

  int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RowKey key
        && key.hash == hash
        && key.family == family
        && Arrays.equals(key.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return (int) hash;
  }
}
