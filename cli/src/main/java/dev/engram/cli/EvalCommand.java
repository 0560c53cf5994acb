package dev.engram.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;

/** The measures. */
@Command(
    name = "eval",
    description = "Measure how well recall works.",
    synopsisSubcommandLabel = "MEASURE",
    subcommands = EvalRecallCommand.class)
final class EvalCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    CommandLine command = cli.spec.commandLine().getSubcommands().get("eval");
    throw new ParameterException(command, "name a measure: recall");
  }
}
