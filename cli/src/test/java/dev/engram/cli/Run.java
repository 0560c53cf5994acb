package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a command gave.
 *
 * @param code its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Run(int code, String out, String err) {
  /** Runs a command on a store, without a model. */
  static Run on(Path store, String... args) {
    return withInput(store, "", args);
  }

  static Run withInput(Path store, String input, String... args) {
    return with(Map.of("ENGRAM_STORE", store.toString()), input, args);
  }

  static Run with(Map<String, String> environment, String input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment);
    int code = Cli.run(args, console);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** This run, if its exit code is the expected one. */
  Run expect(int expected) {
    assertEquals(expected, code, () -> "out: " + out + "\nerr: " + err);
    return this;
  }

  /** This run, if it succeeded. */
  Run ok() {
    return expect(ExitCode.OK);
  }

  List<String> lines() {
    return out.lines().toList();
  }

  /** The lines of standard output, as JSON. */
  List<JsonNode> json() {
    return out.lines().map(Json::parse).toList();
  }
}
