package dev.engram.golden;

import dev.engram.Engram;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes a golden store of the format of this code, and what it says. Run by hand when a format is
 * released: docs/internals/formats.md has the command. It replaces none.
 */
class GoldenStoreMaker {
  @TempDir Path folder;

  @Test
  void makes() throws IOException {
    Path store = folder.resolve("store");
    GoldenStore.fill(store);
    List<String> dump;
    try (Engram engram = Engram.open(GoldenStore.config(store, GoldenStore.clockAtItsEnd()))) {
      dump = StoreDump.of(engram);
    }
    Path place = Path.of(System.getProperty("engram.golden", "target/golden-store"));
    Files.createDirectories(place.toAbsolutePath().getParent());
    try (OutputStream out =
        Files.newOutputStream(
            place.resolveSibling(place.getFileName() + ".zip"),
            java.nio.file.StandardOpenOption.CREATE_NEW)) {
      GoldenFiles.pack(store, out);
    }
    Path _ = Files.write(place.resolveSibling(place.getFileName() + ".txt"), dump);
  }
}
