package dev.engram.internal.log;

import dev.engram.CorruptStoreException;
import dev.engram.internal.format.ByteWriter;
import dev.engram.internal.format.CommitFileLayout;
import dev.engram.internal.format.CommitFileLayout.Header;
import dev.engram.internal.format.CommitFileLayout.Value;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.Keys;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Writes commits of a log as a commit file, one in memory at a time. One call writes one file; not
 * thread-safe.
 */
public final class CommitFileWriter {
  private static final String FAILED = "a commit file cannot be written";

  private final LogSnapshot rows;
  private final OutputStream out;
  private final MessageDigest digest = Digest.newSha256();
  private long bytes;

  private CommitFileWriter(LogSnapshot rows, OutputStream out) {
    this.rows = rows;
    this.out = out;
  }

  /**
   * A file that was written.
   *
   * @param firstLsn of its first commit
   * @param lastLsn of its last one
   * @param bytes its size
   */
  public record Written(long firstLsn, long lastLsn, long bytes) {}

  /**
   * Writes the commits after one, up to another one, or fewer where they are many. What is written
   * is durable in the log: nothing can be lost here that is known elsewhere.
   *
   * @param afterLsn the commit before the first
   * @param lastLsn the last one; there is one after the first
   * @param enoughBytes after so many no further commit is begun
   * @param out not closed
   * @throws TrimmedException where some are no longer in the log
   * @throws dev.engram.StorageException where the stream fails
   */
  public static Written write(
      Log log, long afterLsn, long lastLsn, long enoughBytes, OutputStream out) {
    if (afterLsn >= lastLsn || lastLsn > log.last().lsn()) {
      throw new IllegalArgumentException("no such commits: after=" + afterLsn + ", to=" + lastLsn);
    }
    log.makeDurable();
    try (LogSnapshot rows = log.snapshot()) {
      CommitFileWriter writer = new CommitFileWriter(rows, out);
      writer.send(CommitFileLayout.header(new Header(log.identity(), afterLsn + 1)));
      return writer.write(afterLsn, lastLsn, enoughBytes);
    } catch (IOException e) {
      throw CommitFileReader.failed(FAILED, e);
    } catch (UncheckedIOException e) {
      throw CommitFileReader.failed(FAILED, Objects.requireNonNull(e.getCause()));
    }
  }

  private Written write(long afterLsn, long lastLsn, long enoughBytes) throws IOException {
    long[] next = {afterLsn + 1};
    rows.scan(
        Family.LOG,
        Keys.commit(afterLsn + 1),
        Keys.commit(lastLsn + 1),
        (key, row) -> {
          if (Keys.longAt(key, 0) == next[0]) {
            commit(next[0]++, key, row);
          }
          return Keys.longAt(key, 0) == next[0] - 1 && bytes < enoughBytes;
        });
    if (next[0] <= lastLsn && bytes < enoughBytes) {
      throw new TrimmedException(next[0], lastLsn);
    }
    send(CommitFileLayout.end(next[0] - 1));
    out.write(digest.digest());
    return new Written(afterLsn + 1, next[0] - 1, bytes + CommitFileLayout.DIGEST_BYTES);
  }

  private void commit(long lsn, byte[] key, byte[] row) {
    ByteWriter commit = CommitFileLayout.commit(lsn, row, values(CommitLayout.decode(key, row)));
    try {
      send(commit.array(), commit.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a commit refers to is there as long as the commit is in the log. */
  private List<Value> values(CommitLayout.Read commit) {
    List<Value> values = new ArrayList<>();
    for (CommitLayout.Entry entry : commit.entries()) {
      if (entry.kind() == CommitLayout.Kind.REFERENCE) {
        byte[] value = rows.get(Family.of(entry.family()), entry.key());
        if (value == null) {
          throw new CorruptStoreException(
              "a commit refers to a value that is gone: commit="
                  + commit.header().id()
                  + "; run 'engram check'");
        }
        values.add(new Value(entry.family(), entry.key(), value));
      }
    }
    return values;
  }

  private void send(byte[] some) throws IOException {
    send(some, some.length);
  }

  private void send(byte[] some, int length) throws IOException {
    digest.update(some, 0, length);
    out.write(some, 0, length);
    bytes += length;
  }
}
