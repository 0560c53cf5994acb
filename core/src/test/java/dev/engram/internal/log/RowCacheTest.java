package dev.engram.internal.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Compression;
import dev.engram.Durability;
import dev.engram.internal.crypto.Sealer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class RowCacheTest {
  private static final int ROWS = 64;

  @Test
  void answersFromTheHeapWhatWasReadBefore() {
    try (Log log = open(1 << 20)) {
      put(log, 1, 7);
      try (LogSnapshot snapshot = log.snapshot()) {
        assertEquals(7, read(snapshot, 1));
        assertEquals(7, read(snapshot, 1));
      }
      assertEquals(1, log.rowCacheStats().hits());
    }
  }

  @Test
  void holdsNothingWhereItMayNot() {
    try (Log log = open(0)) {
      put(log, 1, 7);
      try (LogSnapshot snapshot = log.snapshot()) {
        assertEquals(7, read(snapshot, 1));
        assertEquals(7, read(snapshot, 1));
      }
      assertEquals(0, log.rowCacheStats().entries());
    }
  }

  @Test
  void aSnapshotGoesOnSeeingWhatItSawWhenOthersWrite() {
    try (Log log = open(1 << 20)) {
      put(log, 1, 7);
      try (LogSnapshot before = log.snapshot()) {
        put(log, 1, 8);
        try (LogSnapshot after = log.snapshot()) {
          assertEquals(8, read(after, 1));
          assertEquals(7, read(before, 1));
          assertEquals(8, read(after, 1));
        }
      }
    }
  }

  @Test
  void whatIsDeletedIsGoneAlone() {
    try (Log log = open(1 << 20)) {
      put(log, 1, 7);
      try (LogSnapshot snapshot = log.snapshot()) {
        assertEquals(7, read(snapshot, 1));
        Draft draft = log.draft(snapshot);
        draft.delete(Family.CONCEPTS, key(1));
        log.commit(draft);
      }
      try (LogSnapshot snapshot = log.snapshot()) {
        assertEquals(-1, read(snapshot, 1));
      }
    }
  }

  @Test
  void whatIsDeletedByItsPrefixIsGone() {
    try (Log log = open(1 << 20)) {
      put(log, 1, 7);
      try (LogSnapshot snapshot = log.snapshot()) {
        assertEquals(7, read(snapshot, 1));
        Draft draft = log.draft(snapshot);
        draft.deletePrefix(Family.CONCEPTS, new byte[] {0});
        log.commit(draft);
      }
      try (LogSnapshot snapshot = log.snapshot()) {
        assertEquals(-1, read(snapshot, 1));
      }
    }
  }

  /** Every row has the same value in every state: a writer raises all of them together. */
  @Test
  void aSnapshotNeverMixesStatesWhileOthersWrite() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch started = new CountDownLatch(2);
    try (Log log = open(1 << 20);
        ExecutorService readers = Executors.newFixedThreadPool(2)) {
      putAll(log, 0);
      List<Future<Long>> reading = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        Random random = new Random(reader);
        reading.add(
            readers.submit(() -> {
              started.countDown();
              long snapshots = 0;
              while (!done.get()) {
                readSome(log, random);
                snapshots++;
              }
              return snapshots;
            }));
      }
      started.await();
      for (int value = 1; value <= 3_000; value++) {
        putAll(log, value);
      }
      done.set(true);
      for (Future<Long> each : reading) {
        assertTrue(each.get() > 0);
      }
      assertTrue(log.rowCacheStats().hits() > 0);
    }
  }

  private static void readSome(Log log, Random random) {
    try (LogSnapshot snapshot = log.snapshot()) {
      long expected = read(snapshot, random.nextInt(ROWS));
      for (int i = 0; i < 8; i++) {
        assertEquals(expected, read(snapshot, random.nextInt(ROWS)));
      }
      List<byte[]> keys = List.of(key(random.nextInt(ROWS)), key(random.nextInt(ROWS)));
      for (byte[] row : snapshot.getAll(Family.CONCEPTS, keys)) {
        assertEquals(expected, ByteBuffer.wrap(row).getLong());
      }
    }
  }

  private static void putAll(Log log, long value) {
    try (LogSnapshot snapshot = log.snapshot()) {
      Draft draft = log.draft(snapshot);
      for (int row = 0; row < ROWS; row++) {
        draft.put(Family.CONCEPTS, key(row), value(value));
      }
      log.commit(draft);
    }
  }

  private static void put(Log log, int row, long value) {
    try (LogSnapshot snapshot = log.snapshot()) {
      Draft draft = log.draft(snapshot);
      draft.put(Family.CONCEPTS, key(row), value(value));
      log.commit(draft);
    }
  }

  /** The value of a row; -1 where it is not there. */
  private static long read(LogSnapshot snapshot, int row) {
    byte[] value = snapshot.get(Family.CONCEPTS, key(row));
    return value == null ? -1 : ByteBuffer.wrap(value).getLong();
  }

  private static byte[] key(int row) {
    return ByteBuffer.allocate(8).putInt(1).putInt(row).array();
  }

  private static byte[] value(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  private static Log open(long cacheBytes) {
    return Log.open(
        new LogConfig(
            null,
            Durability.DURABLE,
            Compression.NONE,
            InstantSource.system(),
            new Random(5),
            1_000,
            Duration.ofSeconds(5),
            cacheBytes,
            false,
            CrashPoints.NONE,
            Sealer.PLAIN));
  }
}
