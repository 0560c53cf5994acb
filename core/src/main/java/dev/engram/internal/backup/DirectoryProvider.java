package dev.engram.internal.backup;

import dev.engram.InvalidInputException;
import dev.engram.spi.ObjectStore;
import dev.engram.spi.ObjectStoreProvider;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;

/** Directories as object stores, by addresses such as {@code file:///mnt/backups}. Stateless. */
public final class DirectoryProvider implements ObjectStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public DirectoryProvider() {}

  @Override
  public String scheme() {
    return "file";
  }

  @Override
  public ObjectStore open(URI address) {
    try {
      return new DirectoryObjectStore(Path.of(address));
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      // Without the cause, which may repeat the address.
      throw new InvalidInputException(
          "not the address of a directory: scheme=file; write file:///its/path, or its path");
    }
  }
}
