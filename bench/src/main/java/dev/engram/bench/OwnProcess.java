package dev.engram.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a program of this module in a JVM of its own, where its heap is not shared. */
final class OwnProcess {
  private OwnProcess() {}

  /**
   * Runs a program and waits for it.
   *
   * @return the words that it printed
   * @throws IllegalStateException where it ends with another status than 0
   */
  static List<String> run(Class<?> program, int heapMiB, Object... args)
      throws IOException, InterruptedException {
    return run(List.of(), program, heapMiB, args);
  }

  /** As the other, with the Vector API, which a store of vectors is faster with. */
  static List<String> runWithVectorApi(Class<?> program, int heapMiB, Object... args)
      throws IOException, InterruptedException {
    return run(List.of("--add-modules=jdk.incubator.vector"), program, heapMiB, args);
  }

  private static List<String> run(List<String> flags, Class<?> program, int heapMiB, Object... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMiB + "m");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IllegalStateException(
          "the process failed: program=" + program.getSimpleName() + ", exit=" + exit);
    }
    return List.of(out.strip().split("\\s+"));
  }
}
