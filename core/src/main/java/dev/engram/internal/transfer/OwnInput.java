package dev.engram.internal.transfer;

import dev.engram.StorageException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A caller's stream: what it refuses is a {@link StorageException}, so that every other {@link
 * IOException} is the fault of the file. Counts. Closing it does nothing. Not thread-safe.
 */
final class OwnInput extends InputStream {
  private final InputStream in;
  private long bytes;

  OwnInput(InputStream in) {
    this.in = in;
  }

  /** Bytes read so far. */
  long bytes() {
    return bytes;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    try {
      int read = in.read(target, offset, length);
      bytes += Math.max(0, read);
      return read;
    } catch (IOException e) {
      throw new StorageException(
          "the import could not be read: " + e.getMessage() + "; read it again", e);
    }
  }
}
