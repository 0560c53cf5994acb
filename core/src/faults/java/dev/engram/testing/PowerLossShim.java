package dev.engram.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Cuts the power below one directory, in a child process, at a chosen file operation: native code
 * (RocksDB) included. What is lost is told in {@code power_loss.c}; give {@link #environment} to
 * {@link ChildJvm}. Immutable.
 *
 * <p>Needs Linux and a C compiler. Sees no stores through writable mappings.
 */
public final class PowerLossShim {
  /** The child's exit code when the power was cut. */
  public static final int EXIT_CODE = 137;

  /** As the number of the operation to cut at: never, only count. */
  public static final long NEVER = 0;

  /** As the seed: everything that was not synced is lost. */
  public static final long LOSE_ALL = 0;

  private final Path library;

  private PowerLossShim(Path library) {
    this.library = library;
  }

  /** The compiled shim; empty without Linux and a C compiler. */
  public static Optional<PowerLossShim> ifPossible() {
    return NativeShim.library("power_loss").map(PowerLossShim::new);
  }

  /**
   * What the child's environment must hold.
   *
   * @param directory exists when the child starts; all in it counts as durable then
   * @param at number of the first operation that no longer happens, from 1; {@link #NEVER}
   * @param seed {@link #LOSE_ALL}, or what chooses how much of the unsynced reached the disk
   */
  public Map<String, String> environment(Path directory, long at, long seed) {
    return environment(directory, at, seed, false);
  }

  /**
   * The same; with damage, what is kept of an unsynced tail may also end in zeros or in garbage. A
   * store may refuse to open such a directory, but must not answer wrong.
   */
  public Map<String, String> environment(Path directory, long at, long seed, boolean damage) {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "ENGRAM_POWER_DIR", directory.toString(),
        "ENGRAM_POWER_COUNT", counter(directory).toString(),
        "ENGRAM_POWER_AT", Long.toString(at),
        "ENGRAM_POWER_SEED", Long.toUnsignedString(seed),
        "ENGRAM_POWER_DAMAGE", damage ? "1" : "0");
  }

  /** How many operations the last child with this environment has done, however it ended. */
  public long operations(Path directory) {
    return count(counter(directory));
  }

  /** How many operations this process has done, as a child with such an environment; else 0. */
  public static long operationsSoFar() {
    String counter = System.getenv("ENGRAM_POWER_COUNT");
    return counter == null ? 0 : count(Path.of(counter));
  }

  private static long count(Path counter) {
    try {
      byte[] count = Files.readAllBytes(counter);
      return ByteBuffer.wrap(count).order(ByteOrder.nativeOrder()).getLong();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path counter(Path directory) {
    return directory.resolveSibling(directory.getFileName() + ".operations");
  }
}
