package dev.engram.internal.transfer;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a file holds, uncompressed. Refuses to become larger than allowed: in all, in proportion to
 * the file, and for one item. Not thread-safe.
 */
final class Expanded extends FilterInputStream {
  private final OwnInput file;
  private final long maxBytes;
  private long bytes;
  private long itemStart = -1;

  Expanded(InputStream in, OwnInput file, long maxBytes) {
    super(in);
    this.file = file;
    this.maxBytes = maxBytes;
  }

  /** The next item begins about here. */
  void item() {
    itemStart = bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = super.read(target, offset, length);
    bytes += Math.max(0, read);
    check();
    return read;
  }

  @Override
  public long skip(long wanted) throws IOException {
    return readNBytes((int) Math.min(wanted, 1 << 16)).length;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void check() {
    if (bytes > maxBytes) {
      throw refused("bytes", bytes, maxBytes);
    }
    if (itemStart >= 0 && bytes - itemStart > Limits.MAX_IMPORTED_ITEM_BYTES) {
      throw refused("itemBytes", bytes - itemStart, Limits.MAX_IMPORTED_ITEM_BYTES);
    }
    long free = Limits.MAX_IMPORTED_ITEM_BYTES;
    if (bytes > free && (bytes - free) / Limits.MAX_EXPANSION > file.bytes()) {
      throw refused("expansion", bytes / Math.max(1, file.bytes()), Limits.MAX_EXPANSION);
    }
  }

  private static InvalidInputException refused(String name, long value, long allowed) {
    return new InvalidInputException(
        "the import is too large: "
            + name
            + "="
            + value
            + ", allowed="
            + allowed
            + "; it may be made to fill memory or disk");
  }
}
