package dev.engram.internal.log;

import dev.engram.Compression;
import dev.engram.Durability;
import dev.engram.internal.format.IdentityLayout;
import dev.engram.internal.format.Keys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Copies a log, as it is at one moment, into a directory of its own. */
public final class LogCopy {
  private static final long BATCH_BYTES = 4L << 20;

  private LogCopy() {}

  /** The copy is another store, on a new timeline; it is durable when this returns. */
  public static void write(
      Log source,
      Compression compression,
      InstantSource clock,
      RandomGenerator random,
      Path directory) {
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
            false,
            CrashPoints.NONE);
    try (LogSnapshot snapshot = source.snapshot();
        Rocks target = new Rocks(config)) {
      for (Family family : Family.values()) {
        copy(snapshot, family, target);
      }
      WriteBatchBytes identity = new WriteBatchBytes(target::columnFamilyId);
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

  private static void copy(LogSnapshot snapshot, Family family, Rocks target) {
    WriteBatchBytes[] batch = {new WriteBatchBytes(target::columnFamilyId)};
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
            batch[0] = new WriteBatchBytes(target::columnFamilyId);
          }
          return true;
        });
    if (!batch[0].isEmpty()) {
      target.write(batch[0], Rocks.Sync.UNLOGGED);
    }
  }
}
