package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.RecordId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Uses memories. */
@Command(
    name = "access",
    description = {
      "Count a use of memories, all or none.",
      "Each becomes more important, enters working memory, and every synapse that touches it is",
      "strengthened."
    },
    footer = {"%nExample:", "  engram access tea kyoto"})
final class AccessCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "1..*", paramLabel = "ID", description = "The memories that were used.")
  List<String> ids = List.of();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      List<Memory> used =
          session.transact(
              cli.spaceName(),
              space -> ids.stream().map(id -> space.access(RecordId.parse(id))).toList());
      for (Memory memory : used) {
        cli.done(
            Json.memory(memory),
            "accessed: " + memory.id() + ", accesses: " + memory.accessCount());
      }
    }
    return ExitCode.OK;
  }
}
