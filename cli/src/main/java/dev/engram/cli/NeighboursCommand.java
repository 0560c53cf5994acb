package dev.engram.cli;

import dev.engram.MemorySpace;
import dev.engram.RecordId;
import dev.engram.Synapse;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Lists what a memory is associated with. */
@Command(
    name = "neighbours",
    aliases = "neighbors",
    description = {
      "Print the synapses of a memory in both directions, strongest first.",
      "The strength is as of now; then the tier, and the memories at the ends."
    },
    footer = {"%nExample:", "  engram neighbours tea"})
final class NeighboursCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Parameters(paramLabel = "ID", description = "The memory.")
  String id = "";

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      MemorySpace space = session.space(cli.spaceName());
      RecordId memory = RecordId.parse(id);
      if (space.get(memory).isEmpty()) {
        throw GetCommand.notFound(id, cli.spaceName());
      }
      space.neighbours(memory).forEach(synapse -> print(cli, synapse));
    }
    return ExitCode.OK;
  }

  static String tier(Synapse synapse) {
    return synapse.tier() == Synapse.Tier.LONG_TERM ? "long-term" : "short-term";
  }

  static void print(Cli cli, Synapse synapse) {
    if (cli.json()) {
      Json.print(cli.console().out(), Json.synapse(synapse));
      return;
    }
    cli.console()
        .out()
        .printf(
            Locale.ROOT,
            "%.3f  %-10s  %s -%s-> %s%n",
            synapse.weight(),
            tier(synapse),
            synapse.from(),
            synapse.relation(),
            synapse.to());
  }
}
