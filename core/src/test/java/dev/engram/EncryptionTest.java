package dev.engram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.log.StoreKeys;
import dev.engram.spi.HashingEmbedder;
import dev.engram.spi.KeySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted stores: opening, keys, snapshots, backups and copies of them. */
class EncryptionTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final SecretKeys keys = new SecretKeys(1);

  private Path store() {
    return directory.resolve("store");
  }

  private EngramConfig config(Path store, KeySource source) {
    return EngramConfig.at(store).clock(clock).embedder(new HashingEmbedder(64)).encryption(source);
  }

  private Engram open(Path store) {
    return Engram.open(config(store, keys));
  }

  private static MemoryState write(Engram engram) {
    MemorySpace space = engram.space("s");
    Memory tea = space.learn("green tea", Metadata.of("user", "alice"));
    space.associate(tea.id(), space.learn("black coffee").id());
    engram
        .collection("d", CollectionConfig.ofDimension(2))
        .upsert(VectorRecord.of("v", new float[] {1, 0}));
    return MemoryState.of(space);
  }

  private void assertHolds(MemoryState expected, Path store, KeySource source) {
    try (Engram engram = Engram.open(config(store, source))) {
      assertTrue(engram.encryption().isPresent());
      MemoryState.of(engram.space("s")).assertSame(expected, store.toString());
      Recall question = Recall.about("green tea").where(Filter.eq("user", "alice")).untouched();
      assertEquals("green tea", engram.space("s").recall(question).getFirst().memory().text());
      Search near = Search.nearest(new float[] {1, 0});
      assertEquals(RecordId.of("v"), engram.collection("d").search(near).getFirst().id());
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private static void refuses(Executable act) {
    EncryptionException e = assertThrows(EncryptionException.class, act);
    assertEquals(ErrorCode.ENCRYPTION, e.code());
  }

  @Test
  void findsEverythingAgainAfterReopening() throws IOException {
    MemoryState then;
    try (Engram engram = open(store())) {
      then = write(engram);
      engram.checkpoint();
      assertEquals("1", engram.encryption().orElseThrow().info().masterKey());
      assertEquals(
          List.of(new EncryptionInfo.DataKey(1, clock.instant())),
          engram.encryption().orElseThrow().info().dataKeys());
    }
    assertHolds(then, store(), keys);
    assertHolds(then, store(), keys);
    assertFalse(Files.exists(store().resolve("views")), "views of an encrypted store");
  }

  @Test
  void refusesAMissingOrAWrongKeyAndChangesNothing() throws IOException {
    MemoryState then;
    try (Engram engram = open(store())) {
      then = write(engram);
      engram.snapshots().create("first");
    }
    byte[] before = Files.readAllBytes(store().resolve(StoreKeys.FILE));
    EngramConfig none = EngramConfig.at(store());
    EngramConfig other = none.encryption(new SecretKeys(2));
    EngramConfig liar = none.encryption(new Liar());
    for (EngramConfig wrong : List.of(none, other, liar)) {
      refuses(() -> Engram.open(wrong));
      refuses(() -> Engram.repair(wrong, true));
      refuses(() -> Engram.restoreSnapshot(wrong, "first"));
      refuses(() -> Engram.restoreSnapshot(wrong, "first", directory.resolve("other")));
    }
    assertFalse(Files.exists(directory.resolve("other")));
    assertArrayEquals(before, Files.readAllBytes(store().resolve(StoreKeys.FILE)));
    assertHolds(then, store(), keys);
    assertTrue(Engram.repair(config(store(), keys), false).lossless());
  }

  /** Gives another key under the id that is asked for. */
  private static final class Liar implements KeySource {
    @Override
    public String current() {
      return "1";
    }

    @Override
    public byte[] key(String id) {
      return "another key, of the right length".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @Test
  void refusesAKeyForAStoreThatIsNotEncrypted() {
    try (Engram engram = Engram.open(EngramConfig.at(store()).clock(clock))) {
      assertTrue(engram.encryption().isEmpty());
      engram.space("s").learn("green tea");
    }
    refuses(() -> open(store()));
    assertFalse(StoreKeys.areIn(store()));
    try (Engram engram = Engram.open(store())) {
      assertEquals(1, engram.space("s").count());
    }
  }

  @Test
  void refusesAFileOfKeysThatIsDamagedOrMissing() throws IOException {
    MemoryState then;
    try (Engram engram = open(store())) {
      then = write(engram);
    }
    Path file = store().resolve(StoreKeys.FILE);
    byte[] whole = Files.readAllBytes(file);
    byte[] damaged = whole.clone();
    damaged[40] ^= 4;
    Files.write(file, damaged);
    assertThrows(CorruptStoreException.class, () -> open(store()));
    Files.delete(file);
    refuses(() -> open(store()));
    refuses(() -> Engram.open(store()));
    Files.write(file, whole);
    assertHolds(then, store(), keys);
  }

  @Test
  void rotatesItsDataKeysWhileItWorks() {
    MemoryState then;
    try (Engram engram = open(store())) {
      engram.space("s").learn("white tea");
      Encryption encryption = engram.encryption().orElseThrow();
      assertEquals(2, encryption.rotate());
      assertEquals(2, engram.encryption().orElseThrow().info().dataKeys().size());
      write(engram);
      assertEquals(3, encryption.rotate());
      engram.space("s").learn("no tea");
      then = MemoryState.of(engram.space("s"));
    }
    assertHolds(then, store(), keys);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void sealsEverythingAnewWhileItWorks() {
    MemoryState then;
    try (Engram engram = open(store())) {
      write(engram);
      Encryption encryption = engram.encryption().orElseThrow();
      assertEquals(0, encryption.reseal(Progress.NONE));
      assertEquals(2, encryption.rotate());
      MemorySpace space = engram.space("s");
      AtomicBoolean done = new AtomicBoolean();
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 2_000 && !done.get(); i++) {
                  Memory memory = space.learn("tea number " + i);
                  if (i % 3 == 0) {
                    assertTrue(space.forget(memory.id()));
                  }
                }
              });
      assertTrue(encryption.reseal(Progress.NONE) > 5);
      done.set(true);
      join(writer);
      assertEquals(0, encryption.reseal(Progress.NONE));
      then = MemoryState.of(space);
    }
    assertHolds(then, store(), keys);
  }

  @Test
  void isWrappedUnderAnotherMasterKeyWithoutTouchingValues() {
    SecretKeys both = new SecretKeys(1, 1);
    MemoryState then;
    Path target = directory.resolve("backups");
    try (Engram engram = Engram.open(config(store(), both))) {
      then = write(engram);
      engram.backups().to(target).create();
      both.add();
      assertEquals("2", engram.encryption().orElseThrow().rewrap());
      assertEquals("2", engram.encryption().orElseThrow().info().masterKey());
    }
    refuses(() -> open(store()));
    assertHolds(then, store(), new SecretKeys(2));
    Path other = directory.resolve("other");
    EngramConfig late = EngramConfig.at(other).encryption(new SecretKeys(2));
    refuses(() -> Engram.restore(target, Backups.LATEST, late, Progress.NONE));
    EngramConfig early = EngramConfig.at(other).encryption(keys);
    CommitId _ = Engram.restore(target, Backups.LATEST, early, Progress.NONE);
    assertHolds(then, other, keys);
  }

  @Test
  void restoresSnapshotsOfBeforeARotation() {
    MemoryState then;
    try (Engram engram = open(store())) {
      then = write(engram);
      engram.snapshots().create("first");
      engram.encryption().orElseThrow().rotate();
      engram.space("s").learn("lost");
    }
    Path other = directory.resolve("other");
    EngramConfig config = EngramConfig.at(store()).encryption(keys);
    CommitId _ = Engram.restoreSnapshot(config, "first", other);
    assertHolds(then, other, keys);
    CommitId _ = Engram.restoreSnapshot(config, "first");
    assertHolds(then, store(), keys);
  }

  @Test
  void backsUpAndRestoresWithTheKeyOnly() {
    MemoryState then;
    Path target = directory.resolve("backups");
    try (Engram engram = open(store())) {
      write(engram);
      engram.encryption().orElseThrow().rotate();
      engram.space("s").learn("white tea");
      then = MemoryState.of(engram.space("s"));
      engram.backups().to(target).create();
    }
    assertTrue(Engram.backupsIn(target).verify(Backups.LATEST, Progress.NONE).ok());
    Path other = directory.resolve("other");
    refuses(() -> Engram.restore(target, Backups.LATEST, other));
    EngramConfig config = EngramConfig.at(other).encryption(keys);
    CommitId _ = Engram.restore(target, Backups.LATEST, config, Progress.NONE);
    assertHolds(then, other, keys);
  }

  @Test
  void refusesAKeyForABackupThatIsNotEncrypted() {
    Path target = directory.resolve("backups");
    try (Engram engram = Engram.open(store())) {
      engram.space("s").learn("green tea");
      engram.backups().to(target).create();
    }
    EngramConfig config = EngramConfig.at(directory.resolve("other")).encryption(keys);
    refuses(() -> Engram.restore(target, Backups.LATEST, config, Progress.NONE));
    CommitId _ = Engram.restore(target, Backups.LATEST, directory.resolve("other"));
  }

  @Test
  void savesEncryptedCopiesUnderKeysOfTheirOwn() throws IOException {
    MemoryState then;
    try (Engram engram = open(store())) {
      then = write(engram);
      engram.saveTo(directory.resolve("same"));
      engram.saveTo(directory.resolve("other"), new SecretKeys(2));
    }
    assertHolds(then, directory.resolve("same"), keys);
    assertHolds(then, directory.resolve("other"), new SecretKeys(2));
    assertTrue(
        Files.mismatch(store().resolve(StoreKeys.FILE), directory.resolve("same/engram.keys"))
            >= 0);
    try (Engram memory =
        Engram.open(EngramConfig.inMemory().clock(clock).embedder(new HashingEmbedder(64)))) {
      then = write(memory);
      memory.saveTo(directory.resolve("of-memory"), keys);
    }
    assertHolds(then, directory.resolve("of-memory"), keys);
  }

  @Test
  void exportsPlainTextOnlyWhereThatIsAllowed() throws IOException {
    Path sealed = directory.resolve("sealed");
    Path file = directory.resolve("graph.xml");
    try (Engram engram = open(store())) {
      write(engram);
      Transfer transfer = engram.transfer();
      Export export = Export.of("s").format("graphml");
      assertEquals(2, transfer.write(export, sealed, Progress.NONE).records());
      assertEquals(2, transfer.write(export.allowPlaintext(), file, Progress.NONE).records());
    }
    assertTrue(Files.readString(file).contains("green tea"));
    assertEquals(Optional.of("1"), Transfer.masterKeyOf(sealed));
  }

  @Test
  void aKeyringOpensWhatItEncrypted() {
    Path file = directory.resolve("keyring");
    String first = Keyring.create(file);
    MemoryState then;
    try (Engram engram = Engram.open(config(store(), Keyring.at(file)))) {
      then = write(engram);
      assertEquals(first, engram.encryption().orElseThrow().info().masterKey());
      String second = Keyring.add(file);
      assertEquals(second, engram.encryption().orElseThrow().rewrap());
    }
    assertHolds(then, store(), Keyring.at(file));
  }

  @Test
  void refusesToWorkWhenItIsClosed() {
    Engram engram = open(store());
    Encryption encryption = engram.encryption().orElseThrow();
    engram.close();
    assertThrows(ClosedException.class, encryption::rotate);
    assertThrows(ClosedException.class, encryption::rewrap);
  }
}
