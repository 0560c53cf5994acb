package dev.engram.cli;

import dev.engram.ConsolidationReport;
import dev.engram.MemorySpace;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Consolidates a space. */
@Command(
    name = "consolidate",
    description = {
      "Move the short-term synapses that are ready to the long term.",
      "Those that faded away are dropped. A space consolidates by itself while a program has the",
      "store open; a consolidation that was interrupted goes on where it stopped."
    },
    footer = {"%nExample:", "  engram consolidate"})
final class ConsolidateCommand implements Callable<Integer> {
  @ParentCommand Cli cli = Parents.none();

  @Override
  public Integer call() {
    try (Session session = cli.open();
        ProgressLine progress = ProgressLine.of(cli)) {
      MemorySpace space = session.space(cli.spaceName());
      print(space.consolidate(progress));
    }
    return ExitCode.OK;
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
