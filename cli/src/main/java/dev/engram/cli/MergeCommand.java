package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.RecordId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Learns one text in place of several memories. */
@Command(
    name = "merge",
    sortOptions = false,
    description = {
      "Learn a text in place of several memories, and print its id.",
      "They hold no more from then on and are kept; synapses DERIVED_FROM lead to them."
    },
    footer = {
      "%nExample:",
      "  engram merge tea coffee --text \"Alice drinks green tea, and coffee on Mondays\""
    })
final class MergeCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "2..*", paramLabel = "ID", description = "The memories that it sums up.")
  List<String> ids = List.of();

  @Mixin ReplacementOptions replacement = new ReplacementOptions();

  @Override
  public Integer call() throws IOException {
    Learning learning = replacement.learning(cli);
    List<RecordId> originals = ids.stream().map(RecordId::parse).toList();
    try (Session session = cli.openWithEmbedder(false)) {
      cli.printLearned(session.space(cli.spaceName()).merge(originals, learning));
    }
    return ExitCode.OK;
  }
}
