package dev.engram.internal.log;

import dev.engram.Compression;
import dev.engram.Durability;
import dev.engram.StorageException;
import dev.engram.internal.crypto.Sealer;
import dev.engram.internal.format.IdentityLayout;
import dev.engram.internal.format.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Copies a log, as it is at one moment, into a directory of its own. */
public final class LogCopy {
  private static final long BATCH_BYTES = 4L << 20;

  private LogCopy() {}

  /**
   * The copy is another store, on a new timeline; it is durable when this returns.
   *
   * @param sealer of the copy
   */
  public static void write(
      Log source,
      Compression compression,
      InstantSource clock,
      RandomGenerator random,
      Path directory,
      Sealer sealer) {
    Directories.makePrivate(directory);
    LogConfig config =
        new LogConfig(
            directory,
            Durability.DURABLE,
            compression,
            clock,
            random,
            1,
            Duration.ofSeconds(1),
            0,
            false,
            CrashPoints.NONE,
            sealer);
    try (LogSnapshot snapshot = source.snapshot();
        Rocks target = new Rocks(config)) {
      for (Family family : Family.values()) {
        copy(snapshot, family, target);
      }
      WriteBatchBytes identity = target.newBatch();
      byte[] key = Keys.identity();
      UUID id = new UUID(random.nextLong(), random.nextLong());
      long timeline = snapshot.commit().timeline() + 1;
      identity.put(
          Family.META,
          key,
          IdentityLayout.encode(key, new IdentityLayout.Identity(id, timeline, clock.millis())));
      target.write(identity, Rocks.Sync.UNLOGGED);
      target.flush();
    }
  }

  /**
   * Makes a copy of a closed log's files that may be changed: what RocksDB never changes is shared
   * by links where the file system has them.
   */
  public static void forTrial(Path log, Path directory) {
    Directories.makePrivate(directory);
    try (Stream<Path> files = Files.list(log)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        share(file, directory.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new StorageException("cannot copy the log: path=" + directory, e);
    }
  }

  /** Gives a file of a log a second place: what RocksDB never changes by a link, if it can be. */
  public static void share(Path file, Path copy) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".sst") || name.endsWith(".blob")) {
      Directories.link(file, copy);
    } else {
      Files.copy(file, copy);
    }
  }

  private static void copy(LogSnapshot snapshot, Family family, Rocks target) {
    WriteBatchBytes[] batch = {target.newBatch()};
    snapshot.scan(
        family,
        new byte[0],
        new byte[0],
        (key, value) -> {
          if (family != Family.META || !Arrays.equals(key, Keys.identity())) {
            batch[0].put(family, key, value);
          }
          if (batch[0].bytes() > BATCH_BYTES) {
            target.write(batch[0], Rocks.Sync.UNLOGGED);
            batch[0] = target.newBatch();
          }
          return true;
        });
    if (!batch[0].isEmpty()) {
      target.write(batch[0], Rocks.Sync.UNLOGGED);
    }
  }
}
