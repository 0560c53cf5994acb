package dev.engram.cli;

import dev.engram.RecordId;
import dev.engram.Synapse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Joins two memories by a synapse. */
@Command(
    name = "associate",
    description = "Join two memories by a synapse, or strengthen the one that is there.")
final class AssociateCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(index = "0", paramLabel = "FROM", description = "The memory it starts at.")
  String from = "";

  @Parameters(index = "1", paramLabel = "TO", description = "The memory it leads to.")
  String to = "";

  @Option(
      names = "--relation",
      paramLabel = "NAME",
      description = "What the synapse means; " + Synapse.RELATED + " unless given.")
  String relation = Synapse.RELATED;

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      Synapse synapse =
          session
              .space(cli.spaceName())
              .associate(RecordId.parse(from), RecordId.parse(to), relation);
      NeighboursCommand.print(cli, synapse);
    }
    return ExitCode.OK;
  }
}
