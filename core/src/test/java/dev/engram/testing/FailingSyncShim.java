package dev.engram.testing;

import java.nio.file.Path;
import java.util.Map;

/**
 * Makes every sync of a child process fail with an I/O error while a file exists; native code
 * (RocksDB) included. Give {@link #environment} to {@link ChildJvm}. Immutable. Needs Linux and a C
 * compiler.
 */
public final class FailingSyncShim {
  private final Path library;

  private FailingSyncShim(Path library) {
    this.library = library;
  }

  /** The compiled shim; where that is not possible, the calling test is skipped and says why. */
  public static FailingSyncShim orSkipTest() {
    return new FailingSyncShim(PowerLossShim.compiledOrSkipTest("failing_sync"));
  }

  /**
   * What the child's environment must hold.
   *
   * @param trigger syncs fail while it exists
   */
  public Map<String, String> environment(Path trigger) {
    return Map.of("LD_PRELOAD", library.toString(), "ENGRAM_FAIL_SYNC", trigger.toString());
  }
}
