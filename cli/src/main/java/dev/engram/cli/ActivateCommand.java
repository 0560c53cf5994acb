package dev.engram.cli;

import dev.engram.Activated;
import dev.engram.Activation;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Spreads activation from some memories. */
@Command(
    name = "activate",
    sortOptions = false,
    description = {
      "Print what memories bring to mind along synapses, most active first.",
      "The memories given are at 1; each passes activation · strength · 0.7 over every synapse.",
      "With each memory found comes the path that led to it."
    },
    footer = {
      "%nExamples:",
      "  engram activate tea",
      "  engram activate tea kyoto --hops 2 --json"
    })
final class ActivateCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(arity = "1..*", paramLabel = "ID", description = "Where activation begins.")
  List<String> ids = List.of();

  @Option(
      names = "--threshold",
      paramLabel = "ACTIVATION",
      description =
          "From which on a memory is found and passes on, above 0 to 1; 0.1 unless given.")
  @Nullable Double threshold;

  @Option(
      names = "--hops",
      paramLabel = "N",
      description = "Most synapses between a start and what is found; 3 unless given.")
  @Nullable Integer hops;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most memories to print; the space's recall limit unless given.")
  @Nullable Integer limit;

  @Override
  public Integer call() {
    Activation activation = activation();
    try (Session session = cli.open()) {
      List<Activated> found = session.space(cli.spaceName()).activate(activation);
      print(found);
      if (found.isEmpty()) {
        cli.say("nothing found");
      }
    }
    return ExitCode.OK;
  }

  private Activation activation() {
    Activation activation = Activation.of(HebbianCommand.ids(ids));
    activation = threshold == null ? activation : activation.threshold(threshold);
    activation = hops == null ? activation : activation.hops(hops);
    return limit == null ? activation : activation.limit(limit);
  }

  private void print(List<Activated> found) {
    PrintStream out = cli.console().out();
    int rank = 0;
    for (Activated each : found) {
      rank++;
      if (cli.json()) {
        Json.print(
            out,
            MemoryLines.json(
                Json.object("activation", each.activation()), each.memory(), each.path()));
      } else {
        MemoryLines.print(out, rank, each.activation(), each.memory(), each.path());
      }
    }
  }
}
