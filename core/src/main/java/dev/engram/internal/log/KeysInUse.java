package dev.engram.internal.log;

import dev.engram.CancelledException;
import dev.engram.CorruptStoreException;
import dev.engram.Progress;
import dev.engram.internal.crypto.KeySealer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Which data keys the rows of a log need: those under which they are sealed. Reads every row and
 * opens none. Static functions only.
 */
public final class KeysInUse {
  private static final String OPERATION = "keys in use";
  private static final int INTERVAL = 4_096;

  static {
    NativeLibrary.load();
  }

  private KeysInUse() {}

  /** Of an open log. What it says holds also after a power cut. */
  static Set<Integer> of(Rocks rocks, Progress progress) {
    Set<Integer> ids = new HashSet<>();
    Family[] families = Family.values();
    for (int i = 0; i < families.length; i++) {
      progress.report(new Progress.Update(OPERATION, i, families.length, families[i].title()));
      long[] rows = {0};
      rocks.scanStored(
          families[i],
          new byte[0],
          (key, stored) -> {
            checkInterrupt(rows[0]++);
            boolean _ = ids.add(KeySealer.keyIdOf(stored));
            return true;
          });
    }
    // A row that was replaced must not come back under its old key.
    rocks.flush();
    progress.report(new Progress.Update(OPERATION, families.length, families.length, "done"));
    return ids;
  }

  /**
   * Of a closed log that nobody writes, such as that of a snapshot.
   *
   * @throws CorruptStoreException where it is damaged
   */
  public static Set<Integer> of(Path log) {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = new DBOptions().setMaxOpenFiles(64);
        ColumnFamilyOptions plain = new ColumnFamilyOptions();
        RocksDB db = RocksDB.openReadOnly(options, log.toString(), families(log, plain), handles)) {
      try {
        Set<Integer> ids = new HashSet<>();
        for (ColumnFamilyHandle handle : handles) {
          scan(db, handle, ids);
        }
        return ids;
      } finally {
        handles.forEach(ColumnFamilyHandle::close);
      }
    } catch (RocksDBException e) {
      throw new CorruptStoreException(
          "the log cannot be read: path=" + log + ", why=" + e.getMessage(), e);
    }
  }

  private static void scan(RocksDB db, ColumnFamilyHandle handle, Set<Integer> ids)
      throws RocksDBException {
    try (RocksIterator rows = db.newIterator(handle)) {
      long count = 0;
      for (rows.seekToFirst(); rows.isValid(); rows.next()) {
        checkInterrupt(count++);
        boolean _ = ids.add(KeySealer.keyIdOf(rows.value()));
      }
      rows.status();
    }
  }

  private static void checkInterrupt(long row) {
    if (row % INTERVAL == 0 && Thread.currentThread().isInterrupted()) {
      throw new CancelledException("interrupted: operation=" + OPERATION + "; nothing was changed");
    }
  }

  /** Those that are there: an older version made fewer. */
  private static List<ColumnFamilyDescriptor> families(Path log, ColumnFamilyOptions plain)
      throws RocksDBException {
    try (Options options = new Options()) {
      return RocksDB.listColumnFamilies(options, log.toString()).stream()
          .map(name -> new ColumnFamilyDescriptor(name, plain))
          .toList();
    }
  }
}
