package dev.engram.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Cuts the power below one directory, in a child process, at a chosen file operation: native code
 * (RocksDB) included. What is lost is told in {@code src/test/c/power_loss.c}, which this class
 * compiles; give {@link #environment} to {@link ChildJvm}. Immutable.
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

  private static final int COMPILER_TIMEOUT_SECONDS = 60;

  private final Path library;

  private PowerLossShim(Path library) {
    this.library = library;
  }

  /** The compiled shim; where that is not possible, the calling test is skipped and says why. */
  public static PowerLossShim orSkipTest() {
    return new PowerLossShim(compiledOrSkipTest("power_loss"));
  }

  /** The library of a source in {@code src/test/c}; skips the calling test as above. */
  static synchronized Path compiledOrSkipTest(String name) {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Assumptions.abort(name + " needs Linux: os=" + System.getProperty("os.name"));
    }
    try {
      return compiled(name);
    } catch (IOException e) {
      return Assumptions.abort(name + " needs a C compiler: " + e.getMessage());
    }
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

  /** Compiles when the source is newer; other test processes may do the same at this moment. */
  private static Path compiled(String name) throws IOException {
    Path target = testClasses().getParent();
    Path source = target.resolveSibling("src").resolve("test").resolve("c").resolve(name + ".c");
    Path library = target.resolve(name + ".so");
    if (Files.exists(library)
        && Files.getLastModifiedTime(library).compareTo(Files.getLastModifiedTime(source)) > 0) {
      return library;
    }
    Path fresh = Files.createTempFile(target, name, ".so");
    compile(source, fresh);
    return Files.move(
        fresh, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void compile(Path source, Path library) throws IOException {
    String[] flags = {"-std=c11", "-O2", "-fPIC", "-shared", "-pthread", "-U_FORTIFY_SOURCE"};
    ProcessBuilder builder = new ProcessBuilder("cc");
    builder.command().addAll(List.of(flags));
    builder.command().addAll(List.of("-o", library.toString(), source.toString()));
    Process compiler = builder.redirectErrorStream(true).start();
    String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!compiler.waitFor(COMPILER_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        compiler.destroyForcibly();
        throw new IOException("compiler does not end: seconds=" + COMPILER_TIMEOUT_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    // A source that does not compile is our fault, not the machine's.
    if (compiler.exitValue() != 0) {
      throw new AssertionError("cannot compile: source=" + source + "; compiler:\n" + said);
    }
  }

  private static Path testClasses() {
    try {
      return Path.of(
          PowerLossShim.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
