package dev.engram.internal.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.engram.StorageException;
import dev.engram.spi.ObjectStore;
import dev.engram.spi.ObjectStoreContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
  void saysWhatTheFileSystemRefuses() throws IOException {
    Files.write(directory.resolve("objects"), new byte[1]);
    ObjectStore store = store();
    assertThrows(
        StorageException.class, () -> store.put("a", new ByteArrayInputStream(new byte[1]), 1));
    assertThrows(StorageException.class, () -> store.get("a"));
  }
}
