package dev.engram.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The peer: RocksDB alone, with as many rows and bytes a commit as Engram writes, synced likewise.
 * Its own group commit joins the threads.
 */
final class RawLog implements AutoCloseable {
  /** Rows of an Engram commit of one new record: record, id, two counters, log. */
  private static final int ROWS = 5;

  private static final int KEY_BYTES = 12;
  private static final int SMALL_VALUE_BYTES = 13;

  private final DBOptions options =
      new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final List<ColumnFamilyHandle> families = new ArrayList<>();
  private final RocksDB db;
  private final int recordBytes;
  private final int logBytes;

  RawLog(Path directory, long commitBytes) throws RocksDBException {
    List<ColumnFamilyDescriptor> wanted = new ArrayList<>();
    wanted.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY));
    for (int i = 1; i < ROWS; i++) {
      wanted.add(new ColumnFamilyDescriptor(("f" + i).getBytes(StandardCharsets.US_ASCII)));
    }
    db = RocksDB.open(options, directory.toString(), wanted, families);
    int rest = (int) commitBytes - ROWS * (KEY_BYTES + 4) - 3 * SMALL_VALUE_BYTES;
    recordBytes = rest * 2 / 5;
    logBytes = rest - recordBytes;
  }

  /** One commit. */
  void commit(long number) {
    try (WriteBatch batch = new WriteBatch()) {
      byte[] key = new byte[KEY_BYTES];
      for (int i = 0; i < Long.BYTES; i++) {
        key[KEY_BYTES - 1 - i] = (byte) (number >>> (8 * i));
      }
      batch.put(families.get(0), key, new byte[recordBytes]);
      for (int i = 1; i < ROWS - 1; i++) {
        batch.put(families.get(i), key, new byte[SMALL_VALUE_BYTES]);
      }
      batch.put(families.get(ROWS - 1), key, new byte[logBytes]);
      db.write(synced, batch);
    } catch (RocksDBException e) {
      throw new IllegalStateException("the peer failed", e);
    }
  }

  @Override
  public void close() {
    families.forEach(ColumnFamilyHandle::close);
    db.close();
    synced.close();
    options.close();
  }
}
