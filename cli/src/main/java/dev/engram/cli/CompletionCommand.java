package dev.engram.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Prints a completion script. */
@Command(
    name = "completion",
    description = {
      "Print a script that completes commands and options in bash and zsh.",
      "Use it with:  source <(engram completion)"
    })
final class CompletionCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    cli.console().out().print(AutoComplete.bash("engram", cli.spec.commandLine()));
    return ExitCode.OK;
  }
}
