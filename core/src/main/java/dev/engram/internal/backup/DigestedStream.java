package dev.engram.internal.backup;

import dev.engram.internal.format.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Digests and counts what is read from a stream. Not thread-safe. */
final class DigestedStream extends FilterInputStream {
  private final MessageDigest digest = Digest.newSha256();
  private final Meter meter;
  private long bytes;

  DigestedStream(InputStream in, Meter meter) {
    super(in);
    this.meter = meter;
  }

  /** How much was read. */
  long bytes() {
    return bytes;
  }

  /** SHA-256 of what was read, in hexadecimal; asked once, at the end. */
  String digest() {
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    if (read > 0) {
      digest.update(buffer, offset, read);
      bytes += read;
      meter.pass(read);
    }
    return read;
  }

  @Override
  public long skip(long count) {
    throw new UnsupportedOperationException("every byte is read");
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
