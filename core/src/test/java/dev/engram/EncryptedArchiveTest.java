package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.spi.KeySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Archives, incremental backups and followers of encrypted stores. */
class EncryptedArchiveTest extends ArchiveCase {
  private final SecretKeys keys = new SecretKeys(1, 1);

  @Override
  Optional<KeySource> keys() {
    return Optional.of(keys);
  }

  private Path followerAt() {
    return directory.resolve("follower");
  }

  private Follower follow() {
    Following from = Following.from(objects).every(Following.MAX_INTERVAL);
    return Engram.follow(configAt(followerAt()), from);
  }

  private static void assertHeld(RandomLife.Moment moment, Follower follower) {
    moment.assertHeldBy(follower.engram(), "seed=" + SEED);
    CheckReport report = follower.engram().check();
    assertTrue(report.ok(), report::toString);
  }

  private BackupInfo backUp(Engram engram, BackupKind kind) {
    BackupInfo made = engram.backups().to(objects).create(kind, Metadata.empty(), Progress.NONE);
    assertEquals(kind, made.kind());
    return made;
  }

  @Test
  void recoversAsOfEachCommitWhateverKeysWereChangedMeanwhile() {
    List<RandomLife.Moment> moments;
    try (Engram engram = Engram.open(config())) {
      Encryption encryption = engram.encryption().orElseThrow();
      moments = lived(engram, 4);
      BackupInfo _ = backUp(engram, BackupKind.FULL);
      moments.addAll(lived(engram, 4));
      assertEquals(2, encryption.rotate());
      moments.addAll(lived(engram, 3));
      BackupInfo _ = backUp(engram, BackupKind.INCREMENTAL);
      keys.add();
      assertEquals("2", encryption.rewrap());
      moments.addAll(lived(engram, 3));
      BackupInfo _ = backUp(engram, BackupKind.DIFFERENTIAL);
      moments.addAll(lived(engram, 3));
    }
    assertEquals(List.of(), Engram.archiveIn(objects, keys).verify(Progress.NONE));
    for (RandomLife.Moment moment : moments) {
      assertRecovers(moment, at(moment));
    }
    // Of commits alone, into keys of its own.
    objects.objects().keySet().removeIf(name -> !name.startsWith("archive/"));
    assertRecovers(moments.getLast(), RecoveryPoint.latest());
  }

  @Test
  void anIncrementalBackupIsRestoredWithTheKeyAlone() {
    RandomLife.Moment last;
    try (Engram engram = Engram.open(config())) {
      RandomLife.Moment _ = lived(engram, 3).getLast();
      BackupInfo _ = backUp(engram, BackupKind.FULL);
      RandomLife.Moment _ = lived(engram, 3).getLast();
      BackupInfo _ = backUp(engram, BackupKind.INCREMENTAL);
      last = lived(engram, 3).getLast();
      BackupInfo _ = backUp(engram, BackupKind.INCREMENTAL);
      // What was stored compares without a key.
      assertTrue(Engram.backupsIn(objects).verify(Backups.LATEST, Progress.NONE).ok());
    }
    for (EngramConfig refused : strangers()) {
      assertThrows(
          EncryptionException.class,
          () -> Engram.restore(objects, Backups.LATEST, refused, Progress.NONE).toString());
      assertFalse(Files.exists(other().resolve("log")));
    }
    CommitId _ = Engram.restore(objects, Backups.LATEST, configAt(other()), Progress.NONE);
    try (Engram engram = Engram.open(configAt(other()).clock(RandomLife.at(last.at())))) {
      last.assertHeldBy(engram, "seed=" + SEED);
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  /** Whoever has no key, or another one. */
  private List<EngramConfig> strangers() {
    EngramConfig none = EngramConfig.at(other()).clock(clock);
    return List.of(none, none.encryption(new SecretKeys(2)));
  }

  @Test
  void nobodyElseReadsFollowsOrRecovers() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.Moment _ = lived(engram, 3).getLast();
    }
    for (EngramConfig refused : strangers()) {
      assertThrows(
          EncryptionException.class,
          () -> Engram.recover(objects, RecoveryPoint.latest(), refused, Progress.NONE).toString());
      assertThrows(
          EncryptionException.class, () -> Engram.follow(refused, Following.from(objects)));
      assertFalse(Files.exists(other().resolve("log")));
    }
    assertEquals(1, Engram.archiveIn(objects).ranges().size());
    assertThrows(EncryptionException.class, () -> Engram.archiveIn(objects).verify(Progress.NONE));
  }

  @Test
  void aFileThatIsNotEncryptedIsNotTakenWhateverItsName() {
    try (Engram engram = Engram.open(EngramConfig.at(other()).clock(clock))) {
      RandomLife.Moment _ = lived(engram, 2).getLast();
    }
    byte[] plain = objects.objects().firstEntry().getValue();
    objects.objects().clear();
    try (Engram engram = Engram.open(config())) {
      RandomLife.Moment _ = lived(engram, 2).getLast();
    }
    objects.objects().replaceAll((_, _) -> plain);
    EncryptionException refused =
        assertThrows(
            EncryptionException.class,
            () -> recover(RecoveryPoint.latest(), directory.resolve("again")).toString());
    assertTrue(String.valueOf(refused.getMessage()).contains("is not encrypted"));
  }

  @Test
  void everyDamageIsFoundAndTheNewestFileIsShippedAnew() {
    RandomLife.Moment last;
    try (Engram engram = Engram.open(config())) {
      last = lived(engram, 3).getLast();
      Map.Entry<String, byte[]> stored = objects.objects().lastEntry();
      byte[] whole = stored.getValue();
      Archive archive = Engram.archiveIn(objects, keys);
      List<Integer> unseen = new ArrayList<>();
      for (int at = 0; at < whole.length; at += 1 + whole.length / 200) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 0x10;
        objects.objects().put(stored.getKey(), damaged);
        if (archive.verify(Progress.NONE).isEmpty()) {
          unseen.add(at);
        }
      }
      assertEquals(List.of(), unseen);
      objects.objects().put(stored.getKey(), whole);
      for (int bytes : new int[] {0, 3, 40, 200, whole.length / 2, whole.length - 1}) {
        objects.objects().put(stored.getKey(), Arrays.copyOf(whole, bytes));
        assertEquals(1, archive.verify(Progress.NONE).size(), "bytes=" + bytes);
      }
      // Magic, version, length, name of the key, wrapped key, checksum, content, tag.
      for (int at : new int[] {0, 4, 7, 12, 40, 78, 90, whole.length - 1}) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 2;
        objects.objects().put(stored.getKey(), damaged);
        assertEquals(1, engram.archive().to(objects).ship().files(), "at=" + at);
        assertEquals(List.of(), archive.verify(Progress.NONE), "at=" + at);
      }
    }
    assertRecovers(last, RecoveryPoint.latest());
  }

  @Test
  void nothingIsTakenForDamagedWhereTheKeyringIsAway() throws IOException {
    Path ring = directory.resolve("ring");
    String _ = Keyring.create(ring);
    EngramConfig config = EngramConfig.at(store()).clock(clock).encryption(Keyring.at(ring));
    try (Engram engram = Engram.open(config)) {
      RandomLife.Moment _ = lived(engram, 2).getLast();
      RandomLife.Moment _ = lived(engram, 2).getLast();
      Map<String, byte[]> before = Map.copyOf(objects.objects());
      Path away = Files.move(ring, directory.resolve("away"));
      Archive archive = engram.archive().to(objects);
      assertThrows(EngramException.class, archive::ship);
      RandomLife.Moment last = life.live(engram, 1).getLast();
      assertThrows(EngramException.class, archive::ship);
      assertThrows(EncryptionException.class, () -> archive.verify(Progress.NONE));
      assertEquals(before, Map.copyOf(objects.objects()));
      Path _ = Files.move(away, ring);
      assertEquals(last.commit().lsn(), archive.ship().last().lsn());
      assertEquals(List.of(), archive.verify(Progress.NONE));
    }
  }

  @Test
  void aRepairedStoreKeepsTheKeysOfItsSnapshots() throws IOException {
    RandomLife.Moment last;
    RandomLife.Moment here;
    try (Engram engram = Engram.open(config())) {
      RandomLife.Moment _ = lived(engram, 3).getLast();
      BackupInfo _ = backUp(engram, BackupKind.FULL);
      assertEquals(2, engram.encryption().orElseThrow().rotate());
      here = lived(engram, 3).getLast();
      SnapshotInfo _ = engram.snapshots().create("here");
      last = lived(engram, 3).getLast();
    }
    try (Stream<Path> files = Files.list(store().resolve("log"))) {
      for (Path each : files.filter(f -> f.toString().endsWith(".sst")).toList()) {
        byte[] bytes = Files.readAllBytes(each);
        bytes[bytes.length / 2] ^= 1;
        // The snapshot has the same file under another name.
        Files.delete(each);
        Files.write(each, bytes);
      }
    }
    Repair how = Repair.lossless().from(objects).acceptingLoss();
    RepairReport report = Engram.repair(config(), how, Progress.NONE);
    assertEquals(last.commit().lsn(), report.lastKept().lsn(), report::toString);
    try (Engram engram = Engram.open(config().clock(RandomLife.at(last.at())))) {
      last.assertHeldBy(engram, "seed=" + SEED);
      assertEquals(2, engram.encryption().orElseThrow().info().dataKeys().size());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
    CommitId _ = Engram.restoreSnapshot(config(), "here");
    try (Engram engram = Engram.open(config().clock(RandomLife.at(here.at())))) {
      here.assertHeldBy(engram, "seed=" + SEED);
    }
  }

  @Test
  void shreddingWaitsForEveryArchive() {
    try (Engram engram = Engram.open(config())) {
      RandomLife.Moment _ = lived(engram, 2).getLast();
      RandomLife.Moment _ = life.live(engram, 2).getLast();
      Encryption encryption = engram.encryption().orElseThrow();
      ConflictException refused =
          assertThrows(ConflictException.class, () -> encryption.shred(Progress.NONE));
      assertTrue(String.valueOf(refused.getMessage()).contains("ship it"), refused::getMessage);
      ArchiveReport _ = engram.archive().to(objects).ship();
      assertTrue(encryption.shred(Progress.NONE) > 0);
    }
  }

  @Test
  void followsOverKeysAndTimelinesAndIsPromoted() {
    RandomLife.Moment last;
    try (Engram engram = Engram.open(config())) {
      RandomLife.Moment _ = lived(engram, 3).getLast();
      SnapshotInfo _ = engram.snapshots().create("here");
      assertEquals(2, engram.encryption().orElseThrow().rotate());
      engram.archive().to(objects).ship();
    }
    try (Follower follower = follow()) {
      CommitId _ = follower.catchUp();
      Encryption own = follower.engram().encryption().orElseThrow();
      assertEquals(2, own.rotate());
      assertTrue(own.reseal(Progress.NONE) > 0);
      assertThrows(ReadOnlyException.class, () -> own.shred(Progress.NONE));
      CommitId branch = Engram.restoreSnapshot(config(), "here");
      try (Engram engram = Engram.open(config())) {
        last = lived(engram, 3).getLast();
      }
      assertEquals(last.commit(), follower.catchUp());
      assertEquals(branch.timeline(), follower.engram().lastCommit().timeline());
      assertHeld(last, follower);
    }
    CommitId promoted = Engram.promote(configAt(followerAt()));
    assertEquals(last.commit().lsn(), promoted.lsn());
    try (Engram engram = Engram.open(configAt(followerAt()).clock(RandomLife.at(last.at())))) {
      last.assertHeldBy(engram, "seed=" + SEED);
      RandomLife.Moment ours = lived(engram, 2).getLast();
      assertEquals(promoted.timeline(), ours.commit().timeline());
    }
  }

  @Test
  void shreddingLeavesNoGap() {
    RandomLife.Moment last;
    try (Engram engram = Engram.open(config().archive(Archiving.to(objects)))) {
      RandomLife.begin(engram);
      RandomLife.Moment _ = life.live(engram, 4).getLast();
      assertTrue(engram.encryption().orElseThrow().shred(Progress.NONE) > 0);
      last = life.live(engram, 2).getLast();
    }
    assertEquals(List.of(), Engram.archiveIn(objects, keys).verify(Progress.NONE));
    assertRecovers(last, RecoveryPoint.latest());
  }
}
