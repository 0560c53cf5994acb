package dev.engram.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What the launcher runs once after a build, to learn which classes the commands load. Not a
 * command; add a call here for each command whose start should be quick.
 */
final class Training {
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("--help"),
          List.of("init"),
          List.of("learn", "a first text", "--id", "a", "--embedder", "none", "--meta", "n=1"),
          List.of("learn", "a second text", "--id", "b", "--embedder", "none", "--json"),
          List.of("recall", "second", "--embedder", "none", "--explain", "--where", "n = 1"),
          List.of("get", "a"),
          List.of("get", "a", "--json"),
          List.of("associate", "a", "b"),
          List.of("neighbours", "a"),
          List.of("export"),
          List.of("collections"),
          List.of("stats"),
          List.of("check"),
          List.of("forget", "a"),
          List.of("get", "a"));

  private Training() {}

  public static void main(String[] args) throws IOException {
    PrintStream nothing =
        new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    try (Scratch folder = Scratch.temporary("engram-training")) {
      Map<String, String> environment =
          Map.of("ENGRAM_STORE", folder.path().resolve("brain").toString());
      Console console = new Console(InputStream.nullInputStream(), nothing, nothing, environment);
      for (List<String> command : COMMANDS) {
        int _ = Cli.run(command.toArray(String[]::new), console);
      }
    }
  }
}
