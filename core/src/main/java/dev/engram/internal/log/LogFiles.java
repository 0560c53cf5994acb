package dev.engram.internal.log;

import dev.engram.CorruptStoreException;
import dev.engram.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.Status;

/**
 * Checks the files of a log one by one, each by the checksums in it, whether the log is open or
 * not. What a file says is not looked at, nor whether it is the right one. Static functions only.
 */
public final class LogFiles {
  private static final String SORTED = ".sst";
  private static final String BLOB = ".blob";
  private static final String WRITE_AHEAD = ".log";
  private static final String MANIFEST = "MANIFEST-";
  private static final String CURRENT = "CURRENT";
  private static final long SORTED_MAGIC = 0x88e241b785f4cff7L;

  static {
    NativeLibrary.load();
  }

  private LogFiles() {}

  /** Whether a file never changes once the log names it. */
  public static boolean isConstant(String name) {
    return name.endsWith(SORTED) || name.endsWith(BLOB);
  }

  /** Whether a file only grows, in frames that have checksums. */
  public static boolean isAppended(String name) {
    return name.endsWith(WRITE_AHEAD) || name.startsWith(MANIFEST);
  }

  /**
   * Reads a few bytes at the ends of a file.
   *
   * @throws CorruptStoreException where they are not what they should be
   */
  public static void checkEnds(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(SORTED)) {
      checkSortedEnd(file);
    } else if (name.endsWith(BLOB)) {
      BlobFile.checkEnds(file);
    } else if (name.equals(CURRENT)) {
      checkCurrent(file);
    }
  }

  /**
   * Reads every byte of a file and compares the checksums in it.
   *
   * @param passed is told of bytes that were read
   * @throws CorruptStoreException where one differs
   */
  public static void verify(Path file, LongConsumer passed) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(SORTED)) {
      verifySorted(file);
      passed.accept(Files.size(file));
    } else if (name.endsWith(BLOB)) {
      BlobFile.verify(file, passed);
    } else if (isAppended(name)) {
      AppendedFile.verify(file, passed);
    } else {
      checkEnds(file);
      passed.accept(Files.size(file));
    }
  }

  private static void checkSortedEnd(Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
      if (bytes.length() < Long.BYTES) {
        throw damaged(file, "bytes=" + bytes.length());
      }
      byte[] magic = new byte[Long.BYTES];
      bytes.seek(bytes.length() - magic.length);
      bytes.readFully(magic);
      if (ByteBuffer.wrap(magic).order(ByteOrder.LITTLE_ENDIAN).getLong() != SORTED_MAGIC) {
        throw damaged(file, "it has no footer");
      }
    }
  }

  /** Names the manifest that counts. */
  private static void checkCurrent(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    if (!text.startsWith(MANIFEST)
        || !text.endsWith("\n")
        || !Files.exists(file.resolveSibling(text.strip()))) {
      throw damaged(file, "it names no manifest");
    }
  }

  private static void verifySorted(Path file) throws IOException {
    checkSortedEnd(file);
    try (Options options = new Options();
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(file.toString());
      reader.verifyChecksum();
    } catch (RocksDBException e) {
      Status status = e.getStatus();
      if (status != null && status.getCode() == Status.Code.IOError && Files.exists(file)) {
        throw new StorageException("cannot read a file: path=" + file + ", why=" + e, e);
      }
      throw new CorruptStoreException("damaged file: path=" + file + ", why=" + e.getMessage(), e);
    }
  }

  static CorruptStoreException damaged(Path file, String why) {
    return new CorruptStoreException("damaged file: path=" + file + ", why=" + why);
  }

  /** As RocksDB stores checksums of what may hold checksums. */
  static int masked(long crc) {
    int value = (int) crc;
    return (value >>> 15 | value << 17) + 0xa282ead8;
  }
}
