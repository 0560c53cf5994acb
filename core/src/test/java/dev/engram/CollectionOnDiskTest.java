package dev.engram;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The collection contract in a directory. */
class CollectionOnDiskTest extends CollectionContract {
  @TempDir Path directory;

  @Override
  EngramConfig config() {
    return EngramConfig.at(directory.resolve("store"));
  }
}
