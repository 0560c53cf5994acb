package dev.engram.cli;

import dev.engram.ConsolidationReport;
import dev.engram.MemorySpace;
import dev.engram.SchemaReport;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Consolidates a space. */
@Command(
    name = "consolidate",
    description = {
      "Move the short-term synapses that are ready to the long term.",
      "Those that faded away are dropped. A space consolidates by itself while a program has the",
      "store open; a consolidation that was interrupted goes on where it stopped."
    },
    footer = {"%nExamples:", "  engram consolidate", "  engram consolidate --schemas"})
final class ConsolidateCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Option(
      names = "--schemas",
      description = {
        "Instead strengthen what fits into what is known: the long-term synapses of memories that",
        "share two content words, where these are strong together. Each run strengthens once more;",
        "one that was interrupted is gone on with."
      })
  boolean schemas;

  @Override
  public Integer call() {
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      MemorySpace space = session.space(cli.spaceName());
      if (schemas) {
        print(space.consolidateSchemas(progress));
      } else {
        print(space.consolidate(progress));
      }
    }
    return ExitCode.OK;
  }

  private void print(SchemaReport report) {
    cli.done(
        Json.object("patterns", report.patterns(), "strengthened", report.strengthened()),
        "strengthened "
            + report.strengthened()
            + " long-term synapses of "
            + report.patterns()
            + " patterns");
  }

  private void print(ConsolidationReport report) {
    cli.done(
        Json.object(
            "promoted", report.promoted(),
            "pruned", report.pruned(),
            "weakened", report.weakened(),
            "reactivated", report.reactivated(),
            "shortTermBefore", report.shortTermBefore(),
            "shortTermAfter", report.shortTermAfter(),
            "longTermAfter", report.longTermAfter()),
        String.format(
            Locale.ROOT,
            "promoted %d, pruned %d, weakened %d of %d short-term synapses; left: %d short-term,"
                + " %d long-term",
            report.promoted(),
            report.pruned(),
            report.weakened(),
            report.shortTermBefore(),
            report.shortTermAfter(),
            report.longTermAfter()));
  }
}
