package dev.engram.internal.crypto;

import dev.engram.internal.crypto.Gcm.Slice;
import dev.engram.spi.KeySource;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.SecretKey;

/**
 * Encrypts what is written, chunk by chunk: {@link SealedFileLayout}. Holds one chunk. It is ended
 * by {@link #finish} alone and not by closing, so that a file which a failure cut short never looks
 * whole. Not thread-safe.
 */
public final class SealedOutput extends OutputStream {
  private final OutputStream out;
  private final SecretKey key;
  private final Gcm gcm = new Gcm();
  private final byte[] chunk = new byte[SealedFileLayout.CHUNK_BYTES];
  private final byte[] sealed = new byte[SealedFileLayout.SEALED_CHUNK_BYTES];
  private int length;
  private long chunks;
  private boolean finished;

  private SealedOutput(OutputStream out, SecretKey key) {
    this.out = out;
    this.key = key;
  }

  /**
   * Begins a file that the current master key opens: its header is written when this returns.
   *
   * @throws dev.engram.EncryptionException where there is no key
   */
  public static SealedOutput begin(OutputStream out, KeySource source, SecureRandom random)
      throws IOException {
    byte[] fileKey = SealedFileLayout.drawKey(random);
    try {
      String id = source.current();
      out.write(
          MasterKey.use(
              source, id, master -> SealedFileLayout.header(fileKey, id, master, random)));
      return new SealedOutput(out, SealedFileLayout.secret(fileKey));
    } finally {
      Arrays.fill(fileKey, (byte) 0);
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int _ = Objects.checkFromIndexSize(offset, count, bytes.length);
    if (finished) {
      throw new IOException("the encrypted file is ended");
    }
    int from = offset;
    int end = offset + count;
    while (from < end) {
      // A full chunk waits for what follows: only then it is known not to be the last.
      if (length == chunk.length) {
        emit(false);
      }
      int part = Math.min(end - from, chunk.length - length);
      System.arraycopy(bytes, from, chunk, length, part);
      length += part;
      from += part;
    }
  }

  private void emit(boolean last) throws IOException {
    if (chunks == SealedFileLayout.MAX_CHUNKS) {
      throw new IOException("the encrypted file is too large: chunks=" + chunks);
    }
    byte[] nonce = SealedFileLayout.nonce(chunks++, last);
    gcm.seal(key, nonce, new Slice(chunk, 0, length), sealed, 0);
    out.write(sealed, 0, length + SealedLayout.TAG_BYTES);
    length = 0;
  }

  /** Ends the file. The stream beneath stays open. */
  public void finish() throws IOException {
    if (!finished) {
      emit(true);
      finished = true;
      out.flush();
      Arrays.fill(chunk, (byte) 0);
    }
  }

  /** Passes on what is sealed, which a part of a chunk is not. */
  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** Flushes, and neither ends the file nor closes the stream beneath. */
  @Override
  public void close() throws IOException {
    flush();
  }
}
