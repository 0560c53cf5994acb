package dev.engram.cli;

import dev.engram.RecordId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Deletes one memory. */
@Command(name = "forget", description = "Delete a memory and its synapses, for good.")
final class ForgetCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "ID", description = "The memory to forget.")
  String id = "";

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      if (!session.space(cli.spaceName()).forget(RecordId.parse(id))) {
        throw GetCommand.notFound(id, cli.spaceName());
      }
    }
    if (cli.json()) {
      Json.print(cli.console().out(), Json.object("forgotten", id));
    }
    cli.say("forgotten: " + id);
    return ExitCode.OK;
  }
}
