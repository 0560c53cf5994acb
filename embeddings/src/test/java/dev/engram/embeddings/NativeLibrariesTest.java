package dev.engram.embeddings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.embeddings.NativeLibraries.Library;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
  @TempDir private Path root;

  @Test
  void unpacksOnceAndLeavesNothingElse() throws IOException {
    Library library = library();
    Path directory = NativeLibraries.unpack(List.of(library), root);
    Path file = directory.resolve(library.name());
    assertArrayEquals(library.url().openStream().readAllBytes(), Files.readAllBytes(file));
    FileTime before = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(file, before);
    assertEquals(directory, NativeLibraries.unpack(List.of(library), root));
    assertEquals(before, Files.getLastModifiedTime(file));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void mendsAFileOfTheWrongSize() throws IOException {
    Library library = library();
    Path file = NativeLibraries.unpack(List.of(library), root).resolve(library.name());
    Files.write(file, new byte[3]);
    NativeLibraries.unpack(List.of(library), root);
    assertEquals(library.size(), Files.size(file));
  }

  @Test
  void deletesWhatAKilledProcessLeftHalfWritten() throws IOException {
    Path directory = NativeLibraries.unpack(List.of(library()), root);
    Path left = Files.createFile(directory.resolve(Long.MAX_VALUE + "-1.part"));
    Path growing = Files.createFile(directory.resolve(ProcessHandle.current().pid() + "-1.part"));
    NativeLibraries.unpack(List.of(library()), root);
    assertFalse(Files.exists(left));
    assertTrue(Files.exists(growing));
  }

  @Test
  void versionsLiveSideBySide() throws IOException {
    Library library = library();
    Library other = new Library(library.name(), library.url(), library.size(), 7);
    assertNotEquals(
        NativeLibraries.unpack(List.of(library), root),
        NativeLibraries.unpack(List.of(other), root));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theDirectoryIsPrivateAndOneThatIsNotIsRefused() throws IOException {
    Path directory = NativeLibraries.unpack(List.of(library()), root);
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
    assertThrows(FileSystemException.class, () -> NativeLibraries.unpack(List.of(library()), root));
  }

  private static Library library() throws IOException {
    return Library.of(
        NativeLibrariesTest.class, "/META-INF/services/", "dev.engram.spi.EmbedderProvider");
  }
}
