package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.WorkingMemory;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/** Lists working memory. */
@Command(
    name = "working",
    description = "Print what is in working memory, best kept first, and when it leaves.")
final class WorkingCommand implements Callable<Integer> {
  private static final int TEXT = 60;

  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      MemorySpace space = session.space(cli.spaceName());
      List<WorkingMemory> held = space.workingMemory();
      held.forEach(each -> print(each, space.get(each.id()).map(Memory::text)));
      if (held.isEmpty()) {
        cli.say("working memory is empty");
      }
    }
    return ExitCode.OK;
  }

  private void print(WorkingMemory each, Optional<String> text) {
    PrintStream out = cli.console().out();
    if (cli.json()) {
      ObjectNode node = Json.object("id", each.id().toString());
      text.ifPresent(t -> node.put("text", t));
      node.setAll(
          Json.object(
              "enteredAt", each.enteredAt().toString(),
              "lastAccessed", each.lastAccessed().toString(),
              "accesses", each.accesses(),
              "leavesAt", each.leavesAt().toString()));
      Json.print(out, node);
      return;
    }
    out.println(
        each.id()
            + "  "
            + MemoryLines.shortened(text.orElse(""), TEXT)
            + "  (accesses "
            + each.accesses()
            + ", leaves "
            + each.leavesAt()
            + ")");
  }
}
