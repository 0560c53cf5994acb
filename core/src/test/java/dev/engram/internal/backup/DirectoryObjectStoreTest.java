package dev.engram.internal.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.spi.ObjectStore;
import dev.engram.spi.ObjectStoreContract;
import dev.engram.spi.ObjectStoreProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryObjectStoreTest extends ObjectStoreContract {
  @TempDir Path directory;

  @Override
  protected ObjectStore store() {
    return new DirectoryObjectStore(directory.resolve("objects"));
  }

  @Test
  void keepsItsFilesToTheirOwner() throws IOException {
    ObjectStore store = store();
    store.put("a/b", new ByteArrayInputStream(new byte[1]), 1);
    Path file = directory.resolve("objects/a/b");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
  }

  @Test
  void doesNotListWhatIsHalfWrittenOrNoObject() throws IOException {
    ObjectStore store = store();
    store.put("a", new ByteArrayInputStream(new byte[1]), 1);
    Files.write(directory.resolve("objects/.put123"), new byte[2]);
    Files.write(directory.resolve("objects/Letter"), new byte[2]);
    assertEquals(List.of("a"), store.list("").stream().map(each -> each.name()).toList());
  }

  @Test
  void listsWhileObjectsComeAndGo() throws InterruptedException {
    ObjectStore store = store();
    store.put("a/kept", new ByteArrayInputStream(new byte[1]), 1);
    AtomicBoolean done = new AtomicBoolean();
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; !done.get(); i++) {
                store.put("a/b/" + i % 50, new ByteArrayInputStream(new byte[1]), 1);
                store.delete("a/b/" + i % 50);
              }
            });
    try {
      long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
      while (System.nanoTime() < end) {
        assertEquals("a/kept", store.list("a/").getLast().name());
      }
    } finally {
      done.set(true);
      other.join();
    }
  }

  @Test
  void listsWhatBeginsSoAndNothingElsewhere() throws IOException {
    ObjectStore store = store();
    for (String name : List.of("a/b/c", "a/bc", "ab", "b/a")) {
      store.put(name, new ByteArrayInputStream(new byte[1]), 1);
    }
    Files.write(directory.resolve("beside"), new byte[1]);
    assertEquals(List.of("a/b/c", "a/bc"), names(store, "a/b"));
    assertEquals(List.of("a/b/c"), names(store, "a/b/"));
    assertEquals(List.of("a/b/c", "a/bc", "ab"), names(store, "a"));
    assertEquals(List.of(), names(store, "../"));
    assertEquals(List.of(), names(store, "c/"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("objects"));
    assertEquals(4, store(link).list("").size());
  }

  private static List<String> names(ObjectStore store, String prefix) {
    return store.list(prefix).stream().map(each -> each.name()).toList();
  }

  @Test
  void discardsWhatAKillHasLeftOfAPut() throws IOException {
    ObjectStore store = store();
    store.put("a/b", new ByteArrayInputStream(new byte[1]), 1);
    Path left = directory.resolve("objects/a/.put123.tmp");
    Files.write(left, new byte[2]);
    Instant made = Files.getLastModifiedTime(left).toInstant();
    store.discardUnfinished(made.minusSeconds(1));
    assertTrue(Files.exists(left));
    store.discardUnfinished(made.plusSeconds(1));
    assertFalse(Files.exists(left));
    assertEquals(1, store.list("").size());
  }

  @Test
  void isLoadedByPathAndByAddress() {
    Path objects = directory.resolve("with a blank");
    for (String location :
        List.of(objects.toString(), objects.toUri().toString(), "FILE://" + encoded(objects))) {
      try (ObjectStore store = ObjectStoreProvider.load(location)) {
        store.put("a", new ByteArrayInputStream(new byte[1]), 1);
      }
      assertTrue(Files.exists(objects.resolve("a")), location);
      store(objects).delete("a");
    }
    assertEquals(Path.of("x:y").toUri(), ObjectStoreProvider.address("x:y"));
    assertEquals(Path.of("C:/y").toUri(), ObjectStoreProvider.address("C:/y"));
  }

  private static String encoded(Path path) {
    return path.toUri().getRawPath();
  }

  private static ObjectStore store(Path path) {
    return new DirectoryObjectStore(path);
  }

  @Test
  void refusesAddressesWithoutRepeatingThem() {
    NotFoundException unheard =
        assertThrows(
            NotFoundException.class, () -> ObjectStoreProvider.load("gopher://me:secret@host/x"));
    assertTrue(String.valueOf(unheard.getMessage()).contains("gopher"), unheard::toString);
    assertFalse(String.valueOf(unheard.getMessage()).contains("secret"), unheard::toString);
    for (String bad :
        List.of("file://me:secret@host/x", "file:///a?secret=1", "a\u0000b", "s3://secret host/")) {
      InvalidInputException refused =
          assertThrows(InvalidInputException.class, () -> ObjectStoreProvider.load(bad));
      assertFalse(String.valueOf(refused.getMessage()).contains("secret"), refused::toString);
    }
  }

  @Test
  void saysWhatTheFileSystemRefuses() throws IOException {
    Files.write(directory.resolve("objects"), new byte[1]);
    ObjectStore store = store();
    assertThrows(
        StorageException.class, () -> store.put("a", new ByteArrayInputStream(new byte[1]), 1));
    assertThrows(StorageException.class, () -> store.get("a"));
  }
}
