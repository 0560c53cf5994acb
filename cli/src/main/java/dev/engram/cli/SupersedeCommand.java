package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.RecordId;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Learns a text in place of a memory that does not hold any more. */
@Command(
    name = "supersede",
    sortOptions = false,
    description = {
      "Learn a text in place of a memory that holds no more, and print its id.",
      "The old one is kept: 'recall --any-validity' and '--valid-at' find it."
    },
    footer = {
      "%nExample:",
      "  engram supersede address --text \"Alice lives in Kyoto\" --valid-from 2026-05-01"
    })
final class SupersedeCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "ID", description = "The memory that holds no more.")
  String old = "";

  @Mixin ReplacementOptions replacement = new ReplacementOptions();

  @Override
  public Integer call() throws IOException {
    Learning learning = replacement.learning(cli);
    RecordId id = RecordId.parse(old);
    try (Session session = cli.openWithEmbedder(false)) {
      cli.printLearned(session.space(cli.spaceName()).supersede(id, learning));
    }
    return ExitCode.OK;
  }
}
