package dev.engram.cli;

import dev.engram.RecordId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Wires together what fired together. */
@Command(
    name = "hebbian",
    description = {
      "What fires together, wires together: join each two of these memories.",
      "Strengthens their synapses in both directions, weak ones more, and makes those missing."
    },
    footer = {"%nExample:", "  engram hebbian tea kyoto may"})
final class HebbianCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "2..*", paramLabel = "ID", description = "The memories that fired.")
  List<String> ids = List.of();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      int changed = session.space(cli.spaceName()).hebbian(ids(ids));
      cli.done(
          Json.object("strengthened", changed), "made or strengthened " + changed + " synapses");
    }
    return ExitCode.OK;
  }

  static List<RecordId> ids(List<String> written) {
    return written.stream().map(RecordId::parse).toList();
  }
}
