package dev.engram.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints help, as {@code --help} does. */
@Command(name = "help", description = "Print help on engram or one of its commands.")
final class ShowHelpCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "A command.")
  @Nullable String name;

  @Override
  public Integer call() {
    CommandLine root = cli.spec.commandLine();
    CommandLine command = name == null ? root : root.getSubcommands().get(name);
    if (command == null) {
      throw new ParameterException(root, "no such command: " + name);
    }
    command.usage(cli.console().out());
    return ExitCode.OK;
  }
}
