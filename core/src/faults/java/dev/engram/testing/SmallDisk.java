package dev.engram.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A file system of few bytes, there for one command only: a real one, in memory, which no other
 * process sees. Immutable. Needs Linux and the right to mount, at least in a name space of one's
 * own.
 */
public final class SmallDisk {
  private static final int TIMEOUT_SECONDS = 30;
  private static final List<String> ALONE = List.of("unshare", "-Urm", "sh", "-c");
  private static final String MOUNT =
      "mount -t tmpfs -o \"size=$2,mode=0700\" tmpfs \"$1\" || exit 125\n";

  /** Arguments: where to mount, bytes, what is copied there first, where to what is left. */
  private static final String RUN =
      MOUNT
          + """
          cp -a "$3/." "$1/" || exit 124
          disk=$1
          left=$4
          shift 4
          "$@"
          code=$?
          cp -a "$disk/." "$left/" || exit 123
          exit $code
          """;

  private static final Optional<SmallDisk> DISK = attempt();

  private SmallDisk() {}

  /** Empty where this machine does not allow it. */
  public static Optional<SmallDisk> ifPossible() {
    return DISK;
  }

  /**
   * Words to put before those of a command, which then has a small disk.
   *
   * @param mount an empty directory that is the disk for the command
   * @param bytes that it has
   * @param from whose content is on it at first
   * @param to an empty directory that gets what is on it in the end
   */
  public List<String> within(Path mount, long bytes, Path from, Path to) {
    return List.of(
        ALONE.get(0),
        ALONE.get(1),
        ALONE.get(2),
        ALONE.get(3),
        RUN,
        "sh",
        mount.toString(),
        Long.toString(bytes),
        from.toString(),
        to.toString());
  }

  private static Optional<SmallDisk> attempt() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.empty();
    }
    try {
      Path mount = Files.createTempDirectory("engram-disk");
      try {
        return mounts(mount) ? Optional.of(new SmallDisk()) : Optional.empty();
      } finally {
        Files.delete(mount);
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static boolean mounts(Path mount) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(ALONE));
    builder.command().addAll(List.of(MOUNT, "sh", mount.toString(), "1048576"));
    Process process =
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }
}
