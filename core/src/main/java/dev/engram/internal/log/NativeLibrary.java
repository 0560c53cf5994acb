package dev.engram.internal.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library from a cache directory of the user's, where it is unpacked once.
 * Left to itself RocksDB unpacks 17 MB into the temporary directory at each start and leaves them
 * there when the process is killed. The directory is {@code engram.native.dir}, else {@code
 * $XDG_CACHE_HOME/engram}, else {@code ~/.cache/engram}; where it cannot be used, RocksDB's own way
 * is taken.
 */
final class NativeLibrary {
  private static final System.Logger LOG = System.getLogger(NativeLibrary.class.getName());

  private NativeLibrary() {}

  /** Loads the library, once in a process. */
  static void load() {
    Loaded.once();
  }

  private static final class Loaded {
    static {
      try {
        Path directory = unpack();
        RocksDB.loadLibrary(List.of(directory.toString()));
      } catch (IOException | UnsatisfiedLinkError | RuntimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "the native library's cache cannot be used", e);
        RocksDB.loadLibrary();
      }
    }

    private static void once() {}
  }

  /** The cache directory with the library of this version in it. */
  private static Path unpack() throws IOException {
    byte[] library = packed();
    CRC32C crc = new CRC32C();
    crc.update(library);
    Path directory = cacheRoot().resolve("rocksdbjni-%08x".formatted(crc.getValue()));
    // RocksDB's loader doubles the "jni" of the name when it is given a directory.
    Path file = directory.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
    if (Files.isRegularFile(file) && Files.size(file) == library.length) {
      return directory.toAbsolutePath();
    }
    Directories.makePrivate(directory);
    Path temporary = Files.createTempFile(directory, "unpack", null);
    try {
      Files.write(temporary, library);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return directory.toAbsolutePath();
  }

  private static byte[] packed() throws IOException {
    String name = "/" + Environment.getJniLibraryFileName("rocksdb");
    try (InputStream in = NativeLibrary.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no native library for this platform: name=" + name);
      }
      return in.readAllBytes();
    }
  }

  private static Path cacheRoot() {
    String named = System.getProperty("engram.native.dir");
    if (named != null) {
      return Path.of(named);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    if (cache != null && !cache.isBlank()) {
      return Path.of(cache, "engram");
    }
    return Path.of(System.getProperty("user.home"), ".cache", "engram");
  }
}
