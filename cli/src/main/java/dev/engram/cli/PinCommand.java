package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.RecordId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Pins memories. */
@Command(
    name = "pin",
    description = {
      "Pin memories: they keep their importance, and no policy forgets them.",
      "All or none. 'engram forget ID' forgets a pinned one too."
    },
    footer = {"%nExamples:", "  engram pin tea", "  engram pin tea --off"})
final class PinCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "1..*", paramLabel = "ID", description = "The memories to pin.")
  List<String> ids = List.of();

  @Option(names = "--off", description = "Unpin them.")
  boolean off;

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      List<Memory> changed =
          session.transact(
              cli.spaceName(),
              space -> ids.stream().map(id -> space.pin(RecordId.parse(id), !off)).toList());
      for (Memory memory : changed) {
        cli.done(Json.memory(memory), (off ? "unpinned: " : "pinned: ") + memory.id());
      }
    }
    return ExitCode.OK;
  }
}
