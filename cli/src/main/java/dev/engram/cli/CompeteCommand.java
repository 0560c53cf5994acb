package dev.engram.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Lets memories compete. */
@Command(
    name = "compete",
    description = {
      "Strengthen what touches the winners, weaken what touches the losers.",
      "By 1.5 times the learning rate, and by twice the decay rate."
    },
    footer = {"%nExample:", "  engram compete --winner tea --loser coffee --loser cocoa"})
final class CompeteCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Option(
      names = "--winner",
      required = true,
      paramLabel = "ID",
      description = "As often as needed.")
  List<String> winners = List.of();

  @Option(names = "--loser", paramLabel = "ID", description = "As often as needed.")
  List<String> losers = List.of();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      int changed =
          session
              .space(cli.spaceName())
              .compete(HebbianCommand.ids(winners), HebbianCommand.ids(losers));
      cli.done(Json.object("changed", changed), "changed " + changed + " synapses");
    }
    return ExitCode.OK;
  }
}
