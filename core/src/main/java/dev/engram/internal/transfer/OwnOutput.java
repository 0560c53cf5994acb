package dev.engram.internal.transfer;

import dev.engram.StorageException;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A caller's stream: what it refuses is a {@link StorageException}, and closing it only flushes it.
 * Not thread-safe.
 */
final class OwnOutput extends OutputStream {
  private final OutputStream out;

  OwnOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw refused(e);
    }
  }

  @Override
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw refused(e);
    }
  }

  @Override
  public void close() {
    flush();
  }

  private static StorageException refused(IOException cause) {
    return new StorageException(
        "the export could not be written: " + cause.getMessage() + "; write it again", cause);
  }
}
