package dev.engram.cli;

import dev.engram.InterferenceReport;
import dev.engram.RecordId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Weakens what is like a memory. */
@Command(
    name = "interfere",
    sortOptions = false,
    description = {
      "Weaken the short-term synapses of the memories that are like one, by a fifth.",
      "Alike are those whose vectors are, or, where it has no vector, whose words are."
    },
    footer = {"%nExamples:", "  engram interfere tea", "  engram interfere tea --similarity 0.9"})
final class InterfereCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "ID", description = "The memory; itself it keeps its synapses.")
  String id = "";

  @Option(
      names = "--similarity",
      paramLabel = "LEAST",
      description =
          "How alike: the cosine of the vectors, or the share of the words that both have, above 0"
              + " to 1; 0.8 unless given.")
  double similarity = 0.8;

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      InterferenceReport report =
          session.space(cli.spaceName()).interfere(RecordId.parse(id), similarity);
      cli.done(
          Json.object("memories", report.memories(), "synapses", report.synapses()),
          "weakened "
              + report.synapses()
              + " synapses of "
              + report.memories()
              + " similar memories");
    }
    return ExitCode.OK;
  }
}
