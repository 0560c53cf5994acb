package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.RecordId;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Sets how important a memory is. */
@Command(
    name = "importance",
    description = {
      "Set how important a memory is from now on, 0 to 1.",
      "Importance fades unless the memory is used or pinned; 'engram get' prints it."
    },
    footer = {"%nExample:", "  engram importance tea 0.8"})
final class ImportanceCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(index = "0", paramLabel = "ID", description = "The memory.")
  String id = "";

  @Parameters(index = "1", paramLabel = "VALUE", description = "0 to 1.")
  double value;

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      Memory memory = session.space(cli.spaceName()).importance(RecordId.parse(id), value);
      cli.done(
          Json.memory(memory),
          String.format(Locale.ROOT, "importance of %s: %.3f", memory.id(), memory.importance()));
    }
    return ExitCode.OK;
  }
}
