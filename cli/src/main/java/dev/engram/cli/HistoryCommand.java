package dev.engram.cli;

import dev.engram.MemoryVersion;
import dev.engram.RecordId;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints what a memory said when. */
@Command(
    name = "history",
    description = {
      "Print what a memory said when, the oldest first.",
      "Also of one that a policy has forgotten. 'engram dynamics --history-time' says how long it"
          + " is kept."
    },
    footer = {
      "%nExamples:",
      "  engram history tea",
      "  engram recall \"what does Alice drink?\" --as-of 2026-03-01"
    })
final class HistoryCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "ID", description = "The memory.")
  String id = "";

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      List<MemoryVersion> versions = session.space(cli.spaceName()).history(RecordId.parse(id));
      if (versions.isEmpty()) {
        throw GetCommand.notFound(id, cli.spaceName());
      }
      versions.forEach(this::print);
    }
    return ExitCode.OK;
  }

  private void print(MemoryVersion version) {
    PrintStream out = cli.console().out();
    if (cli.json()) {
      Json.print(out, Json.version(version));
      return;
    }
    String until = version.recordedUntil().map(Object::toString).orElse("now");
    out.println(version.recordedFrom() + " to " + until);
    version.text().lines().forEach(line -> out.println("   " + line));
    version.metadata().asMap().forEach((key, value) -> out.println("   " + key + " = " + value));
    version.validFrom().ifPresent(time -> out.println("   holds from " + time));
    version.validUntil().ifPresent(time -> out.println("   holds until " + time));
  }
}
