package dev.engram.internal.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionConfig;
import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.Encryption;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.SecretKeys;
import dev.engram.VectorRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** What RocksDB holds of an encrypted store, read and altered without a key. */
class SealedRowsTest {
  /** Version, key id, salt and counter, as hexadecimal digits. */
  private static final int HEADER_DIGITS = 2 * (1 + 4 + 12 + 8);

  static {
    NativeLibrary.load();
  }

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private Engram open() {
    return Engram.open(EngramConfig.at(store()).encryption(new SecretKeys(1)));
  }

  @FunctionalInterface
  private interface Work {
    void on(RocksDB db, Map<String, ColumnFamilyHandle> families) throws RocksDBException;
  }

  private void raw(Work work) throws RocksDBException {
    String path = store().resolve("log").toString();
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    try (Options options = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, path)) {
        descriptors.add(new ColumnFamilyDescriptor(name));
      }
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = new DBOptions();
        RocksDB db = RocksDB.open(options, path, descriptors, handles)) {
      Map<String, ColumnFamilyHandle> families = new HashMap<>();
      for (ColumnFamilyHandle handle : handles) {
        families.put(new String(handle.getName(), StandardCharsets.US_ASCII), handle);
      }
      work.on(db, families);
      handles.forEach(ColumnFamilyHandle::close);
    }
  }

  /** Notes each value by its header; the same header must always stand before the same value. */
  private void note(Map<String, String> seen) throws RocksDBException {
    raw((db, families) -> {
      for (ColumnFamilyHandle family : families.values()) {
        try (RocksIterator rows = db.newIterator(family)) {
          for (rows.seekToFirst(); rows.isValid(); rows.next()) {
            String value = HexFormat.of().formatHex(rows.value());
            assertTrue(value.startsWith("e1"), value);
            String before = seen.put(value.substring(0, HEADER_DIGITS), value);
            assertTrue(before == null || before.equals(value), value);
          }
        }
      }
    });
  }

  private void write(String text) {
    try (Engram engram = open()) {
      engram.space("s").learn(text);
      engram
          .collection("d", CollectionConfig.ofDimension(2))
          .upsert(VectorRecord.of("same", new float[] {1, text.length()}));
    }
  }

  @Test
  void noTwoValuesAreSealedWithTheSameKeyAndNonceAlsoAfterASnapshotWasRestored()
      throws RocksDBException {
    Map<String, String> seen = new HashMap<>();
    write("one");
    note(seen);
    write("two");
    try (Engram engram = open()) {
      engram.snapshots().create("first");
    }
    note(seen);
    int before = seen.size();
    for (int i = 0; i < 3; i++) {
      write("three " + i);
      note(seen);
      EngramConfig config = EngramConfig.at(store()).encryption(new SecretKeys(1));
      CommitId _ = Engram.restoreSnapshot(config, "first");
      write("another three " + i);
      note(seen);
    }
    assertTrue(seen.size() > before + 20, seen.size() + " after " + before);
  }

  @Test
  void everyValueIsUnderTheNewestKeyOnceItIsSealedAnew() throws RocksDBException {
    write("one");
    try (Engram engram = open()) {
      Encryption encryption = engram.encryption().orElseThrow();
      assertEquals(2, encryption.rotate());
      assertTrue(encryption.reseal(Progress.NONE) > 10);
    }
    Map<String, String> seen = new HashMap<>();
    note(seen);
    assertTrue(seen.size() > 10);
    assertTrue(seen.keySet().stream().allMatch(header -> header.startsWith("e100000002")));
  }

  @Test
  void aValueThatIsPutInThePlaceOfAnotherIsRefused() throws RocksDBException {
    RecordId first;
    try (Engram engram = open()) {
      MemorySpace space = engram.space("s");
      first = space.learn("a text").id();
      RecordId second = space.learn("b text").id();
      assertNotEquals(first, second);
    }
    raw((db, families) -> {
      ColumnFamilyHandle records = families.get("records");
      try (RocksIterator rows = db.newIterator(records)) {
        rows.seekToFirst();
        byte[] key = rows.key();
        rows.next();
        assertTrue(rows.isValid());
        db.put(records, key, rows.value());
      }
    });
    try (Engram engram = open()) {
      assertFalse(engram.check().ok());
      CorruptStoreException e =
          assertThrows(CorruptStoreException.class, () -> engram.space("s").get(first));
      assertFalse(String.valueOf(e.getMessage()).contains("text"), e.getMessage());
    }
  }

  @Test
  void aPlainValueThatIsPutIntoAnEncryptedStoreIsRefused() throws RocksDBException {
    RecordId id;
    try (Engram engram = open()) {
      id = engram.space("s").learn("a text").id();
    }
    raw((db, families) -> {
      ColumnFamilyHandle records = families.get("records");
      try (RocksIterator rows = db.newIterator(records)) {
        rows.seekToFirst();
        db.put(records, rows.key(), new byte[] {1, 2, 3, 4, 5, 6});
      }
    });
    try (Engram engram = open()) {
      assertThrows(CorruptStoreException.class, () -> engram.space("s").get(id));
      String found = engram.check().findings().toString();
      assertTrue(found.contains("it is not sealed"), found);
    }
  }
}
