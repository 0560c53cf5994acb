package dev.engram.internal.log;

import dev.engram.CorruptStoreException;
import dev.engram.EncryptionException;
import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.internal.crypto.DamagedFileException;
import dev.engram.internal.crypto.SealedFileLayout;
import dev.engram.internal.crypto.SealedInput;
import dev.engram.internal.crypto.SealedOutput;
import dev.engram.internal.format.CommitFileLayout;
import dev.engram.internal.log.CommitFileReader.Whole;
import dev.engram.internal.log.CommitFileWriter.Written;
import dev.engram.spi.KeySource;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * How the commit files of a store are written and read: sealed as a whole where the store is
 * encrypted, and as they are where it is not. Whoever has keys takes no file that is not sealed,
 * which anybody may have written. Thread-safe.
 *
 * @param keys where the master keys come from; empty where the store is not encrypted
 */
public record CommitFiles(Optional<KeySource> keys) {
  /** Of stores that are not encrypted. */
  public static final CommitFiles PLAIN = new CommitFiles(Optional.empty());

  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * Writes commits into a file: {@link CommitFileWriter#write}.
   *
   * @return what was written, with the size of the file
   * @throws TrimmedException where some are no longer in the log
   * @throws EncryptionException where there is no key
   * @throws dev.engram.StorageException where the file cannot be written
   */
  public Written write(Log log, long afterLsn, long lastLsn, long enoughBytes, Path file) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
      Written written;
      if (keys.isEmpty()) {
        written = CommitFileWriter.write(log, afterLsn, lastLsn, enoughBytes, out);
      } else {
        SealedOutput sealed = SealedOutput.begin(out, keys.get(), new SecureRandom());
        written = CommitFileWriter.write(log, afterLsn, lastLsn, enoughBytes, sealed);
        sealed.finish();
      }
      out.flush();
      return new Written(written.firstLsn(), written.lastLsn(), Files.size(file));
    } catch (IOException e) {
      throw CommitFileReader.failed("a commit file cannot be written: path=" + file, e);
    }
  }

  /**
   * Begins to read a file.
   *
   * @param in closed with the reader, or where this fails
   * @param what names the file in errors
   * @throws CorruptStoreException where it is damaged, or no commit file
   * @throws dev.engram.MismatchException where it has another version
   * @throws EncryptionException where it is sealed and the key is missing or wrong, or where it is
   *     not and a key is given
   */
  public CommitFileReader open(InputStream in, String what) {
    boolean opened = false;
    try {
      CommitFileReader reader = new CommitFileReader(unsealed(in, what), what);
      opened = true;
      return reader;
    } catch (IOException e) {
      throw CommitFileReader.failed("cannot read " + what, e);
    } finally {
      if (!opened) {
        close(in, what);
      }
    }
  }

  /** The same, of a file. */
  public CommitFileReader open(Path file) {
    String what = "commit file " + file;
    try {
      return open(Files.newInputStream(file), what);
    } catch (IOException e) {
      throw CommitFileReader.failed("cannot read " + what, e);
    }
  }

  /**
   * Reads a whole file.
   *
   * @param in closed when this returns
   * @return its header and its last LSN
   * @throws CorruptStoreException where it is damaged, or cut, or no commit file
   * @throws dev.engram.MismatchException where it has another version
   * @throws EncryptionException as {@link #open(InputStream, String)}
   */
  public Whole validate(InputStream in, String what) {
    try (CommitFileReader reader = open(in, what)) {
      return reader.readAll();
    }
  }

  private InputStream unsealed(InputStream in, String what) throws IOException {
    BufferedInputStream file = new BufferedInputStream(in, BUFFER_BYTES);
    byte[] beginning = SealedFileLayout.beginning(file);
    boolean sealed = SealedFileLayout.isSealed(beginning);
    if (sealed != keys.isPresent() && (sealed || CommitFileLayout.isCommitFile(beginning))) {
      throw new EncryptionException(
          what
              + (sealed
                  ? " is encrypted and no key is given; give the keyring that has it"
                  : " is not encrypted and a key is given; give none"));
    }
    if (keys.isEmpty()) {
      return file;
    }
    try {
      return new Unsealed(SealedInput.open(file, keys.get()), file);
    } catch (DamagedFileException e) {
      throw new CorruptStoreException("damaged " + what + ": " + e.getMessage(), e);
    } catch (NotFoundException | InvalidInputException e) {
      // Of whoever has the keys: never to be taken for a file that is missing or damaged.
      throw new EncryptionException(
          "the master key of " + what + " cannot be had: why=" + e.getMessage(), e);
    }
  }

  private static void close(InputStream in, String what) {
    try {
      in.close();
    } catch (IOException e) {
      throw CommitFileReader.failed("cannot close " + what, e);
    }
  }

  /** What a sealed file holds; closing it closes the file. */
  private static final class Unsealed extends FilterInputStream {
    private final InputStream file;

    Unsealed(SealedInput in, InputStream file) {
      super(in);
      this.file = file;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
