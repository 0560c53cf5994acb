package dev.engram.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes long-term synapses changeable again. */
@Command(
    name = "reconsolidate",
    description = {
      "Make the long-term synapses of memories changeable again.",
      "They become short-term ones of nine tenths of their strength."
    },
    footer = {"%nExample:", "  engram reconsolidate tea"})
final class ReconsolidateCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "1..*", paramLabel = "ID", description = "The memories.")
  List<String> ids = List.of();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      int moved = session.space(cli.spaceName()).reconsolidate(HebbianCommand.ids(ids));
      cli.done(Json.object("moved", moved), "moved " + moved + " synapses back to the short term");
    }
    return ExitCode.OK;
  }
}
