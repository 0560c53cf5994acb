package dev.engram.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a command reads and writes: data goes to {@code out}, everything meant for people to {@code
 * err}. Not thread-safe.
 *
 * @param in standard input
 * @param out data
 * @param err messages
 * @param environment the environment variables
 */
record Console(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
  /** Everything that is on standard input, as strict UTF-8. */
  String readAll() throws IOException {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes());
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new CommandFailure("cannot read standard input: it is not UTF-8", e);
    }
  }
}
