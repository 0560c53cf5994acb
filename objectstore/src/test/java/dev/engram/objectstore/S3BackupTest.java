package dev.engram.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.BackupInfo;
import dev.engram.BackupReport;
import dev.engram.Backups;
import dev.engram.CollectionConfig;
import dev.engram.CorruptStoreException;
import dev.engram.Engram;
import dev.engram.EngramException;
import dev.engram.ExistsException;
import dev.engram.Progress;
import dev.engram.Recall;
import dev.engram.Retention;
import dev.engram.UnavailableException;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.objectstore.SpoilingProxy.Fault;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectStore;
import dev.engram.spi.ObjectStoreProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups in a bucket, from making them to restoring them, on a network that may fail. */
class S3BackupTest {
  private static final String BUCKET = "backups";
  private static final AtomicInteger PREFIXES = new AtomicInteger();

  private final String prefix = "b/" + PREFIXES.incrementAndGet();

  @TempDir Path directory;

  @BeforeAll
  static void makeBucket() {
    S3Server.shared().makeBucket(BUCKET);
  }

  private S3ObjectStoreBuilder described() {
    return S3Server.shared().store(BUCKET).prefix(prefix);
  }

  private Engram open() {
    return Engram.open(directory.resolve("brain"));
  }

  private static void write(Engram engram, String text) {
    engram.space("s").learn(text);
    VectorCollection vectors = engram.collection("v", CollectionConfig.ofDimension(8));
    vectors.upsert(VectorRecord.of(text, new float[] {1, 2, 3, 4, 5, 6, 7, 8}));
  }

  private void assertHolds(Path store, String text) {
    try (Engram engram = Engram.open(store)) {
      Recall untouched = Recall.about(text).untouched();
      assertEquals(text, engram.space("s").recall(untouched).getFirst().memory().text());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  @Test
  void aBackupIsMadeVerifiedListedRetainedAndRestored() {
    try (S3Server.Settings _ = S3Server.shared().settings();
        ObjectStore target = ObjectStoreProvider.load("s3://" + BUCKET + "/" + prefix);
        Engram engram = open()) {
      write(engram, "green tea");
      Backups backups = engram.backups().to(target);
      BackupInfo one = backups.create();
      write(engram, "black coffee");
      BackupInfo two = backups.create();
      assertEquals(List.of(two, one), backups.list());
      assertTrue(Engram.backupsIn(target).verify(Backups.LATEST, Progress.NONE).ok());
      Path first = directory.resolve("first");
      assertEquals(
          one.commit().lsn(), Engram.restore(target, one.id(), first, Progress.NONE).lsn());
      assertHolds(first, "green tea");
      assertThrows(
          ExistsException.class, () -> Engram.restore(target, one.id(), first, Progress.NONE));
      assertEquals(List.of(one), Engram.backupsIn(target).retain(Retention.ofLast(1)));
      assertTrue(backups.verify(two.id(), Progress.NONE).ok());
      Path second = directory.resolve("second");
      Object _ = Engram.restore(target, Backups.LATEST, second, Progress.NONE);
      assertHolds(second, "black coffee");
      assertTrue(backups.delete(two.id()));
      assertEquals(List.of(), target.list(""));
    }
  }

  @Test
  void whatIsDamagedIsFoundBeforeARestoreMakesAStore() throws IOException {
    Path other = directory.resolve("other");
    try (ObjectStore target = described().build();
        Engram engram = open()) {
      write(engram, "green tea");
      Backups backups = engram.backups().to(target);
      BackupInfo made = backups.create();
      int damaged = 0;
      for (ObjectInfo object : target.list("")) {
        byte[] intact;
        try (InputStream in = target.get(object.name())) {
          intact = in.readAllBytes();
        }
        if (intact.length == 0) {
          continue;
        }
        byte[] altered = intact.clone();
        altered[altered.length / 2] ^= 4;
        put(target, object.name(), altered);
        assertThrows(
            CorruptStoreException.class,
            () -> Engram.restore(target, made.id(), other, Progress.NONE),
            object.name());
        target.delete(object.name());
        assertThrows(
            EngramException.class,
            () -> Engram.restore(target, made.id(), other, Progress.NONE),
            object.name());
        assertFalse(Files.exists(other.resolve("log")));
        put(target, object.name(), intact);
        damaged++;
      }
      assertTrue(damaged > 3, "damaged=" + damaged);
      Object _ = Engram.restore(target, made.id(), other, Progress.NONE);
      assertHolds(other, "green tea");
    }
  }

  private static void put(ObjectStore target, String name, byte[] bytes) {
    target.put(name, new ByteArrayInputStream(bytes), bytes.length);
  }

  @Test
  void anObjectThatWasAlteredIsMendedByTheNextBackup() {
    try (ObjectStore target = described().build();
        Engram engram = open()) {
      write(engram, "green tea");
      engram.checkpoint();
      Backups backups = engram.backups().to(target);
      BackupInfo made = backups.create();
      ObjectInfo large =
          target.list("objects/").stream()
              .max(Comparator.comparingLong(ObjectInfo::size))
              .orElseThrow();
      put(target, large.name(), new byte[(int) large.size()]);
      BackupReport report = backups.verify(made.id(), Progress.NONE);
      assertFalse(report.ok());
      BackupInfo _ = backups.create();
      assertTrue(backups.verify(Backups.LATEST, Progress.NONE).ok());
    }
  }

  /** A network that dies is what a kill of the process looks like to the target, too. */
  @Test
  void aNetworkThatDiesAtAnyRequestLeavesATargetThatIsWhole() throws IOException {
    int died = 0;
    try (SpoilingProxy proxy = new SpoilingProxy(S3Server.shared().endpoint());
        ObjectStore direct = described().build();
        ObjectStore target =
            described()
                .endpoint(proxy.endpoint())
                .attempts(1)
                .firstDelay(Duration.ofMillis(1))
                .build();
        Engram engram = open()) {
      write(engram, "green tea");
      Backups backups = engram.backups().to(target);
      Backups seen = Engram.backupsIn(direct);
      for (int n = 1; died == n - 1; n++) {
        proxy.spoilFrom(n % 2 == 0 ? Fault.UNHEARD : Fault.UNANSWERED, n);
        try {
          BackupInfo _ = backups.create();
        } catch (UnavailableException e) {
          died++;
        }
        proxy.mend();
        for (BackupInfo each : seen.list()) {
          assertTrue(seen.verify(each.id(), Progress.NONE).ok(), "died at " + n);
          assertTrue(seen.delete(each.id()));
        }
        // Half of them go on where the one before was cut short, half begin anew.
        if (n % 4 < 2) {
          List<BackupInfo> _ = seen.retain(Retention.ofLast(1));
        }
      }
      assertTrue(died > 10, "died=" + died);
      BackupInfo made = backups.create();
      Path other = directory.resolve("other");
      proxy.spoilFrom(Fault.HALF_ANSWERED, 3);
      assertThrows(
          UnavailableException.class,
          () -> Engram.restore(target, made.id(), other, Progress.NONE));
      assertFalse(Files.exists(other.resolve("log")));
      proxy.mend();
      Object _ = Engram.restore(target, made.id(), other, Progress.NONE);
      assertHolds(other, "green tea");
    }
  }

  @Test
  void twoStoresThatPublishUnderOneNameDoNotOverwriteEachOther() {
    try (ObjectStore target = described().build();
        Engram engram = open()) {
      write(engram, "green tea");
      BackupInfo made = engram.backups().to(target).create();
      String manifest = "backups/" + made.id();
      assertThrows(
          ExistsException.class,
          () -> target.create(manifest, new ByteArrayInputStream(new byte[1]), 1));
      assertTrue(Engram.backupsIn(target).verify(made.id(), Progress.NONE).ok());
    }
  }
}
