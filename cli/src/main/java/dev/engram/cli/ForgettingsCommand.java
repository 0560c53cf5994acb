package dev.engram.cli;

import dev.engram.Forgetting;
import dev.engram.Forgetting.State;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/** Lists when a policy made a space forget. */
@Command(
    name = "forgettings",
    description = {
      "Print every time that a policy made the space forget, the last one first.",
      "The operation, when it was, what has become of it, and what was forgotten.",
      "'engram undo OPERATION' brings back what is undoable."
    })
final class ForgettingsCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      List<Forgetting> all = session.space(cli.spaceName()).forgettings();
      all.forEach(this::print);
      if (all.isEmpty()) {
        cli.say("no policy has made this space forget");
      }
    }
    return ExitCode.OK;
  }

  private void print(Forgetting each) {
    if (cli.json()) {
      Json.print(cli.console().out(), json(each));
    } else {
      String until = each.state() == State.UNDOABLE ? " until " + each.undoUntil() : "";
      cli.console()
          .out()
          .println(
              each.operation()
                  + "  "
                  + each.at()
                  + "  "
                  + state(each)
                  + until
                  + ": "
                  + forgotten(each));
    }
  }

  static ObjectNode json(Forgetting each) {
    return Json.object(
        "operation", each.operation().toString(),
        "at", each.at().toString(),
        "state", state(each),
        "undoUntil", each.undoUntil().toString(),
        "memories", each.memories(),
        "shortTerm", each.shortTerm(),
        "longTerm", each.longTerm());
  }

  static String forgotten(Forgetting each) {
    return each.memories()
        + " memories, "
        + each.shortTerm()
        + " short-term and "
        + each.longTerm()
        + " long-term synapses";
  }

  private static String state(Forgetting each) {
    return each.state().name().toLowerCase(Locale.ROOT);
  }
}
