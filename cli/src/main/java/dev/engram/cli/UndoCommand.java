package dev.engram.cli;

import dev.engram.RecordId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Brings back what a policy forgot. */
@Command(
    name = "undo",
    description = {
      "Bring back what a policy made the space forget at one time.",
      "The memories return under their ids, with their synapses to memories that are there."
    },
    footer = {"%nExample:", "  engram undo 01890f3c-7b1a-7c33-a0d2-5f8e1c2b3a4d"})
final class UndoCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(
      paramLabel = "OPERATION",
      description = "The id that 'forget --policy' and 'forgettings' print.")
  String operation = "";

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      long restored = session.space(cli.spaceName()).undo(RecordId.parse(operation));
      cli.done(
          Json.object("operation", operation, "restored", restored),
          "brought back " + restored + " memories");
    }
    return ExitCode.OK;
  }
}
