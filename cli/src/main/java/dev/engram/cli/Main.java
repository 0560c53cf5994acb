package dev.engram.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code engram} command. */
@Command(
    name = "engram",
    description = "A durable memory that learns and recalls.",
    version = "engram 0.1.0-SNAPSHOT",
    mixinStandardHelpOptions = true,
    subcommands = HelpCommand.class)
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new Main()).execute(args);
  }
}
