package dev.engram.internal.log;

import dev.engram.CancelledException;
import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.StorageException;
import dev.engram.internal.crypto.DamagedFileException;
import dev.engram.internal.format.CommitFileLayout;
import dev.engram.internal.format.CommitFileLayout.Header;
import dev.engram.internal.format.CommitFileLayout.Shipped;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.Keys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a commit file that anybody may have written, one commit in memory at a time. What it has
 * given is checked by itself; that the file is whole is known at its end, so that who must not
 * apply half of it reads it twice: see {@link CommitFiles#validate}. Not thread-safe.
 */
public final class CommitFileReader implements AutoCloseable {
  private final InputStream in;
  private final String what;
  private final MessageDigest digest = Digest.newSha256();
  private final Header header;
  private long expected;
  private boolean ended;

  /**
   * Reads the header.
   *
   * @param in what is not sealed; closed with this
   * @param what names the file in errors
   * @throws CorruptStoreException where it is damaged, or no commit file
   * @throws dev.engram.MismatchException where it has another version
   */
  CommitFileReader(InputStream in, String what) {
    this.in = in;
    this.what = what;
    this.header = CommitFileLayout.header(take(CommitFileLayout.HEADER_BYTES), what);
    this.expected = header.firstLsn();
  }

  /** Reads all that is left. */
  Whole readAll() {
    while (next() != null) {
      // It is checked as it is read.
    }
    return new Whole(header, expected - 1);
  }

  /** A file that is whole. */
  public record Whole(Header header, long lastLsn) {}

  /** What the file begins with. */
  public Header header() {
    return header;
  }

  /** The next commit; null after the last one, when the whole file is known to be as it was. */
  public @Nullable Shipped next() {
    if (ended) {
      return null;
    }
    int kind = take(1)[0];
    return switch (kind) {
      case CommitFileLayout.COMMIT -> commit();
      case CommitFileLayout.END -> {
        end();
        yield null;
      }
      default -> throw damaged("neither a commit nor the end: kind=" + kind);
    };
  }

  private Shipped commit() {
    byte[] rest = take(CommitFileLayout.lengthAfter(take(Integer.BYTES), what));
    Shipped commit = CommitFileLayout.commit(rest, expected, what);
    commit.read().entries().forEach(entry -> check(Family.of(entry.family())));
    expected++;
    return commit;
  }

  private void check(Family family) {
    if (family == Family.LOG) {
      throw damaged("a commit that changes the log itself, lsn=" + expected);
    }
  }

  private void end() {
    long last = Keys.longAt(take(Long.BYTES), 0);
    byte[] computed = digest.digest();
    byte[] stored = read(CommitFileLayout.DIGEST_BYTES);
    if (last != expected - 1 || last < header.firstLsn()) {
      throw damaged("last=" + last + ", read=" + (expected - 1));
    }
    if (!Arrays.equals(computed, stored)) {
      throw damaged("its digest is wrong");
    }
    if (read(1).length != 0) {
      throw damaged("something follows its end");
    }
    ended = true;
  }

  private byte[] take(int count) {
    byte[] bytes = read(count);
    if (bytes.length < count) {
      throw damaged("it is cut");
    }
    digest.update(bytes);
    return bytes;
  }

  /** As many as there are, and no memory for those that are only claimed to be there. */
  private byte[] read(int count) {
    try {
      return in.readNBytes(count);
    } catch (DamagedFileException e) {
      throw new CorruptStoreException("damaged " + what + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw failed("cannot read " + what, e);
    }
  }

  private CorruptStoreException damaged(String why) {
    return new CorruptStoreException("damaged " + what + ": " + why);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw failed("cannot close " + what, e);
    }
  }

  /** What a stream that fails, or whose thread is interrupted, is to the caller. */
  static EngramException failed(String what, IOException e) {
    return e instanceof ClosedByInterruptException
        ? new CancelledException("interrupted: " + what, e)
        : new StorageException(what + ": why=" + e, e);
  }
}
