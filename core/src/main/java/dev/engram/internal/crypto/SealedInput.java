package dev.engram.internal.crypto;

import dev.engram.internal.crypto.Gcm.Slice;
import dev.engram.internal.crypto.SealedFileLayout.Header;
import dev.engram.spi.KeySource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Decrypts a sealed file, chunk by chunk: {@link SealedFileLayout}. Gives nothing that was not
 * checked; a chunk that was altered, moved, added, or after which the file was cut off, is a {@link
 * DamagedFileException}. Holds two chunks. Closing it does nothing. Not thread-safe.
 */
public final class SealedInput extends InputStream {
  private final InputStream in;
  private final SecretKey key;
  private final Gcm gcm = new Gcm();
  private byte[] ahead;
  private byte[] chunk = new byte[0];
  private int position;
  private long chunks;
  private boolean failed;

  private SealedInput(InputStream in, SecretKey key) throws IOException {
    this.in = in;
    this.key = key;
    this.ahead = next();
  }

  /**
   * Opens a file that begins with its header.
   *
   * @throws dev.engram.EncryptionException where the key is missing or wrong
   * @throws DamagedFileException where the header is damaged
   * @throws dev.engram.MismatchException where the file has another version
   */
  public static SealedInput open(InputStream in, KeySource source) throws IOException {
    Header header = header(in);
    SecretKey key =
        MasterKey.use(
            source, header.masterKey(), master -> SealedFileLayout.unwrap(header, master));
    return new SealedInput(in, key);
  }

  /**
   * The id of the master key of a file that begins with its header. Needs no key.
   *
   * @throws DamagedFileException where the header is damaged
   * @throws dev.engram.MismatchException where the file has another version
   */
  public static String masterKeyOf(InputStream in) throws IOException {
    return header(in).masterKey();
  }

  private static Header header(InputStream in) throws IOException {
    byte[] start = in.readNBytes(SealedFileLayout.START_BYTES);
    byte[] rest = in.readNBytes(SealedFileLayout.remaining(start));
    byte[] whole = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, whole, start.length, rest.length);
    return SealedFileLayout.parse(whole);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int count) throws IOException {
    int _ = Objects.checkFromIndexSize(offset, count, target.length);
    if (count == 0) {
      return 0;
    }
    while (position == chunk.length) {
      if (ahead.length == 0 && chunks > 0) {
        return -1;
      }
      turn();
    }
    int part = Math.min(count, chunk.length - position);
    System.arraycopy(chunk, position, target, offset, part);
    position += part;
    return part;
  }

  @Override
  public int available() {
    return chunk.length - position;
  }

  private void turn() throws IOException {
    if (failed) {
      throw damaged("it could not be opened before", null);
    }
    // Unless it ends well: who reads on after an error must not find the end of the file.
    failed = true;
    byte[] sealed = ahead;
    byte[] following = next();
    chunk = opened(sealed, following.length == 0);
    ahead = following;
    position = 0;
    chunks++;
    failed = false;
  }

  /** The bytes of the next chunk; none at the end of the file. */
  private byte[] next() throws IOException {
    return in.readNBytes(SealedFileLayout.SEALED_CHUNK_BYTES);
  }

  private byte[] opened(byte[] sealed, boolean last) throws IOException {
    int least = SealedLayout.TAG_BYTES + (chunks == 0 ? 0 : 1);
    if (sealed.length < least || chunks == SealedFileLayout.MAX_CHUNKS) {
      throw damaged("bytes=" + sealed.length, null);
    }
    try {
      return gcm.open(key, SealedFileLayout.nonce(chunks, last), Slice.of(sealed));
    } catch (AEADBadTagException e) {
      throw damaged("it was altered, moved, or what follows it was cut off or added", e);
    }
  }

  private DamagedFileException damaged(String why, @Nullable Exception cause) {
    return new DamagedFileException(
        "a chunk of the encrypted file cannot be opened: chunk=" + chunks + ", why=" + why, cause);
  }
}
