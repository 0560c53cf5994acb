package dev.engram.cli;

import dev.engram.MemorySpace;
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
      "The memories return under their ids, with their synapses to memories that are there, and so"
          + " do",
      "synapses that were pruned."
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
      MemorySpace space = session.space(cli.spaceName());
      RecordId id = RecordId.parse(operation);
      long pruned = pruned(space, id);
      long restored = space.undo(id);
      long synapses = pruned - pruned(space, id);
      cli.done(
          Json.object("operation", operation, "restored", restored, "synapses", synapses),
          "brought back " + restored + " memories" + pruned(synapses));
    }
    return ExitCode.OK;
  }

  private static String pruned(long synapses) {
    return synapses == 0 ? "" : " and " + synapses + " synapses that were pruned";
  }

  /** How many synapses an operation has pruned that are not there again. */
  private static long pruned(MemorySpace space, RecordId operation) {
    return space.forgettings().stream()
        .filter(each -> each.operation().equals(operation))
        .mapToLong(each -> each.shortTerm() + each.longTerm())
        .sum();
  }
}
