package dev.engram.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/**
 * Logging of the command line: warnings of Engram on stderr, one line each, and nothing of the
 * libraries below it but what is severe. Named by the launcher, so that it costs nothing until
 * something logs.
 */
public final class Logging {
  private static final String SETTINGS =
      """
      handlers=java.util.logging.ConsoleHandler
      .level=SEVERE
      dev.engram.level=WARNING
      java.util.logging.SimpleFormatter.format=engram: %5$s%6$s%n
      """;

  /** Called by the log manager when the first logger is made. */
  public Logging() throws IOException {
    byte[] settings = SETTINGS.getBytes(StandardCharsets.ISO_8859_1);
    LogManager.getLogManager().readConfiguration(new ByteArrayInputStream(settings));
  }
}
