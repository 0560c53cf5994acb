package dev.engram.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files below a directory, as the system's own commands copy, forget and read them. */
record DiskFiles(List<Path> files, long bytes) {
  private static final int BUFFER = 1 << 20;

  /** So many files are named to one command. */
  private static final int AT_ONCE = 200;

  static DiskFiles below(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      long bytes = 0;
      for (Path file : files) {
        bytes += Files.size(file);
      }
      return new DiskFiles(files, bytes);
    }
  }

  /** Seconds of {@code cp -r} and {@code sync}. */
  static double copy(Path from, Path to) throws IOException, InterruptedException {
    long began = System.nanoTime();
    run(List.of("cp", "-r", from.toString(), to.toString()));
    sync();
    return Measured.seconds(began);
  }

  /** Waits until everything that the machine has written is on its disks. */
  static void sync() throws IOException, InterruptedException {
    run(List.of("sync"));
  }

  /**
   * Lets the system forget what it holds of the files in memory, so that they come from the disk.
   *
   * @return whether it knows how to
   */
  boolean forget() throws IOException, InterruptedException {
    String script = "for f; do dd if=\"$f\" iflag=nocache count=0 2>/dev/null || exit 1; done";
    for (int i = 0; i < files.size(); i += AT_ONCE) {
      List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
      files
          .subList(i, Math.min(files.size(), i + AT_ONCE))
          .forEach(file -> command.add(file.toString()));
      if (exitOf(command) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Seconds of reading every byte, one file after the other. */
  double read() throws IOException {
    byte[] buffer = new byte[BUFFER];
    long began = System.nanoTime();
    long left = bytes;
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
          left -= got;
        }
      }
    }
    Measured.require(left == 0, "the files have changed");
    return Measured.seconds(began);
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Measured.require(exitOf(command) == 0, "it failed: " + command);
  }

  private static int exitOf(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      System.err.println(command.getFirst() + ": " + said);
    }
    return exit;
  }
}
