package dev.engram.internal.log;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.IdentityLayout;
import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.Keys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Who a closed log is and how far it goes, found without changing a byte of it.
 *
 * @param identity whose it is
 * @param last its last commit
 */
public record LogHeader(Identity identity, CommitId last) {
  /** Only a few rows are read. */
  private static final int OPEN_FILES = 16;

  static {
    NativeLibrary.load();
  }

  /**
   * Reads the header of a log that no process has open.
   *
   * @param sealer of the log
   * @throws CorruptStoreException where there is none, or it is damaged
   */
  public static LogHeader read(Path directory, Sealer sealer) {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options =
            new DBOptions().setMaxOpenFiles(OPEN_FILES).setMaxFileOpeningThreads(1);
        ColumnFamilyOptions plain = new ColumnFamilyOptions();
        RocksDB log =
            RocksDB.openReadOnly(options, directory.toString(), families(plain), handles)) {
      try {
        return read(log, handles.get(1), handles.get(2), sealer);
      } finally {
        handles.forEach(ColumnFamilyHandle::close);
      }
    } catch (RocksDBException e) {
      throw new CorruptStoreException(
          "the log cannot be read: path=" + directory + ", why=" + e.getMessage(), e);
    }
  }

  private static LogHeader read(
      RocksDB log, ColumnFamilyHandle meta, ColumnFamilyHandle commits, Sealer sealer)
      throws RocksDBException {
    byte[] key = Keys.identity();
    byte[] row = log.get(meta, key);
    if (row == null) {
      throw new CorruptStoreException("the log does not say whose it is; restore it from a backup");
    }
    Identity identity = IdentityLayout.decode(key, sealer.open(Family.META.code(), key, row));
    try (RocksIterator rows = log.newIterator(commits)) {
      rows.seekToLast();
      long lsn = rows.isValid() ? Keys.longAt(rows.key(), 0) : 0;
      rows.status();
      return new LogHeader(identity, new CommitId(identity.timeline(), lsn));
    }
  }

  private static List<ColumnFamilyDescriptor> families(ColumnFamilyOptions options) {
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options));
    for (Family family : List.of(Family.META, Family.LOG)) {
      byte[] name = family.title().getBytes(StandardCharsets.US_ASCII);
      families.add(new ColumnFamilyDescriptor(name, options));
    }
    return families;
  }
}
