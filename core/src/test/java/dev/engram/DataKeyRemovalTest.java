package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CheckReport.Finding;
import dev.engram.internal.log.StoreKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data keys that nothing needs any more are removed, and no others. */
class DataKeyRemovalTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private Engram open() {
    return open(directory.resolve("store"));
  }

  private Engram open(Path store) {
    return Engram.open(EngramConfig.at(store).clock(clock).encryption(new SecretKeys(1)));
  }

  private static Encryption encryption(Engram engram) {
    return engram.encryption().orElseThrow();
  }

  private static List<Integer> ids(Engram engram) {
    return encryption(engram).info().dataKeys().stream().map(EncryptionInfo.DataKey::id).toList();
  }

  private static void assertHolds(Engram engram, int memories) {
    assertEquals(memories, engram.space("s").count());
    assertTrue(engram.check().ok(), () -> engram.check().toString());
  }

  /** A store whose values were all sealed anew, under a second key. */
  private void resealed() {
    try (Engram engram = open()) {
      engram.space("s").learn("green tea");
      assertEquals(2, encryption(engram).rotate());
      assertTrue(encryption(engram).reseal(Progress.NONE) > 0);
      // What a transaction sealed before the rotation may still come in.
      assertEquals(List.of(), encryption(engram).prune(Progress.NONE));
      assertEquals(List.of(1, 2), ids(engram));
    }
  }

  @Test
  void aKeyThatNothingIsUnderGoesForGood() {
    resealed();
    try (Engram engram = open()) {
      engram.space("s").learn("black tea");
      assertEquals(List.of(1), encryption(engram).prune(Progress.NONE));
      assertEquals(List.of(2), ids(engram));
      assertEquals(List.of(), encryption(engram).prune(Progress.NONE));
      assertHolds(engram, 2);
      assertEquals(3, encryption(engram).rotate());
      assertEquals(List.of(2, 3), ids(engram));
      engram.space("s").learn("white tea");
    }
    try (Engram engram = open()) {
      assertEquals(List.of(2, 3), ids(engram));
      assertHolds(engram, 3);
      assertEquals(List.of(), encryption(engram).prune(Progress.NONE));
      assertTrue(encryption(engram).reseal(Progress.NONE) > 0);
      assertEquals(List.of(2), encryption(engram).prune(Progress.NONE));
    }
    try (Engram engram = open()) {
      assertEquals(List.of(3), ids(engram));
      assertHolds(engram, 3);
    }
  }

  @Test
  void aKeyThatAValueIsUnderStays() {
    try (Engram engram = open()) {
      engram.space("s").learn("green tea");
      assertEquals(2, encryption(engram).rotate());
      engram.space("s").learn("black tea");
    }
    for (int i = 0; i < 2; i++) {
      try (Engram engram = open()) {
        assertEquals(List.of(), encryption(engram).prune(Progress.NONE));
        assertEquals(List.of(1, 2), ids(engram));
        assertHolds(engram, 2);
      }
    }
  }

  @Test
  void aKeyThatASnapshotNeedsStaysUntilThatIsDeleted() throws IOException {
    try (Engram engram = open()) {
      engram.space("s").learn("green tea");
      engram.snapshots().create("before");
    }
    resealed();
    try (Engram engram = open()) {
      engram.snapshots().create("after");
      assertEquals(List.of(), encryption(engram).prune(Progress.NONE));
      assertEquals(List.of(1, 2), ids(engram));
    }
    EngramConfig config =
        EngramConfig.at(directory.resolve("store")).clock(clock).encryption(new SecretKeys(1));
    CommitId _ = Engram.restoreSnapshot(config, "before", directory.resolve("restored"));
    try (Engram engram = open(directory.resolve("restored"))) {
      assertHolds(engram, 1);
    }
    try (Engram engram = open()) {
      assertTrue(engram.snapshots().delete("before"));
      assertEquals(List.of(1), encryption(engram).prune(Progress.NONE));
      assertHolds(engram, 1);
    }
    CommitId _ = Engram.restoreSnapshot(config, "after");
    try (Engram engram = open()) {
      assertEquals(List.of(2), ids(engram));
      assertHolds(engram, 1);
    }
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve("store").resolve("snapshots"))) {
      return all.collect(Collectors.toSet());
    }
  }

  @Test
  void readingASnapshotForItsKeysChangesNothingInIt() throws IOException {
    try (Engram engram = open()) {
      engram.space("s").learn("green tea");
      engram.snapshots().create("before");
    }
    resealed();
    try (Engram engram = open()) {
      Set<Path> before = files();
      assertEquals(List.of(), encryption(engram).prune(Progress.NONE));
      assertEquals(before, files());
      assertHolds(engram, 1);
    }
  }

  @Test
  void aBackupOfBeforeIsStillRestoredAndOneOfLaterToo() {
    Path target = directory.resolve("backups");
    try (Engram engram = open()) {
      engram.space("s").learn("white tea");
      engram.backups().to(target).create();
    }
    String first = Engram.backupsIn(target).list().getFirst().id();
    resealed();
    try (Engram engram = open()) {
      assertEquals(List.of(1), encryption(engram).prune(Progress.NONE));
      clock.pass(Duration.ofSeconds(1));
      engram.backups().to(target).create();
    }
    restoredHolds(target, first, 1);
    restoredHolds(target, Backups.LATEST, 2);
  }

  private void restoredHolds(Path target, String id, int memories) {
    Path restored = directory.resolve("restored-" + memories);
    EngramConfig config = EngramConfig.at(restored).clock(clock).encryption(new SecretKeys(1));
    CommitId _ = Engram.restore(target, id, config, Progress.NONE);
    try (Engram engram = open(restored)) {
      assertHolds(engram, memories);
    }
  }

  @Test
  void aReaderThatBeganBeforeStillSeesWhatItSaw() {
    try (Engram engram = open()) {
      engram.space("s").learn("green tea");
      assertEquals(2, encryption(engram).rotate());
    }
    try (Engram engram = open()) {
      int seen =
          engram.transact(tx -> {
            MemorySpace space = tx.space("s");
            assertEquals(1, space.scan(Scan.first()).items().size());
            assertTrue(encryption(engram).reseal(Progress.NONE) > 0);
            assertEquals(List.of(1), encryption(engram).prune(Progress.NONE));
            return space.scan(Scan.first()).items().size();
          });
      assertEquals(1, seen);
      assertHolds(engram, 1);
    }
  }

  @Test
  void theOldKeyAloneOpensWhatWasLeftUnderIt() throws IOException {
    try (Engram engram = open()) {
      engram.space("s").learn("green tea");
    }
    Path old = directory.resolve("old");
    copy(directory.resolve("store"), old);
    resealed();
    try (Engram engram = open()) {
      assertEquals(List.of(1), encryption(engram).prune(Progress.NONE));
    }
    EngramException e = refusedWithTheKeysOfNow(old);
    assertTrue(String.valueOf(e.getMessage()).contains("no data key of its id"), e.toString());
  }

  @Test
  void nobodyCanReadADroppedSpaceOnceItIsShredded() throws IOException {
    Path store = directory.resolve("store");
    try (Engram engram = open()) {
      engram.space("s").learn("green tea");
      engram.space("secret").learn("the combination of the safe");
    }
    Path stolen = directory.resolve("stolen");
    copy(store, stolen);
    try (Engram engram = open()) {
      assertTrue(engram.catalog().drop("secret"));
      long dropped = engram.lastCommit().lsn();
      assertTrue(encryption(engram).shred(Progress.NONE) > 0);
      List<CommitInfo> left = engram.commits(CommitRange.newest(100));
      assertTrue(left.stream().allMatch(each -> each.id().lsn() > dropped), left::toString);
      assertHolds(engram, 1);
    }
    try (Engram engram = open()) {
      assertEquals(List.of(1), encryption(engram).prune(Progress.NONE));
      assertHolds(engram, 1);
    }
    EngramException _ = refusedWithTheKeysOfNow(stolen);
  }

  @Test
  void nothingIsShreddedWhileAnOlderStateIsRead() {
    try (Engram engram = open()) {
      engram.space("secret").learn("the combination of the safe");
      try (Transaction reading = engram.begin()) {
        assertEquals(1, reading.space("secret").count());
        engram.space("s").learn("green tea");
        assertTrue(engram.catalog().drop("secret"));
        assertThrows(ConflictException.class, () -> encryption(engram).shred(Progress.NONE));
        assertEquals(List.of(1), ids(engram));
        assertEquals(1, reading.space("secret").count());
      }
      assertTrue(encryption(engram).shred(Progress.NONE) > 0);
      assertHolds(engram, 1);
    }
  }

  /** Whoever kept the files of then, and has the keys of now, and the master key. */
  private EngramException refusedWithTheKeysOfNow(Path old) throws IOException {
    Path keys = directory.resolve("store").resolve(StoreKeys.FILE);
    Files.copy(keys, old.resolve(StoreKeys.FILE), StandardCopyOption.REPLACE_EXISTING);
    return assertThrows(EngramException.class, () -> open(old));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  @Test
  void aCheckFindsAFileOfKeysThatIsMissingOrWasChanged() throws IOException {
    Path file = directory.resolve("store").resolve(StoreKeys.FILE);
    try (Engram engram = open()) {
      engram.space("s").learn("green tea");
      byte[] whole = Files.readAllBytes(file);
      Files.delete(file);
      assertFinds(engram);
      byte[] changed = whole.clone();
      changed[60] ^= 1;
      Files.write(file, changed);
      assertFinds(engram);
      assertEquals("1", encryption(engram).rewrap());
      assertHolds(engram, 1);
    }
    try (Engram engram = open()) {
      assertHolds(engram, 1);
    }
  }

  private static void assertFinds(Engram engram) {
    CheckReport report = engram.check();
    assertFalse(report.ok());
    assertEquals(List.of(StoreKeys.FILE), report.findings().stream().map(Finding::where).toList());
  }
}
