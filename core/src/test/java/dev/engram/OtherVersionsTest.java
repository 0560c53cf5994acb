package dev.engram;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.text.TextVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Stores, parts of which another version wrote. */
class OtherVersionsTest {
  @TempDir Path directory;

  private void fill() {
    try (Engram engram = Engram.open(directory)) {
      Memory _ = engram.space("s").learn("Alice prefers green tea");
      assertTrue(engram.awaitViews(engram.lastCommit(), Duration.ofSeconds(30)));
    }
  }

  @Test
  void aTextIndexOfAnotherVersionIsMadeAnew() throws IOException {
    fill();
    TextVersions.set(directory.resolve("views/text"), "2");
    try (Engram engram = Engram.open(directory)) {
      assertTrue(engram.awaitViews(engram.lastCommit(), Duration.ofSeconds(30)));
      assertEquals(1, engram.space("s").recall("green").size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    assertEquals("1", TextVersions.get(directory.resolve("views/text")));
  }

  @Test
  void notesOfMaintenanceOfAnotherVersionBeginAnew() throws IOException {
    fill();
    Path notes = directory.resolve("engram.maintenance");
    Files.writeString(notes, "engram maintenance 2\nnobody knows what stands here\n");
    try (Engram engram = Engram.open(directory)) {
      List<MaintenanceResult> done = engram.maintain();
      assertTrue(done.stream().allMatch(MaintenanceResult::ok), done::toString);
    }
    assertTrue(Files.readString(notes).startsWith("engram maintenance 1\n"));
  }

  /** A family of rows that this version does not know came with a newer one. */
  @Test
  void aLogWithAFamilyOfANewerVersionIsRefused() throws RocksDBException {
    fill();
    addFamily(directory.resolve("log").toString());
    MismatchException e = assertThrows(MismatchException.class, () -> Engram.open(directory));
    assertTrue(e.getMessage().contains("dreams"), e.getMessage());
    assertTrue(e.getMessage().contains("a newer Engram"), e.getMessage());
  }

  private static void addFamily(String log) throws RocksDBException {
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (Options plain = new Options();
        DBOptions options = new DBOptions()) {
      for (byte[] name : RocksDB.listColumnFamilies(plain, log)) {
        families.add(new ColumnFamilyDescriptor(name));
      }
      try (RocksDB database = RocksDB.open(options, log, families, handles)) {
        handles.add(
            database.createColumnFamily(new ColumnFamilyDescriptor("dreams".getBytes(US_ASCII))));
        handles.forEach(ColumnFamilyHandle::close);
      }
    }
  }
}
