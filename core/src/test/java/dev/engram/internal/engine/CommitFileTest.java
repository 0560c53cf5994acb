package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CommitId;
import dev.engram.ConflictException;
import dev.engram.CorruptStoreException;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.EngramException;
import dev.engram.MemoryJob;
import dev.engram.MemorySpace;
import dev.engram.MismatchException;
import dev.engram.RandomLife;
import dev.engram.StorageException;
import dev.engram.TestClock;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.ByteWriter;
import dev.engram.internal.format.CommitFileLayout;
import dev.engram.internal.format.CommitFileLayout.Shipped;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.CommitFileReader;
import dev.engram.internal.log.CommitFileWriter;
import dev.engram.internal.log.CommitFileWriter.Written;
import dev.engram.internal.log.CommitFiles;
import dev.engram.internal.log.CrashPoints;
import dev.engram.internal.log.Draft;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Holds;
import dev.engram.internal.log.Log;
import dev.engram.internal.log.LogSnapshot;
import dev.engram.internal.log.TrimmedException;
import dev.engram.internal.view.ViewSet;
import dev.engram.spi.Commit;
import dev.engram.spi.HashingEmbedder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Commits as files: what is written is what is applied, and nothing else is. */
class CommitFileTest {
  private final TestClock clock = new TestClock();

  /** A store whose log is not trimmed by itself. */
  private Engram source() {
    Engram engram =
        Engram.open(EngramConfig.inMemory().clock(clock).embedder(new HashingEmbedder(16)));
    log(engram).holds().put(Holds.Kind.BACKUP, "test", new Holds.Held(0, 0));
    return engram;
  }

  private static Log log(Engram engram) {
    return ((OpenStore) engram).log();
  }

  /** A log of its own, without views. */
  private Log empty() {
    return Log.open(
        EngineFactory.logConfig(
            EngramConfig.inMemory().clock(clock),
            null,
            new Random(1),
            CrashPoints.NONE,
            Sealer.PLAIN));
  }

  private static byte[] file(Log log, long after, long last) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Written written = CommitFileWriter.write(log, after, last, Long.MAX_VALUE, out);
    assertEquals(new Written(after + 1, last, out.size()), written);
    return out.toByteArray();
  }

  private static List<Shipped> read(byte[] file) {
    List<Shipped> commits = new ArrayList<>();
    try (CommitFileReader reader = reader(file)) {
      for (Shipped next = reader.next(); next != null; next = reader.next()) {
        commits.add(next);
      }
    }
    return commits;
  }

  private static CommitFileReader reader(byte[] file) {
    return CommitFiles.PLAIN.open(new ByteArrayInputStream(file), "file");
  }

  private static void validate(byte[] file) {
    assertNotNull(CommitFiles.PLAIN.validate(new ByteArrayInputStream(file), "file"));
  }

  private static void apply(Log log, byte[] file) {
    read(file).forEach(each -> assertTrue(log.apply(each, ViewSet.decoder(log))));
  }

  /** Every row of the state and of the log, but who the log is. */
  private static SortedMap<String, String> rows(Log log) {
    SortedMap<String, String> rows = new TreeMap<>();
    HexFormat hex = HexFormat.of();
    for (Family family : Family.values()) {
      log.scan(
          family,
          new byte[0],
          new byte[0],
          (key, value) -> {
            rows.put(family + " " + hex.formatHex(key), hex.formatHex(value));
            return true;
          });
    }
    rows.remove(Family.META + " " + hex.formatHex(Keys.identity()));
    rows.keySet().removeIf(row -> row.startsWith(Family.META + " " + hex.formatHex(Keys.holds())));
    return rows;
  }

  private void live(Engram engram) {
    RandomLife.begin(engram);
    new RandomLife(clock, 7).live(engram, 60);
    for (MemoryJob job : MemoryJob.values()) {
      MemorySpace space = engram.space(job.name());
      job.prepare(space, clock, 3);
      job.run(space);
    }
    // What recalls have touched is written later, by a thread of its own.
    ((OpenStore) engram).accessQueue().flush();
  }

  @Test
  void anEmptyLogThatAppliesThemHoldsWhatTheSourceHolds() {
    try (Engram engram = source();
        Log copy = empty()) {
      live(engram);
      Log log = log(engram);
      List<Commit> told = new ArrayList<>();
      copy.follow(told::add);
      long reached = 0;
      int files = 0;
      while (reached < log.last().lsn()) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reached = CommitFileWriter.write(log, reached, log.last().lsn(), 20_000, out).lastLsn();
        validate(out.toByteArray());
        apply(copy, out.toByteArray());
        files++;
      }
      assertTrue(files > 5, files + " files");
      assertEquals(rows(log), rows(copy));
      assertEquals(log.last().lsn(), copy.last().lsn());
      assertCounters(log, copy);
      List<Commit> expected = new ArrayList<>();
      ViewSet.replay(log, 0, expected::add);
      assertEquals(describe(expected), describe(told));
    }
  }

  private static void assertCounters(Log log, Log copy) {
    for (int collection = 0; collection < 12; collection++) {
      for (int which = 1; which <= 6; which++) {
        assertEquals(log.counter(collection, which), copy.counter(collection, which));
      }
    }
  }

  /** Vectors are arrays, which a record does not compare. */
  private static List<String> describe(List<Commit> commits) {
    return commits.stream()
        .map(each ->
            each.id().lsn() + " " + each.time() + each.changes().toString().replaceAll("@\\w+", ""))
        .toList();
  }

  @Test
  void aCommitThatIsThereIsAppliedOnceAndOneThatIsAheadIsRefused() {
    try (Engram engram = source();
        Log copy = empty()) {
      engram.space("s").learn("a");
      engram.space("s").learn("b");
      Log log = log(engram);
      List<Shipped> commits = read(file(log, 0, log.last().lsn()));
      assertThrows(
          MismatchException.class, () -> copy.apply(commits.get(1), ViewSet.decoder(copy)));
      assertEquals(0, copy.last().lsn());
      for (Shipped each : commits) {
        assertTrue(copy.apply(each, ViewSet.decoder(copy)));
        assertFalse(copy.apply(each, ViewSet.decoder(copy)));
      }
      assertEquals(rows(log), rows(copy));
    }
  }

  @Test
  void aCommitOfAnotherHistoryIsRefused() {
    try (Engram one = source();
        Engram other = source();
        Log copy = empty()) {
      one.space("s").learn("a");
      other.space("s").learn("b");
      apply(copy, file(log(one), 0, 1));
      Shipped foreign = read(file(log(other), 0, 1)).getFirst();
      assertThrows(MismatchException.class, () -> copy.apply(foreign, ViewSet.decoder(copy)));
      assertEquals(1, copy.last().lsn());
    }
  }

  @Test
  void aTransactionThatHasNotSeenAnAppliedCommitConflicts() {
    try (Engram engram = source();
        Log copy = empty();
        LogSnapshot before = copy.snapshot()) {
      engram.space("s").learn("a");
      apply(copy, file(log(engram), 0, log(engram).last().lsn()));
      Draft draft = copy.draft(before);
      byte[] key = Keys.descriptor(99);
      draft.claim(Family.CONFIG, key);
      draft.delete(Family.CONFIG, key);
      assertThrows(ConflictException.class, () -> copy.commit(draft));
      try (LogSnapshot now = copy.snapshot()) {
        Draft later = copy.draft(now);
        later.claim(Family.CONFIG, key);
        later.delete(Family.CONFIG, key);
        CommitId made = copy.commit(later);
        assertEquals(log(engram).last().lsn() + 1, made.lsn());
      }
    }
  }

  @Test
  void whatIsTrimmedIsNotWrittenAndSaysSo() {
    try (Engram engram = source()) {
      live(engram);
      Log log = log(engram);
      log.trim(20, true);
      assertThrows(TrimmedException.class, () -> file(log, 5, 30));
      validate(file(log, 19, log.last().lsn()));
    }
  }

  @Test
  void valuesAreWrittenAlthoughTheLogIsTrimmedMeanwhile() {
    try (Engram engram = source()) {
      live(engram);
      Log log = log(engram);
      OutputStream trimming =
          new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
              super.write(bytes, offset, length);
              log.trim(log.last().lsn(), true);
            }
          };
      assertEquals(
          log.last().lsn(),
          CommitFileWriter.write(log, 0, log.last().lsn(), Long.MAX_VALUE, trimming).lastLsn());
      validate(((ByteArrayOutputStream) trimming).toByteArray());
    }
  }

  @Test
  void aStreamThatFailsIsATypedError() {
    try (Engram engram = source()) {
      engram.space("s").learn("a");
      OutputStream full =
          new OutputStream() {
            @Override
            public void write(int one) throws IOException {
              throw new IOException("full");
            }
          };
      assertThrows(
          StorageException.class,
          () -> CommitFileWriter.write(log(engram), 0, 1, Long.MAX_VALUE, full));
    }
  }

  private byte[] small() {
    try (Engram engram = source()) {
      RandomLife.begin(engram);
      new RandomLife(clock, 11).live(engram, 6);
      return file(log(engram), 0, log(engram).last().lsn());
    }
  }

  @Test
  void noDamageIsTakenForAFile() {
    byte[] file = small();
    validate(file);
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThrows(CorruptStoreException.class, () -> validate(cut), "cut at " + length);
    }
    for (int bit = 0; bit < file.length * 8; bit += file.length > 4_000 ? 3 : 1) {
      byte[] flipped = file.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(CorruptStoreException.class, () -> validate(flipped), "bit " + bit);
    }
    byte[] longer = Arrays.copyOf(file, file.length + 1);
    assertThrows(CorruptStoreException.class, () -> validate(longer));
    byte[] twice = Arrays.copyOf(file, file.length * 2);
    System.arraycopy(file, 0, twice, file.length, file.length);
    assertThrows(CorruptStoreException.class, () -> validate(twice));
  }

  @Test
  void aLengthThatIsOnlyClaimedTakesNoMemory() {
    byte[] file = small();
    for (int length : new int[] {-1, 0, 7, Integer.MAX_VALUE, CommitFileLayout.MAX_COMMIT_BYTES}) {
      byte[] bomb = file.clone();
      ByteBuffer.wrap(bomb).putInt(CommitFileLayout.HEADER_BYTES + 1, length);
      assertThrows(CorruptStoreException.class, () -> validate(bomb), "length " + length);
    }
  }

  @Test
  void aNewerVersionIsAMismatchAndAnotherFileIsDamage() {
    byte[] file = small();
    byte[] newer = file.clone();
    newer[4]++;
    int body = CommitFileLayout.HEADER_BYTES - 4;
    CRC32C crc = new CRC32C();
    crc.update(newer, 0, body);
    ByteBuffer.wrap(newer).putInt(body, (int) crc.getValue());
    assertThrows(MismatchException.class, () -> validate(newer));
    assertThrows(CorruptStoreException.class, () -> validate(new byte[1_000]));
  }

  @Test
  void aCommitThatIsLeftOutShowsAlthoughTheDigestIsRight() {
    byte[] file = small();
    int first = ByteBuffer.wrap(file).getInt(CommitFileLayout.HEADER_BYTES + 1) + 9;
    byte[] header = Arrays.copyOf(file, CommitFileLayout.HEADER_BYTES);
    byte[] rest =
        Arrays.copyOfRange(
            file, header.length + first, file.length - CommitFileLayout.DIGEST_BYTES);
    byte[] body = new ByteWriter().raw(header).raw(rest).toBytes();
    byte[] forged = new ByteWriter().raw(body).raw(Digest.newSha256().digest(body)).toBytes();
    assertThrows(CorruptStoreException.class, () -> validate(forged));
  }

  @Test
  void noBytesAreReadAsAnythingButATypedError() {
    byte[] file = small();
    Random random = new Random(5);
    Map<Class<?>, Integer> met = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = file.clone();
      int from = random.nextInt(damaged.length);
      int to = Math.min(damaged.length, from + 1 + random.nextInt(64));
      for (int at = from; at < to; at++) {
        damaged[at] = (byte) random.nextInt();
      }
      if (!Arrays.equals(damaged, file)) {
        RuntimeException e = assertThrows(RuntimeException.class, () -> validate(damaged));
        assertInstanceOf(EngramException.class, e);
        met.merge(e.getClass(), 1, Integer::sum);
      }
    }
    assertTrue(met.containsKey(CorruptStoreException.class), met::toString);
  }
}
