package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.backup.BackupFiles;
import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.format.Digest;
import dev.engram.internal.log.LogFiles;
import dev.engram.spi.MemoryObjectStore;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup that takes the place of the store that it is of. */
class RestoreInPlaceTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final MemoryObjectStore objects = new MemoryObjectStore();

  private EngramConfig config() {
    return config(directory.resolve("store"));
  }

  private EngramConfig config(Path store) {
    return EngramConfig.at(store).clock(clock);
  }

  /** Two memories, their synapse and a vector, then a backup, then a third memory. */
  private BackupInfo lived(EngramConfig config) {
    try (Engram engram = Engram.open(config)) {
      MemorySpace space = engram.space("s");
      Memory tea = space.learn("green tea");
      Synapse _ = space.associate(tea.id(), space.learn("black coffee").id());
      engram
          .collection("d", CollectionConfig.ofDimension(2_000))
          .upsert(VectorRecord.of("v", vector()));
      BackupInfo made = engram.backups().to(objects).create();
      Memory _ = space.learn("water");
      return made;
    }
  }

  private static float[] vector() {
    float[] vector = new float[2_000];
    Arrays.fill(vector, .5f);
    return vector;
  }

  private CommitId restore(EngramConfig config, String id) {
    return Engram.restoreInPlace(objects, id, config, Progress.NONE);
  }

  private void assertWentBack(EngramConfig config, BackupInfo to, CommitId last) {
    assertEquals(new CommitId(to.commit().timeline() + 1, to.commit().lsn()), last);
    try (Engram engram = Engram.open(config)) {
      assertEquals(last, engram.lastCommit());
      assertEquals(2, engram.space("s").count());
      CheckReport report = engram.check(CheckLevel.DEEP, Progress.NONE);
      assertTrue(report.ok(), report::toString);
      Memory _ = engram.space("s").learn("it goes on");
      assertEquals(last.lsn() + 1, engram.lastCommit().lsn());
    }
  }

  /** What the target no longer has must not be asked for. */
  private void forgetWhatTheStoreHas() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("store"))) {
      for (Path file : files.filter(each -> LogFiles.isConstant(each.toString())).toList()) {
        objects.objects().remove("objects/" + Digest.hex(file));
      }
    }
  }

  private boolean isInTarget(BackupInfo backup, String ending) {
    return new BackupFiles(objects)
        .read(backup.id()).files().stream()
            .filter(file -> file.path().endsWith(ending))
            .allMatch(file -> objects.objects().containsKey("objects/" + file.digest()));
  }

  @Test
  void whatTheStoreHasIsNotFetched() throws IOException {
    BackupInfo made = lived(config());
    forgetWhatTheStoreHas();
    assertFalse(isInTarget(made, ".blob"));
    assertWentBack(config(), made, restore(config(), made.id()));
  }

  @Test
  void whatASnapshotHasIsNotFetched() throws IOException {
    BackupInfo made = lived(config());
    CommitId back = restore(config(), Backups.LATEST);
    try (Engram engram = Engram.open(config())) {
      assertEquals(back, engram.lastCommit());
      SnapshotInfo _ = engram.snapshots().create("kept");
      assertTrue(engram.catalog().drop("d"));
      CompactionReport _ = engram.compact(Progress.NONE);
    }
    forgetWhatTheStoreHas();
    assertFalse(isInTarget(made, ".blob"));
    CommitId last = restore(config(), made.id());
    assertEquals(back.timeline() + 1, last.timeline());
    try (Engram engram = Engram.open(config())) {
      assertEquals(1, engram.collection("d").count());
      assertEquals("kept", engram.snapshots().list().getFirst().name());
      assertTrue(engram.check(CheckLevel.DEEP, Progress.NONE).ok());
    }
  }

  @Test
  void whatIsDamagedIsFetched() throws IOException {
    BackupInfo made = lived(config());
    Path log = directory.resolve("store").resolve("log");
    try (Stream<Path> files = Files.list(log)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".blob")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    }
    assertWentBack(config(), made, restore(config(), made.id()));
  }

  @Test
  void onlyABackupOfTheStoreTakesItsPlace() {
    BackupInfo made = lived(config());
    clock.pass(Duration.ofMinutes(1));
    EngramConfig another = config(directory.resolve("another"));
    BackupInfo newer = lived(another);
    assertThrows(MismatchException.class, () -> restore(config(), newer.id()));
    assertThrows(NotFoundException.class, () -> restore(config(), "none"));
    EngramConfig nowhere = config(directory.resolve("nowhere"));
    assertThrows(NotFoundException.class, () -> restore(nowhere, made.id()));
    try (Engram engram = Engram.open(config())) {
      assertEquals(3, engram.space("s").count());
      assertThrows(StoreLockedException.class, () -> restore(config(), made.id()));
    }
    assertWentBack(config(), made, restore(config(), Backups.LATEST));
  }

  @Test
  void aDamagedBackupChangesNothing() {
    BackupInfo made = lived(config());
    try (Engram engram = Engram.open(config())) {
      CompactionReport _ = engram.compact(Progress.NONE);
    }
    objects.objects().keySet().removeIf(name -> name.startsWith("objects/"));
    assertThrows(CorruptStoreException.class, () -> restore(config(), made.id()));
    try (Engram engram = Engram.open(config())) {
      assertEquals(3, engram.space("s").count());
      assertTrue(engram.check().ok());
    }
  }

  @Test
  void anEncryptedStoreKeepsItsKeys() {
    Path ring = directory.resolve("ring");
    String _ = Keyring.create(ring);
    EngramConfig config = config().encryption(Keyring.at(ring));
    BackupInfo made = lived(config);
    try (Engram engram = Engram.open(config)) {
      SnapshotInfo _ = engram.snapshots().create("later");
      engram.encryption().orElseThrow().rotate();
    }
    assertThrows(EncryptionException.class, () -> restore(config(), made.id()));
    assertWentBack(config, made, restore(config, made.id()));
    CommitId _ = Engram.restoreSnapshot(config, "later");
    try (Engram engram = Engram.open(config)) {
      assertEquals(3, engram.space("s").count());
    }
  }

  @Test
  void oneThatIsCutShortLeavesTheOneOrTheOther() throws IOException {
    BackupInfo made = lived(config());
    Path store = directory.resolve("store");
    List<Path> copies = new ArrayList<>();
    CommitId last =
        EngineFactory.restoreInPlace(
            objects,
            made.id(),
            config(),
            Progress.NONE,
            point -> {
              Path copy = directory.resolve("at-" + point);
              copies.add(copied(store, copy));
            });
    boolean ready = false;
    for (Path copy : copies) {
      ready |= copy.endsWith("at-restore-ready");
      if (ready) {
        assertWentBack(config(copy), made, last);
      } else {
        try (Engram engram = Engram.open(config(copy))) {
          assertEquals(3, engram.space("s").count(), copy.toString());
          assertTrue(engram.check().ok());
        }
      }
    }
    assertTrue(ready && copies.size() > 5, copies::toString);
  }

  private static Path copied(Path store, Path copy) {
    try {
      FileTree.copy(store, copy);
      return copy;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
