package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.PastSpace;
import dev.engram.RecordId;
import dev.engram.Synapse;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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

  @Option(
      names = "--as-of",
      paramLabel = "INSTANT",
      converter = InstantOption.class,
      description = "Those that were there then; the strengths are those of today.")
  @Nullable Instant asOf;

  @Override
  public Integer call() {
    try (Session session = cli.open()) {
      MemorySpace space = session.space(cli.spaceName());
      if (asOf == null) {
        print(space.get(RecordId.parse(id)), space::neighbours);
      } else {
        try (PastSpace past = space.asOf(asOf)) {
          print(past.get(RecordId.parse(id)), past::neighbours);
        }
      }
    }
    return ExitCode.OK;
  }

  private void print(Optional<Memory> found, Function<RecordId, List<Synapse>> neighbours) {
    Memory memory = found.orElseThrow(() -> GetCommand.notFound(id, cli.spaceName()));
    neighbours.apply(memory.id()).forEach(synapse -> print(cli, synapse));
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
