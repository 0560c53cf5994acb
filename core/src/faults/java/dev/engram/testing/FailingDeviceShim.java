package dev.engram.testing;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the files of a child process fail while another file exists; native code (RocksDB)
 * included. Give an environment to {@link ChildJvm}. Immutable. Needs Linux and a C compiler.
 */
public final class FailingDeviceShim {
  private final Path library;

  private FailingDeviceShim(Path library) {
    this.library = library;
  }

  /** The compiled shim; empty without Linux and a C compiler. */
  public static Optional<FailingDeviceShim> ifPossible() {
    return NativeShim.library("failing_device").map(FailingDeviceShim::new);
  }

  /**
   * Every sync is an I/O error.
   *
   * @param trigger while it exists
   */
  public Map<String, String> failingSyncs(Path trigger) {
    return environment("ENGRAM_FAIL_SYNC", trigger);
  }

  /**
   * The disk is full.
   *
   * @param trigger while it exists
   */
  public Map<String, String> fullDisk(Path trigger) {
    return environment("ENGRAM_DISK_FULL", trigger);
  }

  private Map<String, String> environment(String variable, Path trigger) {
    return Map.of("LD_PRELOAD", library.toString(), variable, trigger.toString());
  }
}
